"""The tables of shipments, their parcels, events and links, and how a row becomes a value."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db
from portal.domain.delivery import Promise, Shipment
from portal.domain.events import DispatchEvent, Happening, How, Reason
from portal.domain.parcel import Address, Parcel, Recipient, Restrictions, Service
from portal.domain.shipment import fold


def _due(what: str, gone: str) -> Index:
    """Finished shipments of a shipper that still hold something, the oldest first."""
    waits = sql(f"finished_at IS NOT NULL AND {gone} IS NULL")
    name = f"ix_shipments_{what}_due"
    return Index(name, "shipper_id", "finished_at", postgresql_where=waits, sqlite_where=waits)


def by_bytes(length: int) -> String:
    """Text that PostgreSQL sorts by its bytes, as SQLite does: what begins alike stands together in an index."""
    return String(length).with_variant(String(length, collation="C"), "postgresql")


class ShipmentRow(db.Model):
    """One door, one recipient. `story` repeats its events, so that a page needs one row."""

    __tablename__ = "shipments"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    reference: Mapped[str] = mapped_column(by_bytes(80))
    service: Mapped[str] = mapped_column(String(20))
    depot: Mapped[str] = mapped_column(String(80))
    recipient_name: Mapped[str] = mapped_column(String(120))
    phone: Mapped[str] = mapped_column(String(20), index=True)
    email: Mapped[str] = mapped_column(by_bytes(254), index=True)
    language: Mapped[str] = mapped_column(String(12))
    channels: Mapped[list[str] | None] = mapped_column(JSON)
    lines: Mapped[list[str]] = mapped_column(JSON)
    locality: Mapped[str] = mapped_column(String(120))
    postcode: Mapped[str] = mapped_column(String(20), index=True)
    country: Mapped[str] = mapped_column(String(2))
    lat: Mapped[float | None]
    lng: Mapped[float | None]
    timezone: Mapped[str] = mapped_column(String(60))
    restrictions: Mapped[dict[str, Any]] = mapped_column(JSON)
    search_text: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    story: Mapped[list[list[Any]]] = mapped_column(JSON)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    link_nonce: Mapped[str] = mapped_column(String(32))
    told: Mapped[str] = mapped_column(String(64))
    door: Mapped[str] = mapped_column(String(32), server_default="")
    parcel_count: Mapped[int] = mapped_column(Integer, server_default="1")
    planned_start: Mapped[datetime | None] = mapped_column(Moment)
    planned_end: Mapped[datetime | None] = mapped_column(Moment)
    planned_source: Mapped[str | None] = mapped_column(String(20))
    planned_at: Mapped[datetime | None] = mapped_column(Moment)
    live: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    first_attempt_at: Mapped[datetime | None] = mapped_column(Moment)
    first_attempt_ok: Mapped[bool | None] = mapped_column(Boolean)
    version: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(Moment)
    updated_at: Mapped[datetime] = mapped_column(Moment)
    # when its person was forgotten, and why: `asked` or `time`; and when what was said to them was
    erased_at: Mapped[datetime | None] = mapped_column(Moment)
    erased_how: Mapped[str] = mapped_column(String(10), server_default="")
    words_gone_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        # the reference first: a caller's agent of the operator does not know whose it is
        UniqueConstraint("reference", "shipper_id"),
        _due("contacts", "erased_at"),
        _due("words", "words_gone_at"),
        # what nobody ever reported the end of grows old by itself
        Index(
            "ix_shipments_never_ended",
            "shipper_id",
            "created_at",
            postgresql_where=sql("finished_at IS NULL AND erased_at IS NULL"),
            sqlite_where=sql("finished_at IS NULL AND erased_at IS NULL"),
        ),
        Index("ix_shipments_status_finished_at", "status", "finished_at"),
        # first attempts of a day, for the figures
        Index(
            "ix_shipments_first_attempt_at",
            "first_attempt_at",
            postgresql_where=sql("first_attempt_at IS NOT NULL"),
            sqlite_where=sql("first_attempt_at IS NOT NULL"),
        ),
        # what else is under way to the same person at the same door
        Index(
            "ix_shipments_door",
            "door",
            postgresql_where=sql("finished_at IS NULL AND door <> ''"),
            sqlite_where=sql("finished_at IS NULL AND door <> ''"),
        ),
        # windows that end soon, for the agents' queue
        Index(
            "ix_shipments_planned_end_open",
            "planned_end",
            "id",
            postgresql_where=sql("finished_at IS NULL AND planned_end IS NOT NULL"),
            sqlite_where=sql("finished_at IS NULL AND planned_end IS NOT NULL"),
        ),
    )


class ParcelRow(db.Model):
    """One box of a shipment."""

    __tablename__ = "parcels"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(by_bytes(80), index=True)
    weight_g: Mapped[int]
    length_mm: Mapped[int]
    width_mm: Mapped[int]
    height_mm: Mapped[int]


class EventRow(db.Model):
    """One event as dispatch sent it, and when it came; never changed."""

    __tablename__ = "events"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    event_id: Mapped[str] = mapped_column(String(120))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    happening: Mapped[str] = mapped_column(String(30))
    happened_at: Mapped[datetime] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    __table_args__ = (
        UniqueConstraint("shipper_id", "event_id"),
        # rows come in this order, so that PostgreSQL needs a few bytes for thousands of them
        Index(
            "ix_events_received_at",
            "received_at",
            postgresql_using="brin",
            postgresql_with={"autosummarize": "on"},
        ),
    )


class LinkRow(db.Model):
    """The fingerprint of a link that opens a shipment's page."""

    __tablename__ = "links"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


def event_line(event: DispatchEvent) -> list[Any]:
    """An event as one line of `story`; empty tails are cut."""
    reason, how = event.reason or "", event.how or ""
    at = event.happened_at.isoformat()
    line = [
        event.event_id,
        event.happening,
        at,
        reason,
        how,
        event.place,
        event.note,
        event.proof,
        event.corrects,
    ]
    while len(line) > 3 and not line[-1]:
        line.pop()
    return line


def line_event(line: list[Any]) -> DispatchEvent:
    """A line of `story` as the event it was."""
    event_id, happening, at, reason, how, place, note, proof, corrects = [*line, *[""] * (9 - len(line))]
    return DispatchEvent(
        event_id,
        Happening(happening),
        datetime.fromisoformat(at),
        Reason(reason) if reason else None,
        How(how) if how else None,
        place,
        note,
        proof,
        corrects,
    )


def promise_json(promise: Promise | None) -> dict[str, Any] | None:
    """A live window as stored."""
    if promise is None:
        return None
    return {
        "start": promise.start.isoformat(),
        "end": promise.end.isoformat(),
        "source": promise.source,
        "updated_at": promise.updated_at.isoformat(),
        "confidence": promise.confidence,
        "level": promise.level,
        "because": promise.because,
        "expected_at": promise.expected_at.isoformat() if promise.expected_at else None,
        "stops_before": promise.stops_before,
        "minutes_ahead": promise.minutes_ahead,
        "stage": promise.stage,
    }


def json_promise(stored: dict[str, Any] | None) -> Promise | None:
    """A live window as it was."""
    if not stored:
        return None
    moments = {
        name: datetime.fromisoformat(stored[name])
        for name in ("start", "end", "updated_at", "expected_at")
        if stored.get(name)
    }
    ahead = tuple(stored.get("minutes_ahead", ()))
    return Promise(**{**stored, **moments, "minutes_ahead": ahead})


def value(row: Any, parcels: Iterable[Parcel] = (), story: Iterable[DispatchEvent] | None = None) -> Shipment:
    """A shipment from its row (all columns); `story` when the caller has read it already."""
    planned = None
    if row.planned_start is not None:
        planned = Promise(row.planned_start, row.planned_end, row.planned_source, row.planned_at)
    channels = tuple(row.channels) if row.channels is not None else None
    return Shipment(
        id=row.id,
        shipper_id=row.shipper_id,
        reference=row.reference,
        service=Service(row.service),
        recipient=Recipient(row.recipient_name, row.phone, row.email, row.language, channels),
        address=Address(
            tuple(row.lines), row.locality, row.postcode, row.country, row.lat, row.lng, row.timezone
        ),
        depot=row.depot,
        restrictions=Restrictions(**row.restrictions),
        state=fold(story if story is not None else [line_event(line) for line in row.story]),
        version=row.version,
        link_nonce=row.link_nonce,
        planned=planned,
        live=json_promise(row.live),
        parcels=tuple(parcels),
        parcel_count=row.parcel_count,
        door=row.door,
        erased_at=row.erased_at,
    )
