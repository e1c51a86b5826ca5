"""Shipments: found by reference or link, saved with their events, many at a time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from portal.db import THESE, Reader, touched
from portal.domain.delivery import Promise, Shipment
from portal.domain.events import DispatchEvent
from portal.domain.parcel import Address, Parcel
from portal.domain.shipment import State
from portal.domain.visits import first_attempt
from portal.store import finding
from portal.store.shipment_rows import (
    EventRow,
    LinkRow,
    ParcelRow,
    ShipmentRow,
    event_line,
    line_event,
    promise_json,
    value,
)

ALL = select(ShipmentRow.__table__)
EVENTS = EventRow.__table__
SHIPMENTS = ShipmentRow.__table__

# Asked for with every batch of events, so prepared once.
STORIES = (
    select(SHIPMENTS.c.id, SHIPMENTS.c.reference, SHIPMENTS.c.story, SHIPMENTS.c.erased_at)
    .where(SHIPMENTS.c.shipper_id == bindparam("shipper_id"), SHIPMENTS.c.reference.in_(THESE))
    .order_by(SHIPMENTS.c.id)
    .with_for_update(key_share=True)
)
SEEN = select(EVENTS.c.event_id, EVENTS.c.shipment_id).where(
    EVENTS.c.shipper_id == bindparam("shipper_id"), EVENTS.c.event_id.in_(THESE)
)
BOX = ParcelRow.__table__.c
BOXES = select(BOX.code, BOX.weight_g, BOX.length_mm, BOX.width_mm, BOX.height_mm).where(
    BOX.shipment_id == bindparam("shipment_id")
)
OF_IDS = ALL.where(SHIPMENTS.c.id.in_(THESE))
STATE = (
    update(SHIPMENTS)
    .where(SHIPMENTS.c.id == bindparam("row_id"))
    .values(
        status=bindparam("new_status"),
        story=bindparam("new_story"),
        finished_at=bindparam("new_finished_at"),
        first_attempt_at=bindparam("new_attempt_at"),
        first_attempt_ok=bindparam("new_attempt_ok"),
        updated_at=bindparam("new_updated_at"),
        version=SHIPMENTS.c.version + 1,
    )
)
STATE_WITHOUT_WINDOW = STATE.values(live=None)
NEW_EVENT = insert(EVENTS)
Ref = tuple[int, str]
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A shipment with every event it ever got, also those that others correct, and the seal of what was told."""

    shipment: Shipment
    events: tuple[DispatchEvent, ...]
    told: str


def _held(query: Any) -> Any:
    # Two batches that name the same shipments wait for each other here, always in the same order. NO KEY: a new
    # row that only points at the shipment (a stop, a message) need not wait, and so cannot close a ring of waits.
    return query.order_by(ShipmentRow.id).with_for_update(key_share=True)


def _rows(session: Reader, query: Any, lock: bool) -> list[Any]:
    return list(session.execute(_held(query) if lock else query))


OF_IDS_HELD = _held(OF_IDS)


def by_references(session: Session, refs: Iterable[Ref], *, lock: bool = False) -> dict[Ref, Known]:
    """The shipments of these (shipper id, reference) pairs; `lock` holds them for this transaction."""
    wanted: dict[int, list[str]] = {}
    for shipper_id, reference in set(refs):
        wanted.setdefault(shipper_id, []).append(reference)
    found: dict[Ref, Known] = {}
    for shipper_id, references in sorted(wanted.items()):
        for start in range(0, len(references), CHUNK):
            query = ALL.where(
                ShipmentRow.shipper_id == shipper_id,
                ShipmentRow.reference.in_(references[start : start + CHUNK]),
            )
            for row in _rows(session, query, lock):
                story = tuple(line_event(line) for line in row.story)
                found[shipper_id, row.reference] = Known(value(row, story=story), story, row.told)
    return found


@dataclass(frozen=True, slots=True)
class Story:
    """A shipment's id and every event it ever got; `lines` is how they are stored, to be added to.

    `erased`: its person was forgotten; what comes late is kept without words.
    """

    id: int
    events: list[DispatchEvent]
    lines: list[list[Any]]
    erased: bool = False


def stories(session: Session, refs: Iterable[Ref]) -> dict[Ref, Story]:
    """The stories of these (shipper id, reference) pairs, held for this transaction.

    Only what a scan needs is read: most events tell nobody anything.
    """
    wanted: dict[int, list[str]] = {}
    for shipper_id, reference in set(refs):
        wanted.setdefault(shipper_id, []).append(reference)
    found: dict[Ref, Story] = {}
    for shipper_id, references in sorted(wanted.items()):
        for start in range(0, len(references), CHUNK):
            these = {"shipper_id": shipper_id, "these": references[start : start + CHUNK]}
            for row_id, reference, story, erased_at in session.execute(STORIES, these):
                events = [line_event(line) for line in story]
                found[shipper_id, reference] = Story(row_id, events, story, erased_at is not None)
    return found


def shippers_of(
    session: Session, shipper_ids: Iterable[int], references: Iterable[str]
) -> dict[str, list[int]]:
    """Which of these shippers know each reference; for the operator's key, which may name none."""
    table = ShipmentRow.__table__
    owners: dict[str, list[int]] = {}
    wanted, among = sorted(set(references)), sorted(set(shipper_ids))
    for start in range(0, len(wanted), CHUNK):
        query = select(table.c.reference, table.c.shipper_id).where(
            # the shippers are named so that the index on (shipper, reference) serves
            table.c.shipper_id.in_(among),
            table.c.reference.in_(wanted[start : start + CHUNK]),
        )
        for reference, shipper_id in session.execute(query):
            owners.setdefault(reference, []).append(shipper_id)
    return owners


def by_ids(session: Reader, ids: Iterable[int], *, lock: bool = False) -> dict[int, Shipment]:
    """These shipments. Ids never come from outside: a scoped question found them."""
    wanted = sorted(set(ids))
    found = {}
    for start in range(0, len(wanted), CHUNK):
        for row in session.execute(OF_IDS_HELD if lock else OF_IDS, {"these": wanted[start : start + CHUNK]}):
            found[row.id] = value(row)
    return found


def by_id(
    session: Session, shipper_id: int | None, shipment_id: int, *, lock: bool = False
) -> Shipment | None:
    """One shipment with its parcels, within a shipper's scope (None: the operator's)."""
    query = ALL.where(ShipmentRow.id == shipment_id)
    if shipper_id is not None:
        query = query.where(ShipmentRow.shipper_id == shipper_id)
    rows = _rows(session, query, lock)
    return value(rows[0], parcels_of(session, shipment_id)) if rows else None


def under_way_to(session: Session, phone: str, limit: int = 20) -> list[Shipment]:
    """What is under way to this number, newest first. Of all shippers: who sends us a text names none."""
    query = ALL.where(ShipmentRow.phone == phone, ShipmentRow.finished_at.is_(None))
    return [value(row) for row in session.execute(query.order_by(ShipmentRow.id.desc()).limit(limit))]


def under_way_near(session: Session, shipper_id: int, address: Address, limit: int = 100) -> list[Shipment]:
    """What of this shipper is under way within the same postcode, oldest first."""
    query = ALL.where(
        ShipmentRow.shipper_id == shipper_id,
        ShipmentRow.postcode == address.postcode,
        ShipmentRow.country == address.country,
        ShipmentRow.finished_at.is_(None),
    )
    return [value(row) for row in session.execute(query.order_by(ShipmentRow.id).limit(limit))]


def by_link(session: Session, fingerprint: str, now: datetime) -> Shipment | None:
    """The shipment that a link opens, if the link is good. Not scoped: the link is the scope."""
    row = session.execute(
        ALL.join(LinkRow, LinkRow.shipment_id == ShipmentRow.id).where(
            LinkRow.fingerprint == fingerprint,
            LinkRow.revoked_at.is_(None),
            (LinkRow.expires_at.is_(None)) | (LinkRow.expires_at > now),
        )
    ).one_or_none()
    return value(row) if row else None


def parcels_of(session: Reader, shipment_id: int) -> tuple[Parcel, ...]:
    """The boxes of a shipment that was found within its scope."""
    return tuple(Parcel(*row) for row in session.execute(BOXES, {"shipment_id": shipment_id}))


def seen_events(session: Session, shipper_id: int, event_ids: Iterable[str]) -> dict[str, int]:
    """Which of these event ids the shipper already sent, and for which shipment (id)."""
    wanted = sorted(set(event_ids))
    seen: dict[str, int] = {}
    for start in range(0, len(wanted), CHUNK):
        these = {"shipper_id": shipper_id, "these": wanted[start : start + CHUNK]}
        for event_id, shipment_id in session.execute(SEEN, these):
            seen[event_id] = shipment_id
    return seen


def insert_many(session: Session, rows: Sequence[dict[str, Any]]) -> list[int]:
    """New shipments from column values; ids in the order of `rows`."""
    if not rows:
        return []
    new = insert(ShipmentRow).returning(ShipmentRow.id, sort_by_parameter_order=True)
    ids = list(session.execute(new, list(rows)).scalars())
    finding.put(session, rows, ids)
    return ids


def update_facts(session: Session, shipment_id: int, values: dict[str, Any], now: datetime) -> None:
    """Dispatch told something new about a shipment."""
    touched(session, [shipment_id])
    values = {**values, "version": ShipmentRow.version + 1, "updated_at": now}
    session.execute(update(ShipmentRow).where(ShipmentRow.id == shipment_id).values(values))
    if finding.FACTS & values.keys():
        finding.keep(session, [shipment_id])


def put_parcels(session: Session, parcels: Iterable[tuple[int, Parcel]]) -> None:
    """Parcels of shipments that have none yet."""
    rows = [
        {
            "shipment_id": shipment_id,
            "code": parcel.code,
            "weight_g": parcel.weight_g,
            "length_mm": parcel.length_mm,
            "width_mm": parcel.width_mm,
            "height_mm": parcel.height_mm,
        }
        for shipment_id, parcel in parcels
    ]
    if rows:
        session.execute(insert(ParcelRow.__table__), rows)


def clear_parcels(session: Session, shipment_id: int) -> None:
    """Forget a shipment's parcels, to be told anew."""
    session.execute(ParcelRow.__table__.delete().where(ParcelRow.shipment_id == shipment_id))


def add_events(session: Session, rows: Sequence[tuple[int, int, DispatchEvent]], now: datetime) -> None:
    """Keep new events as they came: (shipper id, shipment id, event)."""
    if rows:
        session.execute(
            NEW_EVENT,
            [
                {
                    "shipper_id": shipper_id,
                    "event_id": event.event_id,
                    "shipment_id": shipment_id,
                    "happening": event.happening,
                    "happened_at": event.happened_at,
                    "received_at": now,
                    "details": {"line": event_line(event)},
                }
                for shipper_id, shipment_id, event in rows
            ],
        )


def save_states(
    session: Session, states: Iterable[tuple[Story, State, Sequence[DispatchEvent], bool]], now: datetime
) -> None:
    """Keep new states: (story, state, new events, whether the live window is over)."""
    kept: list[dict[str, Any]] = []
    over: list[dict[str, Any]] = []
    for story, state, new, window_over in states:
        attempt = first_attempt(state.story)
        values = {
            "row_id": story.id,
            "new_status": state.status,
            "new_story": [*story.lines, *map(event_line, new)],
            "new_finished_at": state.since if state.finished else None,
            "new_attempt_at": attempt[0] if attempt else None,
            "new_attempt_ok": attempt[1] if attempt else None,
            "new_updated_at": now,
        }
        (over if window_over else kept).append(values)
    touched(session, (values["row_id"] for values in kept + over))
    if kept:
        session.execute(STATE, kept)
    if over:
        session.execute(STATE_WITHOUT_WINDOW, over)


def save_windows(session: Session, windows: dict[int, Promise | None], now: datetime) -> None:
    """Keep new live windows by shipment id; None withdraws one."""
    if not windows:
        return
    touched(session, windows)
    table = ShipmentRow.__table__
    change = (
        update(table)
        .where(table.c.id == bindparam("row_id"))
        .values(live=bindparam("new_live"), updated_at=bindparam("new_at"), version=table.c.version + 1)
    )
    rows = [
        {"row_id": row_id, "new_live": promise_json(live), "new_at": now} for row_id, live in windows.items()
    ]
    session.execute(change, rows)


def save_plan(session: Session, shipment_id: int, planned: Promise, now: datetime) -> None:
    """A new planned window, from dispatch or from a change."""
    values: dict[str, Any] = {"planned_start": planned.start, "planned_end": planned.end}
    values |= {"planned_source": planned.source, "planned_at": planned.updated_at}
    update_facts(session, shipment_id, values, now)


def touch(session: Session, ids: Iterable[int]) -> None:
    """Something the page shows has changed outside the row: a new version."""
    wanted = sorted(set(ids))
    touched(session, wanted)
    session.execute(
        update(ShipmentRow).where(ShipmentRow.id.in_(wanted)).values(version=ShipmentRow.version + 1)
    )
