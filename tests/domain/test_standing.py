"""The answer an agent gives first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from portal.domain.change import Change, IfUnanswered, Kind, Life
from portal.domain.delivery import Promise, Shipment
from portal.domain.events import DispatchEvent, Happening, Reason
from portal.domain.follow_up import FollowUp, Matter
from portal.domain.parcel import Address, Recipient, Restrictions, Service
from portal.domain.shipment import Status, fold
from portal.domain.standing import STANDS, standing
from portal.domain.timeline import Tone

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)


def shipment(*events: DispatchEvent, window: tuple[datetime, datetime] | None = None) -> Shipment:
    return Shipment(
        id=1,
        shipper_id=1,
        reference="A-1",
        service=Service.STANDARD,
        recipient=Recipient("Priya Raman"),
        address=Address(("Mill Lane 4",), "Alderquay", "10001", "US"),
        depot="north",
        restrictions=Restrictions(),
        state=fold(events),
        version=1,
        link_nonce="n",
        live=Promise(*window, "live", NOON) if window else None,
    )


def event(happening: Happening, **more: object) -> DispatchEvent:
    return DispatchEvent("e-" + happening, happening, NOON - timedelta(hours=1), **more)  # type: ignore[arg-type]


def change(**more: object) -> Change:
    facts = {"id": "c", "shipment_id": 1, "kind": Kind.LOCKER, "life": Life.ASKED, "to": {}, "came_from": {}}
    times = {"asked_at": NOON, "expires_at": NOON + timedelta(minutes=20)}
    rest = {"if_unanswered": IfUnanswered.REFUSE, "asked_by": "recipient", "method": "otp"}
    return Change(**{**facts, **times, **rest, **more})  # type: ignore[arg-type]


def test_a_parcel_on_the_van_waits_for_the_door_until_its_window_ends():
    window = (NOON, NOON + timedelta(hours=1))
    answer = standing(shipment(event(Happening.OUT_FOR_DELIVERY), window=window), [], NOON)
    assert answer.headline == "On the van"
    assert [(wait.text, wait.until) for wait in answer.waits] == [
        ("The van has to reach the door.", window[1])
    ]


def test_a_window_that_passed_without_news_is_named_first():
    window = (NOON - timedelta(hours=2), NOON - timedelta(minutes=30))
    answer = standing(shipment(event(Happening.OUT_FOR_DELIVERY), window=window), [], NOON)
    assert answer.waits[0].tone is Tone.BAD
    assert "Ask dispatch" in answer.waits[0].text


def test_a_change_that_waits_is_named_with_its_deadline():
    answer = standing(shipment(event(Happening.AT_DEPOT)), [change()], NOON)
    assert answer.waits[0].until == NOON + timedelta(minutes=20)
    assert answer.waits[0].text == "Dispatch has to answer a change (bring it to a locker)."


def test_a_failed_attempt_says_why():
    answer = standing(shipment(event(Happening.ATTEMPT_FAILED, reason=Reason.CONSIGNEE_NOT_HOME)), [], NOON)
    assert answer.headline == "Delivery attempt failed: consignee not home"


def test_what_was_not_honoured_asks_to_be_followed_up_until_somebody_has():
    matter = FollowUp(1, 1, 1, Matter.NOT_HONOURED, "c1", {"words": "bring it to a locker"}, NOON, NOON)
    there = shipment(event(Happening.DELIVERED))
    answer = standing(there, [], NOON, [matter])
    assert answer.headline == "Delivered to the recipient"
    assert answer.waits[-1].text.startswith("Not done as asked: bring it to a locker. ")
    assert standing(there, [], NOON, [replace(matter, closed_at=NOON, closed_by="ann")]).waits == ()


def test_every_status_has_words():
    assert set(STANDS) == set(Status)
