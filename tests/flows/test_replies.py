"""Texts that people send, on both databases: kept once, answered rightly, and acted on only with the page's proof."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count

import pytest
from sqlalchemy import func, select, update

from notifications.message import Channel, Rule, Standing
from notifications.prices import read_prices
from notifications.receipts import Inbound, Keyword
from portal.domain.change import Life
from portal.domain.telling_replies import NOTHING
from portal.flows import codes, housekeeping, replies
from portal.store import changes, contacts, inbound, outbox, shipments
from portal.store.inbound import InboundRow
from portal.store.outbox_rows import MESSAGES
from tests.dispatch import DOOR, locker, new_dispatch, shipment, slot

ANN = "+12025550123"
NUMBERS = count(1)


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


class Phone:
    """Ann's phone: what she texts, and the answer she gets."""

    def __init__(self, kit, number=ANN):
        self.kit, self.number = kit, number

    def text(self, words, provider_id="", **more):
        said = Inbound(
            "twilio", provider_id or f"SM{next(NUMBERS)}", self.number, words, self.kit.now(), **more
        )
        with self.kit.transaction() as session:
            return replies.hear(session, self.kit.voice, said, self.kit.now())

    def says(self, words, **more):
        """The answer to a text: its kind and its words; None if there is none."""
        before = len(self.answers())
        self.text(words, **more)
        found = self.answers()[before:]
        assert len(found) <= 1
        return (found[0].notice, found[0].text) if found else None

    def answers(self):
        with self.kit.reading() as session:
            sent = [one for one in outbox.latest(session, 500) if one.to == self.number]
        return [one for one in reversed(sent) if one.notice.startswith("reply_")]

    def kept(self):
        with self.kit.reading() as session:
            return [
                (row.understood, row.became)
                for row in session.execute(select(InboundRow.__table__).order_by(InboundRow.id))
            ]

    def code(self):
        return re.search(r"\b\d{6}\b", self.answers()[-1].text)[0]


@pytest.fixture
def ann(kit, dispatch, clock):
    dispatch.ships(shipment("A-1"))
    dispatch.happens("A-1", "at_depot", clock())
    return Phone(kit)


def wishes(kit, reference="A-1"):
    with kit.reading() as session:
        found = shipments.by_references(session, [(1, reference)])[1, reference].shipment
        return changes.of_shipments(session, [found.id]).get(found.id, [])


def days(kit, *offsets, hours=(18, 20), capacity=1):
    day = kit.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return [
        slot(
            f"day{offset}-{hours[0]}",
            capacity,
            start=(day + timedelta(days=offset, hours=hours[0])).isoformat(),
            end=(day + timedelta(days=offset, hours=hours[1])).isoformat(),
            closes_at=(day + timedelta(days=offset, hours=hours[0] - 2)).isoformat(),
        )
        for offset in offsets
    ]


def test_where_is_it(ann, dispatch, clock):
    notice, words = ann.says("Where is it?")
    assert notice == "reply_where"
    assert "2:00" in words and "4:00" in words and "/t/" in words
    clock.forward(hours=9)
    assert ann.says("where")[0] == "reply_where_unknown"
    dispatch.happens("A-1", "delivered", clock(), how="neighbor")
    notice, words = ann.says("where")
    assert (notice, "left with a neighbor" in words) == ("reply_where_done", True)
    clock.forward(days=15)
    assert ann.says("where")[0] == "reply_no_delivery"


def test_a_parcel_that_will_not_come_to_the_door_has_no_time(ann, dispatch, clock):
    dispatch.happens("A-1", "returning", clock())
    assert ann.says("where is my parcel")[0] == "reply_where_else"


def test_a_neighbor_is_echoed_confirmed_with_the_code_and_asked(kit, ann):
    notice, words = ann.says("leave it with the neighbor at 14, Jo Field")
    assert (notice, "(Jo Field, 14)" in words) == ("reply_confirm", True)
    assert wishes(kit) == []
    notice, words = ann.says(ann.code())
    assert (notice, "UNDO" in words) == ("reply_neighbor_first", True)
    assert "/n/" in words and "/t/" not in words
    (wish,) = wishes(kit)
    assert wish.life is Life.NOMINATED
    assert (wish.to, wish.method, wish.asked_by) == (
        {"name": "Jo Field", "house_number": "14"},
        "otp_sms",
        "recipient",
    )
    assert ann.kept() == [("neighbor", "answered:reply_confirm"), ("code", f"change:{wish.id}")]


def test_the_notice_of_the_change_is_not_texted_twice_but_goes_by_mail(kit, ann):
    ann.says("neighbor 14 Field")
    ann.says(ann.code())
    with kit.reading() as session:
        told = {one.channel: one for one in outbox.latest(session) if one.notice == "change_asked"}
    assert (told[Channel.SMS].standing, told[Channel.SMS].stopped_by) == (Standing.STOPPED, Rule.ANSWERED)
    assert told[Channel.EMAIL].standing is Standing.QUEUED


def test_undo_takes_it_back_and_only_what_was_asked_by_text(kit, ann):
    assert ann.says("undo")[0] == "reply_nothing_to_undo"
    ann.says("neighbor 14 Field")
    assert ann.says("UNDO")[0] == "reply_undone"
    ann.says("neighbor 14 Field")
    ann.says(ann.code())
    assert ann.says("Undo!")[0] == "reply_undone"
    assert [one.life for one in wishes(kit)] == [Life.WITHDRAWN]
    assert ann.says("undo")[0] == "reply_nothing_to_undo"
    assert ann.kept()[-2][1].startswith("withdrawn:")


def test_an_agreed_change_is_undone_while_there_is_time(kit, ann, dispatch, clock):
    from portal.flows import change

    dispatch.offers(slots=days(kit, 1))
    for life in (Life.WITHDRAWN, Life.REFUSED):
        clock.forward(minutes=1)
        ann.says("tomorrow")
        ann.says(ann.code())
        agreed = life is Life.WITHDRAWN
        with kit.transaction() as session:
            change.answer(session, kit.voice, 1, wishes(kit)[-1].id, agreed, "tests", kit.now())
        assert ann.says("undo")[0] == ("reply_undone" if agreed else "reply_nothing_to_undo")
        assert wishes(kit)[-1].life is life


def test_only_the_house_number_is_enough_but_for_ones_own_house(kit, ann):
    assert "(neighbor, 14)" in ann.says("neighbor 14")[1]
    assert ann.says("neighbor 12")[0] == "reply_neighbor"
    notice, words = ann.says("Meyer")
    assert (notice, "(Meyer, 12)" in words) == ("reply_confirm", True)
    assert ann.says("next door")[0] == "reply_neighbor"
    assert "(Jo Field, 16)" in ann.says("16 Jo Field")[1]


def test_one_free_window_is_confirmed_and_several_are_offered(kit, ann, dispatch):
    dispatch.offers(slots=days(kit, 1))
    notice, words = ann.says("tomorrow")
    assert (notice, "Tue, Jun 16, 6:00" in words.replace("\u202f", " ")) == ("reply_confirm", True)
    dispatch.offers(slots=days(kit, 1, hours=(8, 10)))
    notice, words = ann.says("tomorrow please")
    assert notice == "reply_choose"
    assert words.index("1 Tue") < words.index("2 Tue")
    notice, words = ann.says("2")
    assert (notice, "6:00" in words) == ("reply_confirm", True)
    assert ann.says(ann.code())[0] == "reply_asked"
    assert wishes(kit)[0].to["slot"] == "day1-18"


def test_a_part_of_the_day_chooses_among_windows(kit, ann, dispatch):
    dispatch.offers(slots=days(kit, 1) + days(kit, 1, hours=(8, 10)) + days(kit, 2))
    assert "6:00" in ann.says("tomorrow evening")[1]
    assert "8:00" in ann.says("tomorrow morning")[1]
    # noon is not to be had: what there is that day
    assert ann.says("tomorrow at noon")[0] == "reply_choose"
    assert ann.says("on saturday")[0] == "reply_not_possible"
    assert ann.says("another day")[0] == "reply_choose"


def test_at_most_three_choices(kit, ann, dispatch):
    dispatch.offers(slots=days(kit, 1, 2, 3, 4, 5))
    words = ann.says("another day")[1]
    assert "3 " in words and "4 " not in words.split("http")[0]
    assert ann.says("4")[0] == "reply_not_understood"


def test_the_day_it_comes_anyway_is_no_change(ann):
    assert ann.says("today please")[0] == "reply_where"


def test_full_windows_are_not_offered_and_a_lost_race_is_said(kit, ann, dispatch):
    dispatch.offers(slots=days(kit, 1))
    ann.says("tomorrow")
    code = ann.code()
    dispatch.ships(shipment("B-1", recipient={"name": "Bo"}))
    with kit.transaction() as session:
        from portal.domain.kinds.new_window import PickNewWindow
        from portal.flows import change

        other = shipments.by_references(session, [(1, "B-1")])[1, "B-1"].shipment
        change.ask(session, kit.voice, other, PickNewWindow("day1-18"), kit.now())
    assert ann.says(code)[0] == "reply_not_possible"
    assert ann.kept()[-1] == ("code", "refused:SLOT_FULL")
    assert ann.says("tomorrow")[0] == "reply_not_possible"
    assert wishes(kit) == []


def test_a_locker_near_by(kit, ann, dispatch):
    assert ann.says("locker")[0] == "reply_not_possible"
    dispatch.offers(lockers=[locker()])
    notice, words = ann.says("locker")
    assert (notice, "(Station)" in words) == ("reply_confirm", True)
    dispatch.offers(lockers=[locker("market", name="Market", lat=10.002, lng=20.002)])
    notice, words = ann.says("locker please")
    assert (notice, "1 Station; 2 Market" in words) == ("reply_choose", True)
    assert "(Market)" in ann.says("the second one")[1]
    ann.says(ann.code())
    assert wishes(kit)[0].to["locker"] == "market"


def test_what_the_page_refuses_is_refused_and_the_reason_kept(kit, ann, dispatch, clock):
    dispatch.ships(shipment("A-1", restrictions={"neighbor": False}))
    assert ann.says("neighbor 14 Field")[0] == "reply_not_possible"
    assert ann.kept()[-1] == ("neighbor", "refused:SENDER")
    clock.forward(hours=5)
    dispatch.offers(lockers=[locker()])
    assert ann.says("locker")[0] == "reply_not_possible"
    assert ann.kept()[-1] == ("locker", "refused:TOO_LATE")


def test_a_wrong_code_counts_as_a_try_and_changes_nothing(kit, ann):
    ann.says("neighbor 14 Field")
    right = ann.code()
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert ann.says(wrong)[0] == "reply_wrong_code"
    assert ann.says(right)[0] == "reply_wrong_code"
    assert wishes(kit) == []


def test_a_code_for_one_wish_does_nothing_for_another_and_opens_no_page(kit, ann):
    ann.says("neighbor 14 Field")
    first = ann.code()
    ann.says("neighbor 66 Thief")
    second = ann.code()
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        assert not codes.check_code(session, kit.voice, found, second, 5, kit.now()).proof
        codes.send_code(session, kit.voice, found, kit.now(), make=lambda: "424242")
    assert ann.says(first)[0] == "reply_wrong_code"
    assert ann.says("424242")[0] == "reply_wrong_code"
    assert wishes(kit) == []


def test_codes_by_text_and_by_page_share_the_hours_three(kit, ann):
    for number in (14, 15, 16):
        assert ann.says(f"neighbor {number} Field")[0] == "reply_confirm"
    assert ann.says("neighbor 17 Field")[0] == "reply_not_possible"
    assert ann.kept()[-1] == ("neighbor", "refused:TOO_MANY_CODES")
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        assert isinstance(codes.send_code(session, kit.voice, found, kit.now()), codes.NotSent)


def test_the_code_is_too_old_after_its_minutes(kit, ann, clock):
    ann.says("neighbor 14 Field")
    code = ann.code()
    clock.forward(minutes=11)
    assert ann.says(code)[0] == "reply_wrong_code"
    assert wishes(kit) == []


def test_yes_is_not_a_code(kit, ann):
    ann.says("neighbor 14 Field")
    assert ann.says("yes")[0] == "reply_confirm"
    assert ann.says(ann.code())[0] == "reply_neighbor_first"
    assert ann.says("yes") is None
    assert ann.kept()[-1] == ("yes", "silent:no_answer_needed")


def test_no_ends_the_asking(kit, ann):
    ann.says("neighbor 14 Field")
    code = ann.code()
    assert ann.says("no thanks") is None
    assert ann.says(code)[0] == "reply_wrong_code"
    # a bare no to nothing we asked may mean that they never asked for a change
    ann.says("no")
    assert ann.kept()[-1][0] == NOTHING


def test_a_second_wish_while_one_waits_is_refused(kit, ann, dispatch):
    ann.says("neighbor 14 Field")
    ann.says(ann.code())
    dispatch.offers(slots=days(kit, 1))
    assert ann.says("tomorrow")[0] == "reply_not_possible"
    assert ann.kept()[-1] == ("new_window", "refused:WAITING")


def test_the_code_goes_to_the_number_on_file_and_nobody_elses_text_asks_for_it(kit, ann, dispatch):
    thief = Phone(kit, "+12025559999")
    assert thief.says("neighbor 14 Field") is None
    assert ann.says("neighbor 14 Field")[0] == "reply_confirm"
    code = ann.code()
    assert thief.says(code) is None
    # dispatch corrects the number: what was sent to the old one is worth nothing
    dispatch.ships(shipment("A-1", recipient={"name": "Ann", "phone": "+12025550999", "language": "en"}))
    assert ann.says(code)[0] == "reply_no_delivery"
    assert wishes(kit) == []


def test_a_delivery_that_was_just_given_this_number_is_not_changed_along(kit, ann, dispatch, clock):
    dispatch.ships(shipment("B-1", recipient={"name": "Ann Archer", "phone": "+12025550999"}))
    clock.forward(minutes=1)
    dispatch.ships(shipment("B-1"))
    dispatch.happens("A-1", "out_for_delivery", clock())
    ann.says("neighbor 14 Field")
    ann.says(ann.code())
    assert (len(wishes(kit)), wishes(kit, "B-1")) == (1, [])


def test_not_understood_is_answered_once_a_day_and_shown(kit, ann, clock):
    assert ann.says("The dog ate the lamp")[0] == "reply_not_understood"
    assert ann.says("qwertz") is None
    with kit.reading() as session:
        assert [one.text for one in inbound.waiting(session, 1)] == ["qwertz", "The dog ate the lamp"]
        assert inbound.waiting(session, 2) == []
    clock.forward(hours=25)
    assert ann.says("qwertz")[0] == "reply_not_understood"


@pytest.mark.parametrize(
    "words", ["Thanks!", "👍", "I'm driving with Do Not Disturb turned on. I'll get back to you"]
)
def test_what_needs_no_answer_gets_none(ann, words):
    assert ann.says(words) is None


def test_ten_answers_a_day_are_enough(kit, ann, clock):
    for _ in range(12):
        ann.text("where is it")
    assert len(ann.answers()) == 10
    assert ann.kept()[-1] == ("where", "silent:enough_for_a_day")
    clock.forward(hours=25)
    assert ann.says("where is it")


def test_strangers_get_no_answer_and_former_recipients_one_a_day(kit, ann, dispatch, clock):
    stranger = Phone(kit, "+12025550777")
    assert stranger.says("where is it") is None
    dispatch.happens("A-1", "delivered", clock())
    clock.forward(days=20)
    assert ann.says("where is it")[0] == "reply_no_delivery"
    assert ann.says("hello?") is None
    with kit.reading() as session:
        assert session.execute(select(func.count()).select_from(InboundRow)).scalar_one() == 3


def test_our_own_number_is_not_answered(kit, dispatch):
    from dataclasses import replace

    dispatch.ships(shipment("A-1"))
    echo = Inbound("twilio", "SM-own", ANN, "where is it", kit.now())
    with kit.transaction() as session:
        replies.hear(session, replace(kit.voice, numbers=frozenset({ANN})), echo, kit.now())
    assert Phone(kit).answers() == []


def test_after_stop_only_yes_and_start_are_heard(kit, ann, dispatch, clock):
    dispatch.happens("A-1", "out_for_delivery", clock())
    ann.text("STOP", keyword=Keyword.STOP, answered_by_carrier=True)
    assert ann.says("neighbor 14 Field") is None
    assert ann.kept()[-1] == ("neighbor", "silent:they_said_stop")
    assert ann.says("ok") is None
    assert ann.says("Yes")[0] == "reply_start"
    with kit.reading() as session:
        assert contacts.stopped(session, [ANN]) == set()
    assert ann.says("where")[0] == "reply_where"


def test_a_text_that_comes_again_changes_nothing(kit, ann):
    assert ann.text("neighbor 14 Field", "SM-1") is True
    for _ in range(3):
        assert ann.text("neighbor 14 Field", "SM-1") is False
    ann.text("STOP", "SM-2", keyword=Keyword.STOP)
    ann.text("START", "SM-3", keyword=Keyword.START)
    assert ann.text("STOP", "SM-2", keyword=Keyword.STOP) is False
    with kit.reading() as session:
        assert contacts.stopped(session, [ANN]) == set()
    assert [one.notice for one in ann.answers()] == ["reply_confirm", "reply_stop", "reply_start"]


def test_the_same_text_many_times_at_once_is_heard_once(app, kit, ann):
    def send(_):
        with app.app_context():
            return ann.text("neighbor 14 Field", "SM-same")

    with ThreadPoolExecutor(8) as pool:
        heard = list(pool.map(send, range(16)))
    assert sum(heard) == 1
    assert len(ann.answers()) == 1


def test_fifty_texts_at_once_get_ten_answers_and_one_change(app, kit, ann):
    ann.says("neighbor 14 Field")
    code = ann.code()

    def send(number):
        with app.app_context():
            return ann.text(code if number % 2 else "where is it")

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(send, range(50)))
    assert len(ann.answers()) == 10
    assert len(ann.kept()) == 51
    assert len(wishes(kit)) <= 1


def test_several_doors_are_asked_by_the_page(kit, ann, dispatch):
    dispatch.ships(shipment("A-2", address=DOOR | {"lines": ["99 Other Road"], "timezone": "UTC"}))
    notice, words = ann.says("neighbor 14 Field")
    assert (notice, "/t/" in words) == ("reply_several", True)
    assert ann.says("where")[0] == "reply_where"
    assert ann.says("locker")[0] == "reply_several"
    assert ann.says("tomorrow")[0] == "reply_several"


def test_the_shipment_of_the_last_message_is_meant(app, kit, ann, dispatch, clock):
    other = new_dispatch(app, "Lumen Books")
    other.ships(shipment("L-1"))
    other.happens("L-1", "out_for_delivery", clock())
    assert ann.says("where")[1].startswith("Lumen Books: ")
    clock.forward(minutes=1)
    dispatch.happens("A-1", "out_for_delivery", clock())
    with kit.transaction() as session:
        session.execute(
            update(MESSAGES).where(MESSAGES.c.notice == "out_for_delivery").values(standing="sent")
        )
    assert ann.says("where")[1].startswith("Acme Books: ")


def test_what_was_told_as_one_is_changed_as_one_or_not_at_all(kit, ann, dispatch):
    dispatch.ships(shipment("A-2"))
    dispatch.offers(slots=days(kit, 1, capacity=1) + days(kit, 2, capacity=2))
    # a window with one place is none for two
    assert ann.says("tomorrow")[0] == "reply_not_possible"
    assert ann.says("on wednesday")[0] == "reply_confirm"
    ann.says(ann.code())
    assert [len(wishes(kit, reference)) for reference in ("A-1", "A-2")] == [1, 1]
    assert ann.says("undo")[0] == "reply_undone"
    assert {one.life for reference in ("A-1", "A-2") for one in wishes(kit, reference)} == {Life.WITHDRAWN}


def test_what_was_given_another_number_meanwhile_is_not_changed_along(kit, ann, dispatch):
    dispatch.ships(shipment("A-2"))
    dispatch.happens("A-1", "out_for_delivery", kit.now())
    assert ann.says("neighbor 14 Field")[0] == "reply_confirm"
    cy = {"name": "Cy", "phone": "+4915112345678", "email": "cy@example.com", "language": "en"}
    dispatch.ships(shipment("A-2", recipient=cy))
    assert ann.says(ann.code())[0] == "reply_neighbor_first"
    assert [len(wishes(kit, reference)) for reference in ("A-1", "A-2")] == [1, 0]


def test_two_robots_that_say_stop_and_start_are_soon_left_alone(kit, ann, dispatch):
    dispatch.happens("A-1", "out_for_delivery", kit.now())
    for _ in range(20):
        ann.text("ende")
        ann.text("starten")
    assert len(ann.answers()) == 6
    with kit.reading() as session:
        assert contacts.stopped(session, [ANN]) == set()


def test_answers_to_keywords_have_their_price(app, kit, ann, dispatch):
    from dataclasses import replace

    dispatch.happens("A-1", "out_for_delivery", kit.now())
    voice = replace(kit.voice, prices=read_prices("+1=0.01"))
    said = Inbound("twilio", "SM-help", ANN, "hilfe", kit.now(), keyword=Keyword.HELP)
    with kit.transaction() as session:
        replies.hear(session, voice, said, kit.now())
    [answer] = ann.answers()
    assert answer.cost_micros == 10_000 * answer.segments


def test_a_sender_without_a_number_is_nobody(kit, dispatch):
    dispatch.ships(shipment("A-1", recipient={"name": "Ann", "email": "ann@example.com"}))
    dispatch.happens("A-1", "at_depot", kit.now())
    nobody = Phone(kit, "")
    for words in ("where is it", "neighbor 14 Field", "HELP", "STOP"):
        assert nobody.says(words) is None


def test_what_waits_in_a_locker_or_comes_another_day_stays_as_it_is(kit, ann, dispatch, clock):
    dispatch.ships(shipment("A-2"), shipment("A-3", window=window(2)))
    dispatch.happens("A-2", "ready_for_pickup", clock())
    dispatch.happens("A-1", "out_for_delivery", clock())
    assert ann.says("neighbor 14 Field")[0] == "reply_confirm"
    ann.says(ann.code())
    assert [len(wishes(kit, reference)) for reference in ("A-1", "A-2", "A-3")] == [1, 0, 0]


def test_a_parcel_that_joined_after_the_echo_is_not_part_of_it(kit, ann, dispatch):
    ann.says("neighbor 14 Field")
    dispatch.ships(shipment("A-2"))
    ann.says(ann.code())
    assert [len(wishes(kit, reference)) for reference in ("A-1", "A-2")] == [1, 0]


def test_after_a_missed_visit_today_is_a_wish_again(kit, ann, dispatch, clock):
    dispatch.offers(slots=days(kit, 0))
    clock.forward(hours=6, minutes=30)
    dispatch.happens("A-1", "attempt_failed", clock())
    clock.forward(hours=1)
    notice, words = ann.says("today please")
    assert (notice, "6:00" in words) == ("reply_confirm", True)


def window(days):
    return {"start": f"2026-06-{15 + days}T14:00:00Z", "end": f"2026-06-{15 + days}T16:00:00Z"}


def test_one_of_two_that_cannot_be_changed_stops_both(kit, ann, dispatch):
    dispatch.ships(shipment("A-2", restrictions={"neighbor": False}))
    assert ann.says("neighbor 14 Field")[0] == "reply_not_possible"
    assert wishes(kit, "A-1") == wishes(kit, "A-2") == []


@pytest.mark.parametrize(
    "words",
    [
        "",
        "   ",
        "\x00",
        "\ud800",
        "🎉" * 400,
        "مرحبا",
        "x" * 5_000,
        "'; DROP TABLE inbound;--",
        "%(code)s {{ code }}",
    ],
)
def test_whatever_is_sent_is_kept(kit, ann, words):
    assert ann.text(words) is True
    assert ann.kept()[-1][0] == NOTHING


def test_a_sender_that_is_no_number_is_kept(kit, dispatch):
    for sender in ("AMAZON", "", "+" + "1" * 60, "\x00", "12345"):
        assert Phone(kit, sender).text("where is it") is True


def test_the_answer_is_in_the_language_of_the_last_message(kit, dispatch, clock):
    told = shipment("D-1")
    dispatch.ships(told | {"recipient": {"name": "Jürgen", "phone": "+4917012345678", "language": "de"}})
    dispatch.happens("D-1", "out_for_delivery", clock())
    jürgen = Phone(kit, "+4917012345678")
    assert "Nachbarn abzugeben (Weiß, 14)" in jürgen.says("bitte beim Nachbarn Weiß, Nr. 14 abgeben")[1]
    assert "ZURÜCK" in jürgen.says(jürgen.code())[1]
    assert jürgen.says("zurück")[0] == "reply_undone"


def test_an_answer_expires_in_minutes_goes_at_once_and_carries_no_code_for_agents(kit, ann, dispatch, clock):
    from portal.flows import told

    dispatch.ships(shipment("A-1", window=window(1)))
    clock.move_to(clock().replace(hour=23))
    ann.says("neighbor 14 Field")
    (answer,) = ann.answers()
    assert (answer.not_before, answer.expires_at) == (clock(), clock() + timedelta(minutes=5))
    with kit.reading() as session:
        (found,) = [
            one for one in outbox.of_shipment(session, 1, answer.shipment_id) if one.message.id == answer.id
        ]
    assert told.entry(found, clock()).words == ""
    assert told.why_not_again(answer, clock())


def test_what_people_texted_is_forgotten_after_three_months(app, clock):
    kit = app.extensions["doorstep"]
    with app.app_context():
        with kit.transaction() as session:
            inbound.keep(session, Inbound("twilio", "SM1", "+4915112345678", "Hello", clock()))
        for days, left in ((89, 1), (2, 0)):
            clock.forward(days=days)
            housekeeping.tidy(kit)
            with kit.reading() as session:
                assert len(inbound.of_sender(session, "+4915112345678")) == left
