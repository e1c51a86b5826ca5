"""One-time codes: few, short-lived, and counted before they are compared."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from portal.domain.access import CodeVerdict
from portal.flows import codes
from portal.store import outbox, shipments
from tests.dispatch import new_dispatch, shipment


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
