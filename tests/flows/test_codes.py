"""One-time codes: few, short-lived, and counted before they are compared."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.domain.access import CodeVerdict
from portal.flows import codes
from portal.store import outbox, shipments
from tests.dispatch import AGREED, new_dispatch, shipment


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def ann(app, kit):
    new_dispatch(app).ships(shipment("A-1"))
    with kit.reading() as session:
        return shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment


def send(kit, ann):
    with kit.transaction() as session:
        return codes.send_code(session, kit.voice, ann, kit.now(), make=lambda: "123456")


def check(kit, ann, typed):
    with kit.transaction() as session:
        return codes.check_code(session, kit.voice, ann, typed, kit.settings.code_tries, kit.now())


def test_the_code_goes_to_the_phone_on_file(kit, ann):
    assert send(kit, ann) == codes.Sent("sms", "23")
    with kit.reading() as session:
        message = outbox.latest(session)[0]
    assert (message.channel, message.to) == ("sms", "+12025550123")
    assert "123456" in message.text


def test_a_right_code_proves_this_browser_for_a_while(kit, ann, clock):
    send(kit, ann)
    checked = check(kit, ann, " 123 456 ")
    assert checked.verdict is CodeVerdict.RIGHT
    with kit.reading() as session:
        assert codes.is_proven(session, ann, checked.proof, clock())
        assert not codes.is_proven(session, ann, "another", clock())
        assert not codes.is_proven(session, ann, checked.proof, clock() + timedelta(minutes=11))


def test_a_code_is_good_once(kit, ann):
    send(kit, ann)
    check(kit, ann, "123456")
    assert check(kit, ann, "123456").verdict is CodeVerdict.NONE


def test_a_code_grows_old(kit, ann, clock):
    send(kit, ann)
    clock.forward(minutes=10)
    assert check(kit, ann, "123456").verdict is CodeVerdict.TOO_OLD


def test_three_codes_an_hour(kit, ann, clock):
    assert [type(send(kit, ann)) for _ in range(4)] == [codes.Sent] * 3 + [codes.NotSent]
    clock.forward(minutes=61)
    assert isinstance(send(kit, ann), codes.Sent)


def test_of_many_guesses_at_once_at_most_five_are_compared(app, kit, ann):
    send(kit, ann)

    def guess(number):
        with app.app_context():
            return check(kit, ann, f"{number:06}").verdict

    with ThreadPoolExecutor(8) as pool:
        verdicts = list(pool.map(guess, range(40)))
    assert verdicts.count(CodeVerdict.WRONG) == 5
    assert verdicts.count(CodeVerdict.USED_UP) == 35
    assert check(kit, ann, "123456").verdict is CodeVerdict.USED_UP


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "١٢٣٤٥٦", "\x00", "123456; DROP", "9" * 10_000])
def test_anything_else_is_wrong(kit, ann, typed):
    send(kit, ann)
    assert check(kit, ann, typed).verdict in (CodeVerdict.WRONG, CodeVerdict.RIGHT)[: 1 + ("123456" in typed)]


def phones(kit):
    with kit.reading() as session:
        return [one.to for one in outbox.latest(session) if one.notice == "one_time_code"]


def changed(dispatch, **more):
    who = {"name": "Ann Archer", "phone": "+12025550123", "email": "ann@example.com", "language": "en"}
    told = {name: value for name, value in (who | more).items() if value}
    consent = {"consent": AGREED} if "phone" in told else {}
    assert dispatch.ships(shipment("A-1", recipient=told | consent))[0]["outcome"] != "rejected"


@pytest.fixture
def dispatch(app):
    return new_dispatch(app, "Bolt Tools")


def ann_of(kit, number=1):
    with kit.reading() as session:
        return shipments.by_references(session, [(number, "A-1")])[number, "A-1"].shipment


def test_a_new_number_gets_no_code_for_a_day(kit, dispatch, clock):
    changed(dispatch)
    changed(dispatch, phone="+12025550666")
    assert send(kit, ann_of(kit)) == codes.Sent("email", "a…@example.com")
    clock.forward(hours=24)
    assert send(kit, ann_of(kit)) == codes.Sent("sms", "66")


def test_where_all_is_new_the_code_goes_where_it_would_have_gone(kit, dispatch):
    changed(dispatch, email="")
    changed(dispatch, phone="+12025550666", email="")
    assert send(kit, ann_of(kit)) == codes.Sent("sms", "23")
    assert phones(kit) == ["+12025550123"]


def test_where_nothing_stood_before_one_is_told_until_when_to_wait(kit, dispatch, clock):
    changed(dispatch, phone="", email="")
    began = clock()
    clock.forward(hours=1)
    changed(dispatch, phone="+12025550666", email="")
    assert send(kit, ann_of(kit)) == codes.NotSent(codes.TOO_NEW, began + timedelta(hours=25))
    assert phones(kit) == []


def test_the_replaced_contact_is_told_without_a_link(kit, dispatch):
    changed(dispatch)
    changed(dispatch, phone="+12025550666", email="new@example.com")
    with kit.reading() as session:
        told = [one for one in outbox.latest(session) if one.notice == "contact_changed"]
    assert {one.to for one in told} == {"+12025550123", "ann@example.com"}
    assert not any("/t/" in one.text + one.html for one in told)


def test_a_number_gets_three_an_hour_and_twenty_a_day_whatever_they_are_for(kit, dispatch, clock):
    dispatch.ships(*(shipment(f"A-{number}") for number in range(12)))
    with kit.reading() as session:
        known = shipments.by_references(session, [(1, f"A-{number}") for number in range(12)])
    many = [one.shipment for one in known.values()]
    sent = [send(kit, one) for one in many[:4]]
    assert [type(one) for one in sent] == [codes.Sent] * 3 + [codes.NotSent]
    outcomes = []
    for hour in range(8):
        clock.forward(minutes=61)
        outcomes += [send(kit, one) for one in many[hour : hour + 3]]
    refused = [one for one in outcomes if isinstance(one, codes.NotSent)]
    assert len(outcomes) - len(refused) == 17
    assert {one.because for one in refused} == {codes.TOO_MANY_TODAY}


def test_many_shipments_at_once_share_the_number(app, kit, dispatch):
    dispatch.ships(*(shipment(f"A-{number}") for number in range(8)))
    with kit.reading() as session:
        known = shipments.by_references(session, [(1, f"A-{number}") for number in range(8)])

    def press(one):
        with app.app_context():
            return send(kit, one.shipment)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(press, known.values()))
    assert sum(isinstance(one, codes.Sent) for one in answers) == 3
