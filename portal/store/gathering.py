"""What still waits to be said and can be said better, and what else is under way to the same doors."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from notifications.message import Message, Rule, Standing
from portal.store.outbox_rows import MESSAGES, MessageRow, message_value
from portal.store.shipment_rows import ShipmentRow

CHUNK = 500


def waiting(session: Session, shipment_ids: Iterable[int], keys: Iterable[str]) -> list[Message]:
    """Messages on the shelf of these shipments, or that can be told as one with `keys`; held until commit.

    What a worker is taking at this moment is left out: it is as good as sent.
    """
    wanted, alike = sorted(set(shipment_ids)), sorted(set(keys))
    found: dict[str, Message] = {}
    for start in range(0, max(len(wanted), len(alike)), CHUNK):
        these, those = wanted[start : start + CHUNK], alike[start : start + CHUNK]
        asked = select(MESSAGES).where(
            MessageRow.standing == Standing.QUEUED,
            or_(
                MessageRow.shipment_id.in_(these),
                MessageRow.gather_key.in_(those) & (MessageRow.gather_key != ""),
            ),
        )
        rows = session.execute(asked.order_by(MessageRow.seq).with_for_update(skip_locked=True))
        found |= {row.id: message_value(row) for row in rows}
    return list(found.values())


def hold_back(session: Session, held: Mapping[str, tuple[Rule, str]], now: datetime) -> None:
    """These messages, by id, are not said: the rule, and why they existed with what became of it."""
    for message_id, (rule, because) in held.items():
        values = {
            "standing": Standing.STOPPED,
            "stopped_by": rule,
            "because": because,
            "settled_at": now,
            "fallback_at": None,
        }
        queued = (MessageRow.id == message_id, MessageRow.standing == Standing.QUEUED)
        session.execute(update(MESSAGES).where(*queued).values(values))


def under_way(session: Session, doors: Iterable[str]) -> dict[str, set[int]]:
    """Shipments not yet finished, by the mark of their door. A mark belongs to one shipper."""
    wanted = sorted({door for door in doors if door})
    found: dict[str, set[int]] = {}
    for start in range(0, len(wanted), CHUNK):
        asked = select(ShipmentRow.id, ShipmentRow.door).where(
            ShipmentRow.door.in_(wanted[start : start + CHUNK]),
            ShipmentRow.door != "",
            ShipmentRow.finished_at.is_(None),
        )
        for shipment_id, door in session.execute(asked):
            found.setdefault(door, set()).add(shipment_id)
    return found
