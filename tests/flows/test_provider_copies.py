"""Copies at a provider are asked for until they are gone; what will not go waits for somebody."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from notifications.message import Channel
from notifications.provider import Accepted, Outcome, Permanent, Temporary
from notifications.senders import Switchboard
from portal.flows import provider_copies
from portal.store import erasures
from tests.notifications.board import board


@dataclass
class Keeper:
    """An account that keeps a copy, and answers as it is told to."""

    answer: Outcome
    name: str = "twilio"
    channel: Channel = Channel.SMS

    def __post_init__(self) -> None:
        self.asked: list[str] = []

    def redact(self, provider_id: str, now: Any) -> Outcome:
        self.asked.append(provider_id)
        return self.answer


@dataclass
class House:
    """What the flow needs of the kit."""

    kit: Any
    senders: Switchboard

    def now(self) -> Any:
        return self.kit.now()

    def transaction(self) -> Any:
        return self.kit.transaction()


@pytest.fixture
def kit(app):
    return app.extensions["doorstep"]


def house(kit, answer):
    keeper = Keeper(answer)
    with kit.transaction() as session:
        erasures.queue_copies(
            session, [("twilio", "SM1"), ("twilio", "SM1"), ("console", "c"), ("twilio-2", "SM2")], kit.now()
        )
    return House(kit, board(keeper)), keeper


def stand(kit):
    with kit.reading() as session:
        return erasures.copies(session)


def test_a_copy_is_asked_for_once_and_is_gone(kit):
    there, keeper = house(kit, Accepted("SM1"))
    assert provider_copies.erase_some(there) == 3
    assert keeper.asked == ["SM1"]
    assert stand(kit) == (0, [("twilio-2", "no_account", 1)])
    assert provider_copies.erase_some(there) == 0


def test_what_is_in_flight_is_asked_for_later_and_at_last_parked(kit, clock):
    there, keeper = house(kit, Temporary("20009"))
    for _ in range(40):
        provider_copies.erase_some(there)
        clock.forward(hours=7)
    assert len(keeper.asked) == provider_copies.MOST_TRIES
    assert ("twilio", "20009", 1) in stand(kit)[1]
    there.senders = board(Keeper(Accepted()))
    with kit.transaction() as session:
        erasures.retry_parked(session, clock())
    provider_copies.erase_some(there)
    assert not any(name == "twilio" for name, _, _ in stand(kit)[1])


def test_a_refusal_is_parked_at_once(kit):
    there, _ = house(kit, Permanent("20003"))
    provider_copies.erase_some(there)
    assert ("twilio", "20003", 1) in stand(kit)[1]


def test_two_at_once_do_not_ask_twice(kit, clock):
    there, keeper = house(kit, Temporary("20009"))
    provider_copies.erase_some(there)
    clock.forward(seconds=timedelta(seconds=1).total_seconds())
    provider_copies.erase_some(there)
    assert keeper.asked == ["SM1"]
