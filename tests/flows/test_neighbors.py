"""The neighbor says yes first: asked by text, email or a link that is passed on; answered once; told what it means."""

import json
import threading
from datetime import timedelta

import pytest

from notifications.message import Channel
from notifications.receipts import Inbound
from portal import jobs
from portal.domain.change import Life
from portal.domain.change_policy import Refused
from portal.domain.kinds.base import No
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.neighbors import Answer, Way
from portal.flows import change, neighbors, replies
from portal.flows.change import Asked
from portal.store import changes, contacts, outbox, shippers
from portal.store.outbox_rows import MESSAGES
from tests.neighbor import asks, neighbor_of, says_yes, told
from tests.office import Office
from tests.recipient import wishes_at_dispatch

WEN = LeaveWithNeighbor("Wen Li", "14", "0170 7654321")
PASSED_ON = LeaveWithNeighbor("Wen Li", "14")


@pytest.fixture
def office(app, clock):
    with app.app_context():
        yield Office(app, clock)


@pytest.fixture
def shop(office):
    return office.shop("fern", "Fern & Kettle")


@pytest.fixture
def parcel(office, shop):
    return office.shipment(shop)


def ask(office, of, wish=WEN):
    with office.kit.transaction() as session:
        return change.ask(session, office.kit.voice, of, wish, office.clock())


def stands(office, asked):
    with office.kit.reading() as session:
        return changes.find(session, None, asked.change.id)


def feed(office):
    return wishes_at_dispatch(type("Who", (), {"app": office.app}))


def notices(office, to=""):
    with office.kit.reading() as session:
        return [one.notice for one in reversed(outbox.latest(session)) if one.to == to]


def answer(office, said, number=-1):
    one = asks(office.app)[number]
    with office.kit.transaction() as session:
        return neighbors.answer(session, office.kit.voice, one, said, office.clock())


def test_dispatch_hears_nothing_before_the_neighbor_said_yes(office, parcel):
    asked = ask(office, parcel)
    assert isinstance(asked, Asked) and asked.change.life is Life.NOMINATED
    assert feed(office) == []
    (one,) = asks(office.app)
    assert (one.way, one.contact, one.evidence["how"]) == (Way.SMS, "+491707654321", "link_sent_by_sms")
    assert notices(office, "+491707654321") == ["neighbor_asked"]
    says_yes(office.app)
    (entry,) = feed(office)
    assert stands(office, asked).life is Life.ASKED
    consent = {"answered_at": office.clock().isoformat(), "how": "link_sent_by_sms"}
    assert entry["neighbor_consent"] == consent
    assert entry["to"] == {"name": "Wen Li", "house_number": "14"}
    assert "7654321" not in str(entry)


def test_the_question_names_no_shop_no_sender_and_no_reference(office, parcel):
    ask(office, parcel)
    (text,) = told(office.app, "neighbor_asked")
    assert text.startswith("Doorstep: ")
    assert not any(word in text for word in ("Fern", "A-1", "Weiß", "Lindenstr"))


def test_a_no_is_told_and_something_else_may_be_chosen(office, parcel):
    asked = ask(office, parcel)
    answer(office, Answer.NO)
    found = stands(office, asked)
    assert (found.life, found.decided_by, found.reason_code) == (
        Life.REFUSED,
        "neighbor",
        "neighbor_declined",
    )
    assert "neighbor_declined" in notices(office, parcel.recipient.phone)
    assert feed(office) == []
    assert ask(office, parcel).because is No.NEIGHBOR_NOT_NOW
    assert isinstance(ask(office, parcel, PASSED_ON), Asked)


def test_after_a_yes_that_needs_nobody_elses_the_recipient_hears_that_it_holds(office, shop, parcel):
    with office.kit.transaction() as session:
        shippers.set_rules(session, shop.id, {"at_once": ["neighbor"]})
    office.kit.shippers.forget()
    asked = ask(office, parcel)
    says_yes(office.app)
    assert stands(office, asked).life is Life.ACCEPTED
    assert notices(office, parcel.recipient.phone).count("change_accepted") == 1
    assert [entry["state"] for entry in feed(office)] == ["accepted"]


def test_silence_asks_the_recipient_what_then(office, parcel, clock):
    asked = ask(office, parcel)
    clock.forward(minutes=59)
    jobs.lapse(office.kit)
    assert stands(office, asked).life is Life.NOMINATED
    clock.forward(minutes=2)
    assert jobs.lapse(office.kit) == 1
    assert jobs.lapse(office.kit) == 0
    found = stands(office, asked)
    assert (found.life, found.decided_by, found.reason_code) == (Life.LAPSED, "neighbor", "neighbor_silent")
    assert notices(office, parcel.recipient.phone).count("neighbor_silent") == 1
    late = answer(office, Answer.YES)
    assert not late.done and stands(office, asked).life is Life.LAPSED and feed(office) == []


def test_a_yes_after_its_time_is_late_even_before_the_clock_ticked(office, parcel, clock):
    asked = ask(office, parcel)
    clock.forward(minutes=61)
    assert not answer(office, Answer.YES).done
    assert stands(office, asked).life is Life.NOMINATED


def test_the_time_to_answer_ends_with_the_drivers_notice(office, shop):
    soon = office.shipment(shop, window_in_hours=(1, 2))
    asked = ask(office, soon)
    assert asked.change.expires_at == office.clock() + timedelta(minutes=30)


def test_the_neighbor_hears_that_it_comes_and_that_it_came(office, parcel):
    asked = ask(office, parcel)
    says_yes(office.app)
    with office.kit.transaction() as session:
        change.answer(session, office.kit.voice, None, asked.change.id, True, "api", office.clock())
    assert notices(office, "+491707654321") == ["neighbor_asked", "neighbor_coming"]
    office.event(parcel, "out_for_delivery")
    office.clock.forward(hours=3)
    office.event(parcel, "delivered", how="neighbor")
    assert notices(office, "+491707654321")[2:] == ["neighbor_receipt"]
    assert asks(office.app)[0].closed_at is not None


@pytest.mark.parametrize("ends", ["refused", "withdrawn", "elsewhere"])
def test_the_neighbor_hears_that_it_does_not_come(office, parcel, ends):
    asked = ask(office, parcel)
    says_yes(office.app)
    voice, now = office.kit.voice, office.clock()
    with office.kit.transaction() as session:
        if ends == "withdrawn":
            change.withdraw(session, voice, parcel, asked.change.id, now)
        else:
            change.answer(session, voice, None, asked.change.id, ends == "elsewhere", "api", now)
    if ends == "elsewhere":
        office.event(parcel, "delivered", how="recipient")
    assert notices(office, "+491707654321")[-1] == "neighbor_off"
    assert asks(office.app)[0].closed_at is not None


def test_whoever_did_not_say_yes_hears_nothing_more(office, parcel):
    asked = ask(office, parcel)
    with office.kit.transaction() as session:
        change.withdraw(session, office.kit.voice, parcel, asked.change.id, office.clock())
    with office.kit.reading() as session:
        (question,) = [one for one in outbox.latest(session) if one.notice == "neighbor_asked"]
    assert (question.stopped_by, notices(office, "+491707654321")) == ("no_longer_true", ["neighbor_asked"])
    assert not answer(office, Answer.YES).done


def test_a_yes_can_be_taken_back_until_the_drivers_cut_off(office, parcel, clock):
    asked = ask(office, parcel)
    says_yes(office.app)
    with office.kit.transaction() as session:
        change.answer(session, office.kit.voice, None, asked.change.id, True, "api", clock())
    one = asks(office.app)[0]
    clock.forward(minutes=140)
    with office.kit.transaction() as session:
        assert neighbors.take_back(session, office.kit.voice, one, clock()).done
        assert neighbors.take_back(session, office.kit.voice, one, clock()).done
    found = stands(office, asked)
    assert (found.life, found.reason_code) == (Life.REFUSED, "neighbor_took_back")
    assert notices(office, parcel.recipient.phone).count("neighbor_declined") == 1
    assert "neighbor_off" not in notices(office, "+491707654321")
    assert len(feed(office)) == 2


def test_after_the_cut_off_a_yes_stays(office, parcel, clock):
    asked = ask(office, parcel)
    says_yes(office.app)
    with office.kit.transaction() as session:
        change.answer(session, office.kit.voice, None, asked.change.id, True, "api", clock())
    clock.forward(minutes=151)
    with office.kit.transaction() as session:
        assert not neighbors.take_back(session, office.kit.voice, asks(office.app)[0], clock()).done
    assert stands(office, asked).life is Life.ACCEPTED


def test_several_parcels_of_a_door_are_one_question(office, shop):
    two = [office.shipment(shop, "A-1"), office.shipment(shop, "A-2", codes=("P-2", "P-3"))]
    with office.kit.transaction() as session:
        asked = change.ask_together(session, office.kit.voice, two, WEN, office.clock())
    (one,) = asks(office.app)
    assert (one.parcels, notices(office, "+491707654321")) == (3, ["neighbor_asked"])
    says_yes(office.app)
    assert [stands(office, each).life for each in asked] == [Life.ASKED, Life.ASKED]
    assert {entry["shipment"] for entry in feed(office)} == {"A-1", "A-2"}


def test_never_again_holds_for_every_shop_and_says_nothing_more(office, parcel):
    ask(office, parcel)
    answer(office, Answer.BLOCKED)
    other = office.shipment(office.shop("acme"), "B-1", "Ann Archer", "+4917012345000", "ann@example.com")
    refused = ask(office, other, LeaveWithNeighbor("Somebody", "3", "+49 170 7654321"))
    assert isinstance(refused, Refused) and refused.because is No.NEIGHBOR_NOT_NOW


def test_with_a_link_that_was_passed_on_nobody_elses_number_is_blocked(office, parcel):
    with office.kit.transaction() as session:
        contacts.stop(session, Channel.SMS, "+491707654321", "STOP", office.clock())
    ask(office, parcel)
    one = asks(office.app)[0]
    assert (one.way, one.contact, one.evidence["not_sent"]) == (Way.PASSED_ON, "", "opted_out")
    answer(office, Answer.BLOCKED)
    with office.kit.transaction() as session:
        assert not neighbors.choose(
            session, asks(office.app)[0], ["mon"], ["morning"], 1, True, office.clock()
        )
    other = office.shipment(office.shop("acme"), "B-1", "Ann Archer", "+4917012345000", "ann@example.com")
    assert isinstance(ask(office, other), Asked)


def test_whom_no_text_may_reach_is_reached_by_the_recipient(office, parcel):
    asked = ask(office, parcel, PASSED_ON)
    voice = office.kit.voice
    with office.kit.reading() as session:
        link = neighbors.neighbor_link(session, voice, asked.change)
        assert neighbors.code_for_recipient(session, voice, asked.change) == ""
    assert link == voice.neighbor_page(asks(office.app)[0].nonce)
    assert len(link.rpartition("/")[2]) == 22
    says_yes(office.app)
    assert feed(office)[0]["neighbor_consent"]["how"] == "link_passed_on_by_recipient"
    with office.kit.reading() as session:
        assert neighbors.neighbor_link(session, voice, asked.change) == ""
        assert neighbors.code_for_recipient(session, voice, asked.change).isdigit()


def test_where_the_text_does_not_arrive_the_recipient_passes_the_link_on(office, parcel):
    asked = ask(office, parcel)
    with office.kit.transaction() as session:
        lost = MESSAGES.update().where(MESSAGES.c.notice == "neighbor_asked").values(standing="failed")
        session.execute(lost)
    jobs.lapse(office.kit)
    jobs.lapse(office.kit)
    with office.kit.reading() as session:
        assert "/n/" in neighbors.neighbor_link(session, office.kit.voice, asked.change)
    one = asks(office.app)[0]
    assert (one.way, one.contact, one.evidence["not_sent"]) == (Way.PASSED_ON, "", "failed")
    assert stands(office, asked).life is Life.NOMINATED


def test_a_link_that_we_sent_is_not_shown_to_the_recipient(office, parcel):
    asked = ask(office, parcel)
    with office.kit.reading() as session:
        assert neighbors.neighbor_link(session, office.kit.voice, asked.change) == ""


def test_at_night_the_question_waits_and_so_does_its_time(office, shop, clock):
    clock.forward(hours=14)
    tomorrow = office.shipment(shop, window_in_hours=(14, 16))
    asked = ask(office, tomorrow)
    morning = clock().replace(hour=6, minute=0) + timedelta(days=1)
    assert asked.change.expires_at == morning + timedelta(hours=1)
    tonight = office.shipment(shop, "A-2", window_in_hours=(2, 4))
    ask(office, tonight, LeaveWithNeighbor("Ada Cole", "3", "0170 7654399"))
    assert {one.name: one.way for one in asks(office.app)}["Ada Cole"] is Way.PASSED_ON


@pytest.mark.parametrize(
    ("contact", "because"),
    [
        ("call me", No.NEIGHBOR_CONTACT),
        ("+1 202 555 0123", No.NEIGHBOR_CONTACT),
        ("030 901820", No.NEIGHBOR_CONTACT),
        ("0900 1234567", No.NEIGHBOR_CONTACT),
        ("a@b@c", No.NEIGHBOR_CONTACT),
        ("x" * 1_000, No.NEIGHBOR_CONTACT),
        ("\u202e+49170", No.NEIGHBOR_CONTACT),
        ("0170 12345678", No.NEIGHBOR_YOURSELF),
        ("Juergen@Example.com", No.NEIGHBOR_YOURSELF),
    ],
)
def test_a_contact_that_cannot_be_asked_is_refused(office, parcel, contact, because):
    assert ask(office, parcel, LeaveWithNeighbor("Wen Li", "14", contact)).because is because
    assert asks(office.app) == []


def test_nobody_is_their_own_neighbor(office, parcel):
    own = LeaveWithNeighbor(" jürgen  weiß", "12")
    assert ask(office, parcel, own).because is No.NEIGHBOR_YOURSELF


def test_a_name_of_a_thousand_letters_harms_nobody(office, parcel):
    assert isinstance(ask(office, parcel, LeaveWithNeighbor("n" * 1_000, "1" * 1_000)), Asked)
    says_yes(office.app)
    assert "n" * 41 not in neighbor_of(office.app).looks()


def test_hours_and_a_ceiling_are_kept(office, shop, clock):
    first = office.shipment(shop, codes=("P-1", "P-2"))
    ask(office, first)
    says_yes(office.app)
    one = asks(office.app)[0]
    with office.kit.transaction() as session:
        assert neighbors.choose(session, one, ["mon", "tue"], ["morning", "afternoon"], 3, False, clock())
    full = office.shipment(shop, "A-2", phone="+4917011111111", codes=("P-3", "P-4"))
    assert ask(office, full).because is No.NEIGHBOR_NOT_NOW
    fits = office.shipment(shop, "A-3", phone="+4917022222222", codes=("P-5",))
    assert isinstance(ask(office, fits), Asked)
    clock.forward(days=8)
    evening = office.shipment(shop, "A-4", phone="+4917033333333", window_in_hours=(9, 11))
    assert ask(office, evening).because is No.NEIGHBOR_NOT_NOW
    noon = office.shipment(shop, "A-5", phone="+4917044444444", window_in_hours=(2, 4))
    assert isinstance(ask(office, noon), Asked)


def test_one_person_is_not_asked_all_day(office, shop):
    for number in range(5):
        of = office.shipment(shop, f"A-{number}", phone=f"+491701111111{number}", codes=(f"P-{number}",))
        last = ask(office, of)
    assert last.because is No.NEIGHBOR_NOT_NOW


def test_who_is_named_by_many_at_once_is_asked_no_more_often(office, shop, app):
    made = [office.shipment(shop, f"A-{n}", phone=f"+491701111111{n}", codes=(f"P-{n}",)) for n in range(8)]
    ready = threading.Barrier(8)

    def name(of):
        with app.app_context():
            ready.wait()
            ask(office, of)

    naming = [threading.Thread(target=name, args=(of,)) for of in made]
    for thread in naming:
        thread.start()
    for thread in naming:
        thread.join()
    assert len(asks(app)) == 4


def test_the_evidence_can_be_exported(office, parcel):
    asked = ask(office, parcel)
    says_yes(office.app)
    with office.kit.reading() as session:
        found = neighbors.evidence(session, asked.change)
        assert json.loads(json.dumps(found)) == found
    assert (found["answer"], found["how"], found["answered_by"]) == ("yes", "link_sent_by_sms", "page")


def test_names_and_numbers_go_some_days_after_and_the_answer_stays(office, parcel, clock):
    ask(office, parcel)
    answer(office, Answer.NO)
    clock.forward(days=15)
    with office.kit.transaction() as session:
        assert neighbors.forget(session, clock()) == 1
        assert neighbors.forget(session, clock()) == 0
    one = asks(office.app)[0]
    assert (one.name, one.contact, one.house_number) == ("", "", "")
    assert (one.answer, one.evidence["to"]) == (Answer.NO, "…21")


def test_questions_and_answers_are_counted(office, shop, clock):
    for number, said in enumerate((Answer.YES, Answer.NO, None)):
        of = office.shipment(shop, f"A-{number}", phone=f"+491701111111{number}", codes=(f"P-{number}",))
        ask(office, of, LeaveWithNeighbor("Wen Li", "14", f"0170 765430{number}"))
        if said:
            answer(office, said)
    clock.forward(hours=2)
    jobs.lapse(office.kit)
    with office.kit.reading() as session:
        found = neighbors.count(session, shop.id, clock() - timedelta(days=1), clock())
        assert (found.asked, found.yes, found.no, found.silent) == (3, 1, 1, 1)
        other = office.shop("acme")
        assert neighbors.count(session, other.id, clock() - timedelta(days=1), clock()).asked == 0


def test_of_a_yes_and_a_no_at_the_same_time_one_counts(office, parcel, app):
    asked = ask(office, parcel)
    one = asks(app)[0]
    came, ready = [], threading.Barrier(8)

    def say(said):
        with app.app_context():
            ready.wait()
            with office.kit.transaction() as session:
                came.append(neighbors.answer(session, office.kit.voice, one, said, office.clock()))

    saying = [threading.Thread(target=say, args=((Answer.YES, Answer.NO)[n % 2],)) for n in range(8)]
    for thread in saying:
        thread.start()
    for thread in saying:
        thread.join()
    assert len(came) == 8
    final = asks(app)[0].answer
    assert {stood.ask.answer for stood in came} == {final}
    assert stands(office, asked).life is (Life.ASKED if final is Answer.YES else Life.REFUSED)
    assert len(feed(office)) == (1 if final is Answer.YES else 0)


def texts(office, words, number="+491707654321"):
    with office.kit.transaction() as session:
        said = Inbound("twilio", f"SM-{words}", number, words, office.clock())
        replies.hear(session, office.kit.voice, said, office.clock())
    with office.kit.reading() as session:
        return next(one.text for one in outbox.latest(session) if one.to == number)


@pytest.mark.parametrize(("words", "life"), [("Yes!", Life.ASKED), ("no", Life.REFUSED)])
def test_a_plain_yes_or_no_by_text_counts(office, parcel, words, life):
    asked = ask(office, parcel)
    said = texts(office, words)
    assert stands(office, asked).life is life
    assert said.startswith("Doorstep: ") and "/n/" in said and "/t/" not in said
    assert asks(office.app)[0].evidence["answered_by"] == "text"


def test_what_else_a_neighbor_texts_leads_to_their_page_and_names_no_shop(office, parcel):
    asked = ask(office, parcel)
    assert "/n/" in texts(office, "where is it?")
    assert stands(office, asked).life is Life.NOMINATED
    for word in ("HELP", "STOP", "START"):
        assert "Fern" not in texts(office, word)
