"""The demo's carrier fails as it is told, and its book says what it really took."""

import pytest

from notifications.message import Channel, Standing
from notifications.provider import (
    Accepted,
    CannotTell,
    Forged,
    Found,
    NotFound,
    Permanent,
    Temporary,
    Unknown,
)
from notifications.providers.staged import Staged
from notifications.stage import Stage, Weather
from notifications.trouble import Trouble
from tests.notifications.cast import at, message

NOW = at(9)


@pytest.fixture
def text() -> Staged:
    return Staged(Channel.SMS, "console", Stage())


def test_in_good_weather_everything_arrives_once(text):
    one = message()
    assert text.send(one, NOW) == Accepted(f"console-{one.id}", Standing.DELIVERED)
    assert (text.stage.taken, text.stage.twice) == (1, 0)
    text.send(one, NOW)
    assert (text.stage.taken, text.stage.twice) == (1, 1)


@pytest.mark.parametrize(("channel", "code"), [(Channel.SMS, "landline"), (Channel.EMAIL, "no_mailbox")])
def test_a_refusal_is_for_good_and_about_the_address(channel, code):
    carrier = Staged(channel, "console", Stage())
    carrier.stage.weather = Weather.REFUSES
    one = message(channel)
    refused = carrier.send(one, NOW)
    assert isinstance(refused, Permanent)
    assert (refused.code, refused.trouble) == (code, Trouble.CONTACT)
    assert carrier.stage.taken == 0
    assert carrier.stage.refused == {one.to}


def test_one_that_is_down_takes_nothing_and_cannot_be_asked(text):
    text.stage.weather = Weather.DOWN
    refused = text.send(message(), NOW)
    assert isinstance(refused, Temporary)
    assert refused.trouble is Trouble.AWAY
    assert isinstance(text.lookup(message(), NOW, NOW), CannotTell)


def test_one_that_loses_its_answers_has_half_of_what_it_was_given_and_knows_which(text):
    text.stage.weather = Weather.LOSES
    given = [message() for _ in range(6)]
    assert all(isinstance(text.send(one, NOW), Unknown) for one in given)
    found = [isinstance(text.lookup(one, NOW, NOW), Found) for one in given]
    assert found == [True, False] * 3
    assert text.stage.taken == 3
    text.stage.weather = Weather.WELL
    assert isinstance(text.lookup(given[1], NOW, NOW), NotFound)


def test_nobody_may_report_to_a_stage(text):
    with pytest.raises(Forged):
        text.receipts("http://localhost/callbacks/twilio/status/1", {}, b"", NOW)
    assert text.status(message(), NOW) is None
