"""The whole day over real HTTP: every person's page, every message and every wish end as the story says."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from typing import Any

import pytest

from notifications.message import Channel, Message, Standing
from portal import jobs
from portal.clock import ManualClock
from portal.demo import seed
from portal.demo.day import Player
from portal.demo.depot import Depot
from portal.demo.dispatch import Dispatch
from portal.demo.inbox import Inbox
from portal.demo.papers import Paper
from portal.demo.phone import Phone
from portal.demo.plan import Day
from portal.store import outbox

STEP = timedelta(minutes=3)
REAL_STEP_SECONDS = 10
TOMORROW = "R-401"
ENDS = {"delivered", "ready_for_pickup", "returning"}


@dataclass
class Played:
    """What is left of the day: the office, what the terminal said, and the portal to be asked."""

    depot: Depot
    dispatch: Dispatch
    app: Any
    said: list[str] = field(default_factory=list)
    told: dict[str, Paper] = field(default_factory=dict)

    def shipment(self, name: str) -> Paper:
        one = self.depot.named(name)
        return self.dispatch.shipment(one.reference, one.brand.slug)

    def messages(self, name: str) -> list[Message]:
        shipment_id = self.told[self.depot.named(name).reference]["id"]
        with self.app.extensions["doorstep"].reading() as session:
            return [told.message for told in outbox.of_shipment(session, None, shipment_id)]

    def notices(self, name: str) -> list[str]:
        """What a person was really told, oldest first, each once however many channels carried it."""
        sent = [
            one.notice
            for one in self.messages(name)
            if one.channel is not Channel.WEBHOOK and one.standing in (Standing.SENT, Standing.DELIVERED)
        ]
        return list(dict.fromkeys(sent))


@pytest.fixture
def clock(day: Day) -> ManualClock:
    return ManualClock(day.at("07:28"))


@pytest.fixture
def settings(settings: Any) -> Any:
    """A person's minutes on a day that runs fast."""
    settings.code_minutes = settings.answer_minutes = 600
    settings.demo = True
    return settings


@pytest.fixture
def played(app: Any, live_server: str, clock: ManualClock, settings: Any, depot: Depot) -> Iterator[Played]:
    dispatch = Dispatch(live_server, seed.seed(settings.database, clock()).key)
    left = Played(depot, dispatch, app)
    real, stop = ManualClock(clock()), Event()
    phone = Phone(live_server, left.told, stop)
    player = Player(
        depot=depot,
        dispatch=dispatch,
        inbox=Inbox(real, margin=timedelta(minutes=4)),
        now=clock,
        say=lambda at, says, about: left.said.append(says),
        ask=phone.ask,
        look_up_pin=phone.pin,
        told_shipments=lambda answers: left.told.update({one["reference"]: one for one in answers}),
        rang=Event(),
        stop=stop,
    )
    scheduler = jobs.start(app)
    try:
        play(player, clock, real, depot.day.at("18:55"), app)
        yield left
    finally:
        scheduler.shutdown(wait=True)


def play(player: Player, clock: ManualClock, real: ManualClock, until: datetime, app: Any) -> None:
    while clock() < until:
        before = clock()
        clock.forward(seconds=STEP.total_seconds())
        real.forward(seconds=REAL_STEP_SECONDS)
        player.step(before, clock())
        # three minutes pass in milliseconds here: a text must leave before the clock makes it untrue
        with app.app_context():
            jobs.outbox(app.extensions["doorstep"])
        for phone in player.phones:
            phone.join()


def test_a_delivery_day_over_http(played: Played):
    nothing_was_refused(played)
    everybody_was_served(played)
    a_missed_recipient_finds_the_parcel_in_a_locker(played)
    a_wrong_delivered_is_taken_back(played)
    a_delay_is_told_with_its_reason(played)
    a_van_that_turns_round_says_so(played)
    a_neighbor_who_was_asked_for_has_the_parcel(played)
    a_refused_wish_has_a_reason(played)
    germans_are_told_in_german(played)


def nothing_was_refused(played: Played) -> None:
    assert [line for line in played.said if "portal re" in line or "could not ask" in line] == []


def everybody_was_served(played: Played) -> None:
    today = [one for one in played.depot.deliveries.values() if one.route != TOMORROW]
    assert {played.shipment(one.person.name)["status"] for one in today} == ENDS
    assert played.shipment("Kwame Boateng")["status"] == "at_depot"


def a_missed_recipient_finds_the_parcel_in_a_locker(played: Played) -> None:
    assert played.shipment("Jonas Brandt")["status"] == "ready_for_pickup"
    told = played.notices("Jonas Brandt")
    assert told[-2:] == ["attempt_failed", "ready_for_pickup"]


def a_wrong_delivered_is_taken_back(played: Played) -> None:
    told = played.notices("Eleanor Whitcomb")
    assert told.index("delivered") < told.index("corrected")
    assert played.shipment("Eleanor Whitcomb")["status"] == "delivered"


def a_delay_is_told_with_its_reason(played: Played) -> None:
    assert "delayed" in played.notices("Samuel Okafor")
    happened = {event["happening"]: event for event in played.shipment("Samuel Okafor")["timeline"]}
    assert happened["delayed"]["reason"] == "carrier_vehicle_issue"


def a_van_that_turns_round_says_so(played: Played) -> None:
    told = played.notices("Theo Marchetti")
    assert told.index("next_stop") < told.index("no_longer_heading") < told.index("delivered")


def a_neighbor_who_was_asked_for_has_the_parcel(played: Played) -> None:
    shipment = played.shipment("Priya Raman")
    assert shipment["how"] == "neighbor"
    assert [(one["kind"], one["state"], one["honoured"]) for one in shipment["changes"]] == [
        ("neighbor", "accepted", True)
    ]
    assert {"one_time_code", "change_accepted"} <= set(played.notices("Priya Raman"))


def a_refused_wish_has_a_reason(played: Played) -> None:
    (change,) = played.shipment("Naomi Tanaka")["changes"]
    assert (change["state"], change["reason_code"]) == ("refused", "not_on_the_round")
    assert "nearer to you" in change["reason"]


def germans_are_told_in_german(played: Played) -> None:
    words = " ".join(
        one.text for one in played.messages("Sabine Lorenz") if one.channel is not Channel.WEBHOOK
    )
    assert "Paket" in words
    assert "parcel" not in words
