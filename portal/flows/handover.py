"""The proof that comes with an event or after it: looked at, kept beside the event, and answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.events import DispatchEvent
from portal.domain.handover import (
    Handover,
    Proof,
    Shown,
    Want,
    handed,
    handing_event,
    missing,
    there_is,
    wants,
)
from portal.domain.pictures import Sort
from portal.flows import files as filing
from portal.flows.announce import Voice
from portal.flows.pictures import Picture
from portal.store import files, handovers, shipments
from portal.store.drawer import Drawer
from portal.store.files import File

MOST_PICTURES = 10
NO_PICTURES = "Its recipient's data were erased, so no picture is kept of it any more."
# What was erased since is not missing: PROOF_DAYS is no shorter than this.
JUDGED_FOR = timedelta(days=7)


class Report(Protocol):
    """An event as it was reported, with what the driver's device sent beside it."""

    @property
    def shipper_id(self) -> int: ...
    @property
    def event(self) -> DispatchEvent: ...
    @property
    def shown(self) -> Shown | None: ...


@dataclass(frozen=True, slots=True)
class Sent:
    """A picture is kept; `again` when it was before."""

    file: File
    again: bool = False


@dataclass(frozen=True, slots=True)
class NotSent:
    """A picture was not kept, what is wrong with which field, and whether there is no such thing."""

    because: str
    field: str = "event_id"
    unknown: bool = False


def note(
    session: Session, voice: Voice, reports: Iterable[tuple[Report, int, bool]]
) -> dict[tuple[int, str], Handover]:
    """Keep the proof of new events, and find that of those sent again: (report, shipment id, whether it is new).

    Returns what is known by (shipper id, event id). Only events with a proof cost a query.
    """
    proven = [one for one in reports if one[0].shown]
    if not proven:
        return {}
    known = _known(session, [report for report, _, _ in proven])
    whom = shipments.by_ids(session, (shipment_id for _, shipment_id, _ in proven))
    wrong = handovers.wrong_pins(session, list(whom))
    new: list[tuple[int, int, Handover]] = []
    for report, shipment_id, fresh in proven:
        key = (report.shipper_id, report.event.event_id)
        if key in known or not fresh or report.shown is None:
            continue
        kept = _handed(voice, report.shown, report.event, whom[shipment_id], wrong.get(shipment_id, 0))
        wrong[shipment_id] = wrong.get(shipment_id, 0) + (kept.pin_right is False)
        known[key] = kept
        new.append((report.shipper_id, shipment_id, kept))
    handovers.add(session, new)
    return known


def _handed(voice: Voice, shown: Shown, event: DispatchEvent, shipment: Shipment, wrong: int) -> Handover:
    return handed(
        shown,
        event.event_id,
        event.happened_at,
        shipment.address,
        shipment.restrictions,
        voice.secret,
        shipment.id,
        wrong,
    )


def _known(session: Session, reports: Sequence[Report]) -> dict[tuple[int, str], Handover]:
    by_shipper: dict[int, list[str]] = {}
    for report in reports:
        by_shipper.setdefault(report.shipper_id, []).append(report.event.event_id)
    return {
        (shipper_id, event_id): kept
        for shipper_id, ids in by_shipper.items()
        for event_id, kept in handovers.of_events(session, shipper_id, ids).items()
    }


def find_event(session: Session, shipper_id: int, reference: str, event_id: str) -> Shipment | NotSent:
    """The shipment whose event a picture belongs to, held for this transaction where it writes."""
    known = shipments.by_references(session, [(shipper_id, reference)]).get((shipper_id, reference))
    if known is None:
        return NotSent(f"There is no shipment {reference!r}; send it first.", "shipment", unknown=True)
    if known.shipment.erased_at:
        return NotSent(NO_PICTURES, "shipment")
    if all(event.event_id != event_id for event in known.events):
        return NotSent(f"There is no event {event_id!r} of this shipment; send it first.")
    return known.shipment


def keep_picture(
    session: Session,
    drawer: Drawer,
    shipment: Shipment,
    event_id: str,
    sort: Sort,
    picture: Picture,
    days: int,
    now: datetime,
) -> Sent | NotSent:
    """Keep a photo or signature of an event, once however often it is sent."""
    held = shipments.by_ids(session, [shipment.id], lock=True).get(shipment.id)
    if held is None or held.erased_at:
        return NotSent(NO_PICTURES, "shipment")
    beside = [one for one in files.of_shipment(session, shipment.id, now) if one.event_id == event_id]
    for one in beside:
        if (one.sort, one.sha256) == (sort, picture.sha256):
            return Sent(one, again=True)
    if len(beside) >= MOST_PICTURES:
        return NotSent(f"An event has at most {MOST_PICTURES} pictures.", "file")
    kept = filing.keep(session, drawer, shipment, sort, picture, now, days, event_id=event_id)
    shipments.touch(session, [shipment.id])
    return Sent(kept)


@dataclass(frozen=True, slots=True)
class AtTheDoor:
    """All that shows how a parcel was handed over; `missing` is what its kind of hand-over wants and nobody sent."""

    handover: Handover | None
    pictures: tuple[File, ...]
    wanted: Mapping[Proof, Want]
    missing: tuple[Proof, ...]


def at_the_door(session: Session, shipment: Shipment, now: datetime) -> AtTheDoor | None:
    """The proof of the hand-over that counts; None while there is none."""
    return of_many(session, [shipment], now).get(shipment.id)


def of_many(
    session: Session, known: Sequence[Shipment], now: datetime, judged_for: timedelta = JUDGED_FOR
) -> dict[int, AtTheDoor]:
    """The same for many shipments, which were found within their scope; nothing is missing after `judged_for`."""
    ids = [one.id for one in known]
    proofs, pictures = handovers.of_shipments(session, ids), files.of_shipments(session, ids, now)
    found = {}
    for shipment in known:
        mine = (proofs.get(shipment.id, ()), pictures.get(shipment.id, ()))
        if door := judged(shipment, *mine, now, judged_for):
            found[shipment.id] = door
    return found


def judged(
    shipment: Shipment,
    proofs: Iterable[Handover],
    pictures: Iterable[File],
    now: datetime,
    judged_for: timedelta = JUDGED_FOR,
) -> AtTheDoor | None:
    """The same from what was read of one shipment already."""
    event_id, how = handing_event(shipment.state), shipment.state.how
    if event_id is None or how is None:
        return None
    mine = tuple(one for one in pictures if one.event_id == event_id)
    proof = next((one for one in proofs if one.event_id == event_id), None)
    wanted = wants(how, shipment.restrictions)
    there = there_is([one.sort for one in mine], proof)
    young = shipment.state.since is not None and now - shipment.state.since < judged_for
    return AtTheDoor(proof, mine, wanted, missing(wanted, there) if young else ())
