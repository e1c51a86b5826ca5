"""What somebody has to look after: raised once for its key, settled by events, closed by an agent."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from portal.db import Reader
from portal.domain.follow_up import LONGEST_KEY, FollowUp, Matter, due
from portal.store.follow_up_rows import FOLLOW_UPS, OF_SHIPMENTS, WITH_HOLDER, FollowUpRow, value
from portal.store.outbox_rows import insert_for

# Closed because it turned out not to be so: it may come up again, unlike what an agent has dealt with.
BY_EVENTS = "events"
CHUNK = 500
# (shipper id, shipment id, kind, key, facts, deadline)
New = tuple[int | None, int, Matter, str, Mapping[str, Any], datetime | None]
# Nobody has taken or closed it.
FRESH: dict[str, Any] = {
    "closed_at": None,
    "closed_by": "",
    "claimed_by": None,
    "claimed_at": None,
    "handed_by": "",
    "handed_words": "",
    "snoozed_until": None,
}


def _key(shipper_id: int | None, shipment_id: int | None, key: str) -> str:
    whose = "" if shipment_id is not None else f"{shipper_id or 'house'}:"
    return f"{whose}{key}"[:LONGEST_KEY]


def open(
    session: Session,
    shipper_id: int | None,
    shipment_id: int | None,
    kind: Matter,
    key: str,
    facts: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None = None,
) -> bool:
    """Put a matter on the agents' list, once for its key; True when it is on it now and was not before.

    What an agent has closed stays closed; what events had taken back is opened again. `facts["words"]` is shown.
    """
    row = _row(shipper_id, shipment_id, kind, key, facts, now, due_at)
    return (
        session.execute(_new(session, shipment_id is None).values(row).returning(FOLLOW_UPS.c.id)).first()
        is not None
    )


def open_many(session: Session, rows: Sequence[New], now: datetime) -> None:
    """The same for many at once, each about a shipment: (shipper id, shipment id, kind, key, facts, deadline)."""
    if rows:
        new = [_row(*row[:5], now, row[5]) for row in rows]
        session.execute(_new(session, alarm=False), new)


def _row(
    shipper_id: int | None,
    shipment_id: int | None,
    kind: Matter,
    key: str,
    facts: Mapping[str, Any],
    now: datetime,
    due_at: datetime | None,
) -> dict[str, Any]:
    whose = {"shipper_id": shipper_id, "shipment_id": shipment_id, "kind": kind.value}
    about = {"key": _key(shipper_id, shipment_id, key), "facts": dict(facts)}
    return {**whose, **about, "opened_at": now, "due_at": due(kind, now, due_at), **FRESH}


def _new(session: Session, alarm: bool) -> Any:
    """Raised once for its key, and again only where events had settled it."""
    new = insert_for(session)(FOLLOW_UPS)
    again = ("facts", "opened_at", "due_at", *FRESH)
    return new.on_conflict_do_update(
        index_elements=["kind", "key"] if alarm else ["shipment_id", "kind", "key"],
        index_where=FOLLOW_UPS.c.shipment_id.is_(None) if alarm else None,
        set_={name: new.excluded[name] for name in again},
        where=FOLLOW_UPS.c.closed_by == BY_EVENTS,
    )


def take_back(
    session: Session,
    shipment_id: int | None,
    kind: Matter,
    key: str,
    now: datetime,
    shipper_id: int | None = None,
) -> bool:
    """Events showed that there is nothing to look after; False when it was not open."""
    about = FollowUpRow.shipment_id == shipment_id if shipment_id else FollowUpRow.shipment_id.is_(None)
    it = (about, FollowUpRow.kind == kind, FollowUpRow.key == _key(shipper_id, shipment_id, key))
    done = session.execute(
        update(FollowUpRow)
        .where(*it, FollowUpRow.closed_at.is_(None))
        .values(closed_at=now, closed_by=BY_EVENTS)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def close(session: Session, found: FollowUp, by: str, note: str, now: datetime) -> bool:
    """An agent has looked after it and wrote down how; False when somebody else was first."""
    values = {"closed_at": now, "closed_by": by[:120], "facts": {**found.facts, "note": note}}
    done = session.execute(
        update(FollowUpRow)
        .where(FollowUpRow.id == found.id, FollowUpRow.closed_at.is_(None))
        .values(**values)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def tell_anew(session: Session, found: FollowUp, words: str, due_at: datetime, now: datetime) -> None:
    """The same matter in words of this moment."""
    facts = {**found.facts, "words": words, "told_at": now.isoformat()}
    it = (FollowUpRow.id == found.id, FollowUpRow.closed_at.is_(None))
    session.execute(update(FollowUpRow).where(*it).values(facts=facts, due_at=due_at))


def find(session: Session, shipper_id: int | None, follow_up_id: int) -> FollowUp | None:
    """One follow-up within a shipper's scope (None: the operator's)."""
    query = WITH_HOLDER.where(FOLLOW_UPS.c.id == follow_up_id)
    row = session.execute(_within(query, shipper_id)).one_or_none()
    return value(row) if row else None


def named(
    session: Session, shipper_id: int | None, shipment_id: int | None, kind: Matter, key: str
) -> FollowUp | None:
    """The open matter of this kind and key, within a shipper's scope (None: the operator's)."""
    its_key = FOLLOW_UPS.c.key
    if shipment_id:
        it = (FOLLOW_UPS.c.shipment_id == shipment_id, its_key == key)
    else:
        it = (FOLLOW_UPS.c.shipment_id.is_(None), its_key.endswith(f":{key}", autoescape=True))
    query = WITH_HOLDER.where(*it, FOLLOW_UPS.c.kind == kind, FOLLOW_UPS.c.closed_at.is_(None))
    row = session.execute(_within(query, shipper_id)).first()
    return value(row) if row else None


def of_shipments(session: Reader, shipment_ids: Iterable[int]) -> list[FollowUp]:
    """Follow-ups of shipments that were found within their scope, oldest first."""
    these = sorted(set(shipment_ids))
    return [
        value(row)
        for start in range(0, len(these), CHUNK)
        for row in session.execute(OF_SHIPMENTS, {"these": these[start : start + CHUNK]})
    ]


def _within(query: Any, shipper_id: int | None) -> Any:
    return query if shipper_id is None else query.where(FOLLOW_UPS.c.shipper_id == shipper_id)
