"""From settings to texts on the wire: two accounts at Twilio, real threads, both engines."""

import json
from collections import Counter
from datetime import timedelta

import pytest

from notifications.message import Channel, Standing
from notifications.senders import Health
from portal import jobs
from portal.store import outbox, senders, shippers
from tests.doubles.server import Answer, Fault
from tests.doubles.twilio import ACCOUNT, TOKEN, Twilio
from tests.notifications.cast import message

SMS = Channel.SMS
OTHER = "AC" + "2" * 32
SUSPENDED = Answer(401, json.dumps({"code": 20003, "message": "no", "status": 401}).encode())


@pytest.fixture
def first(clock):
    with Twilio(clock()) as double:
        yield double


@pytest.fixture
def second(clock):
    with Twilio(clock()) as double:
        yield double


@pytest.fixture
def settings(settings, first, second):
    accounts = {
        "twilio_account_sid": ACCOUNT,
        "twilio_auth_token": TOKEN,
        "twilio_from": "+12025550100",
        "twilio_api_base": first.url,
        "twilio_2_account_sid": OTHER,
        "twilio_2_auth_token": "another",
        "twilio_2_from": "+12025550200",
        "twilio_2_api_base": second.url,
    }
    return type(settings)(_env_file=None, **(settings.model_dump() | accounts))


@pytest.fixture
def house(app):
    kit = app.extensions["doorstep"]
    with kit.transaction() as session:
        shippers.add(session, "fern", "Fern & Kettle")
    return kit


def texts(house, count):
    now = house.now()
    some = [
        message(
            not_before=now,
            created_at=now,
            expires_at=now + timedelta(hours=4),
            to=f"+4915112{number:06d}",
        )
        for number in range(count)
    ]
    with house.transaction() as session:
        outbox.put(session, some)
    return some


def standings(house):
    with house.reading() as session:
        return Counter(one.standing for one in outbox.latest(session, 1000))


def health(house, name):
    with house.reading() as session:
        return senders.reports(session)[name].health


def test_each_account_sends_as_itself(house, first, second):
    texts(house, 1)
    jobs.deliver(house, SMS)
    assert (first.texts[0].form["From"], f"/Accounts/{ACCOUNT}/" in first.calls[0].path) == (
        "+12025550100",
        True,
    )
    first.take = lambda call: SUSPENDED
    texts(house, 1)
    jobs.deliver(house, SMS)
    assert (second.texts[0].form["From"], f"/Accounts/{OTHER}/" in second.calls[0].path) == (
        "+12025550200",
        True,
    )


def test_when_the_first_account_is_suspended_nothing_is_lost_and_nothing_sent_twice(
    house, first, second, clock
):
    well = first.take
    first.take = lambda call: SUSPENDED
    texts(house, 60)
    jobs.deliver(house, SMS)
    assert standings(house) == {Standing.SENT: 60}
    assert (len(first.texts), len(second.texts)) == (0, 60)
    assert len(first.calls) <= jobs.CALLS_AT_ONCE
    assert health(house, "twilio") is Health.STOPPED
    first.take = well
    clock.forward(minutes=5)
    texts(house, 10)
    jobs.deliver(house, SMS)
    clock.forward(seconds=2)
    texts(house, 10)
    jobs.deliver(house, SMS)
    assert health(house, "twilio") is Health.WELL
    assert len(first.texts) >= 11
    assert len({text.to + text.body for text in first.texts + second.texts}) == 80
    assert standings(house) == {Standing.SENT: 80}


def test_when_the_first_account_answers_with_errors_the_second_one_takes_over(house, first, second, clock):
    first.faults.extend([Fault.ERROR] * 100)
    texts(house, 60)
    jobs.deliver(house, SMS)
    stands = standings(house)
    assert stands[Standing.SENT] == len(second.texts)
    assert stands[Standing.UNKNOWN] == len(first.calls) < 60 - 20
    assert stands[Standing.SENT] + stands[Standing.UNKNOWN] == 60
    assert health(house, "twilio") is Health.RESTING
    clock.forward(minutes=2)
    first.faults.clear()
    jobs.settle(house)
    jobs.deliver(house, SMS)
    jobs.deliver(house, SMS)
    assert standings(house) == {Standing.SENT: 60}
    assert len({text.to for text in first.texts + second.texts}) == 60 == len(first.texts + second.texts)


def test_a_number_the_first_sender_cannot_reach_goes_by_the_second(house, first, second):
    (one,) = texts(house, 1)
    first.refusals[one.to] = 21612
    jobs.deliver(house, SMS)
    with house.reading() as session:
        told = outbox.find(session, None, one.id)
    assert [(this.sender, this.outcome, this.code) for this in told.attempts] == [
        ("twilio", "permanent", "21612"),
        ("twilio-2", "accepted", ""),
    ]
    assert (told.message.standing, told.message.provider, len(second.texts)) == (Standing.SENT, "twilio-2", 1)


def test_texts_nobody_reported_on_are_asked_about(house, first, clock):
    arrived, lost, silent = texts(house, 3)
    jobs.deliver(house, SMS)
    by_number = {text.to: text.sid for text in first.texts}
    first.fates = {by_number[arrived.to]: ("delivered", None), by_number[lost.to]: ("undelivered", 30005)}
    assert jobs.confirm(house) == 0
    clock.forward(minutes=15)
    assert jobs.confirm(house) == 3
    assert jobs.confirm(house) == 0
    with house.reading() as session:
        now_are = [outbox.find(session, None, one.id).message for one in (arrived, lost, silent)]
    assert [one.standing for one in now_are] == [Standing.DELIVERED, Standing.FAILED, Standing.SENT]
    assert now_are[1].error_code == "30005"
    clock.forward(hours=2)
    assert jobs.confirm(house) == 1


def test_one_account_may_have_two_senders(settings, first, clock):
    from portal.wiring import _second_twilio

    same = settings.model_copy(update={"twilio_2_account_sid": "", "twilio_2_api_base": ""})
    account = _second_twilio(same)
    assert (account.name, account.account_sid, account.sender) == ("twilio-2", ACCOUNT, "+12025550200")
    assert (account.auth_token, account.api_base) == (TOKEN, first.url)
    keyed = same.model_copy(update={"twilio_2_api_key": "SK2"})
    assert (_second_twilio(keyed).api_key, _second_twilio(keyed).account_sid) == ("SK2", ACCOUNT)
    away = settings.model_copy(update={"twilio_2_api_base": ""})
    assert _second_twilio(away).api_base == ""
