"""What is due to go, found by indexes that hold only what is left: some rows at a time, the oldest first."""

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, update
from sqlalchemy.orm import Session

from notifications.message import UNFINISHED, Channel
from portal.store.audit import AuditRow
from portal.store.erasures import LOOKED
from portal.store.follow_up_rows import FOLLOW_UPS
from portal.store.handovers import HANDOVERS
from portal.store.outbox_rows import ATTEMPTS, MESSAGES, RECEIPTS, insert_for
from portal.store.person_find import HOLD
from portal.store.person_rows import blank, blank_table, written
from portal.store.shipment_rows import ShipmentRow
from portal.store.tags import TAGS

SHIPMENTS, AUDIT = ShipmentRow.__table__, AuditRow.__table__
WEBHOOKS, PROOFS, ACTS = "webhooks", "proofs", "acts"
LOOKED_AT = "looked"
SOME = 50
# A court may need it.
ON_HOLD = exists().where(TAGS.c.shipment_id == SHIPMENTS.c.id, TAGS.c.folded == HOLD)


def words_due(session: Session, shipper_id: int, before: datetime, since: datetime, limit: int) -> list[int]:
    """Shipments that ended before then and whose messages still have words, held for this transaction.

    A matter that is open and was raised `since` then keeps them, here and below.
    """
    ended = (SHIPMENTS.c.finished_at < before, SHIPMENTS.c.words_gone_at.is_(None))
    return _held(session, shipper_id, since, ended, SHIPMENTS.c.finished_at, limit)


def contacts_due(
    session: Session, shipper_id: int, before: datetime, since: datetime, limit: int
) -> list[int]:
    """Shipments that ended before then and still name somebody, held for this transaction."""
    ended = (SHIPMENTS.c.finished_at < before, SHIPMENTS.c.erased_at.is_(None))
    return _held(session, shipper_id, since, ended, SHIPMENTS.c.finished_at, limit)


def never_ended(
    session: Session, shipper_id: int, before: datetime, since: datetime, limit: int
) -> list[int]:
    """Shipments of which nobody told anything since then, and no end, held for this transaction."""
    silent = (
        SHIPMENTS.c.finished_at.is_(None),
        SHIPMENTS.c.erased_at.is_(None),
        SHIPMENTS.c.created_at < before,
        SHIPMENTS.c.updated_at < before,
    )
    return _held(session, shipper_id, since, silent, SHIPMENTS.c.created_at, limit)


def _held(
    session: Session, shipper_id: int, since: datetime, which: Iterable[Any], order: Any, limit: int
) -> list[int]:
    """Without what another process holds, what must be kept, and what somebody looks after since then or later."""
    looked_after = exists().where(
        FOLLOW_UPS.c.shipment_id == SHIPMENTS.c.id,
        FOLLOW_UPS.c.closed_at.is_(None),
        FOLLOW_UPS.c.opened_at >= since,
    )
    wanted = (SHIPMENTS.c.shipper_id == shipper_id, *which, ~looked_after, ~ON_HOLD)
    due = select(SHIPMENTS.c.id).where(*wanted)
    held = due.order_by(order).limit(limit).with_for_update(skip_locked=True, key_share=True, of=SHIPMENTS)
    return list(session.execute(held).scalars())


def blank_words(session: Session, ids: Collection[int], now: datetime) -> Counter[str]:
    """Forget the words of what was said about these shipments and where it went; calls to dispatch go by themselves."""
    its = and_(
        MESSAGES.c.shipment_id.in_(sorted(ids)),
        MESSAGES.c.channel != Channel.WEBHOOK,
        MESSAGES.c.standing.not_in(UNFINISHED),
    )
    messages = select(MESSAGES.c.id).where(its)
    changed = Counter(
        messages=blank_table(session, "messages", its),
        attempts=blank_table(session, "attempts", ATTEMPTS.c.message_id.in_(messages)),
        receipts=blank_table(session, "receipts", RECEIPTS.c.message_id.in_(messages)),
    )
    gone = update(SHIPMENTS).where(SHIPMENTS.c.id.in_(sorted(ids)))
    session.execute(gone.values(words_gone_at=now))
    return +changed


def looked_until(session: Session, shipper_ids: Collection[int], name: str) -> dict[int, datetime]:
    """Up to which moment each shipper's rows were looked at by a rule."""
    query = select(LOOKED.c.shipper_id, LOOKED.c.at).where(
        LOOKED.c.name == name, LOOKED.c.shipper_id.in_(sorted(shipper_ids))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def looked(session: Session, shipper_ids: Collection[int], name: str, at: datetime) -> None:
    """Everything up to then was looked at."""
    new = insert_for(session)(LOOKED)
    rows = [{"shipper_id": one, "name": name, "at": at} for one in sorted(shipper_ids)]
    session.execute(
        new.on_conflict_do_update(index_elements=["shipper_id", "name"], set_={"at": new.excluded.at}), rows
    )


def blank_late_messages(
    session: Session, shipper_ids: Collection[int], after: datetime, until: datetime, limit: int
) -> datetime | None:
    """Scrub what was said to dispatch in this time, and to people whose delivery's words had gone before.

    Returns the moment up to which that was done; None: up to `until`.
    """
    made = and_(MESSAGES.c.created_at > after, MESSAGES.c.created_at <= until)
    in_order = select(MESSAGES.c.created_at).where(made).order_by(MESSAGES.c.created_at)
    # what was made in the same moment is looked at together, however much it is
    last: datetime | None = session.execute(in_order.offset(limit - 1).limit(1)).scalar()
    its = and_(made, MESSAGES.c.created_at <= (last or until), MESSAGES.c.shipper_id.in_(sorted(shipper_ids)))
    _scrub(session, its)
    return last


def _scrub(session: Session, these: Any) -> None:
    settled = MESSAGES.c.standing.not_in(UNFINISHED)
    words_went = exists().where(
        SHIPMENTS.c.id == MESSAGES.c.shipment_id, SHIPMENTS.c.words_gone_at.is_not(None)
    )
    to_people = and_(MESSAGES.c.channel != Channel.WEBHOOK, or_(MESSAGES.c.shipment_id.is_(None), words_went))
    blank_table(
        session, "messages", and_(these, settled, or_(MESSAGES.c.channel == Channel.WEBHOOK, to_people))
    )


def blank_proofs(
    session: Session, shipper_ids: Collection[int], after: datetime, until: datetime, limit: int
) -> datetime | None:
    """Of hand-overs in this time only the distance and the PIN's verdict stay; up to which moment, as above."""
    made = and_(HANDOVERS.c.at > after, HANDOVERS.c.at <= until)
    in_order = select(HANDOVERS.c.at).where(made).order_by(HANDOVERS.c.at)
    last: datetime | None = session.execute(in_order.offset(limit - 1).limit(1)).scalar()
    held = exists().where(TAGS.c.shipment_id == HANDOVERS.c.shipment_id, TAGS.c.folded == HOLD)
    its = and_(
        made, HANDOVERS.c.at <= (last or until), HANDOVERS.c.shipper_id.in_(sorted(shipper_ids)), ~held
    )
    blank_table(session, "handovers", its)
    return last


def blank_later_acts(
    session: Session, shipper_ids: Collection[int], after: datetime, until: datetime, limit: int
) -> datetime | None:
    """Forget what agents wrote in this time about deliveries whose people had gone before; as above.

    Each of their acts is audited, so the audit knows which deliveries these are.
    """
    made = and_(AUDIT.c.at > after, AUDIT.c.at <= until)
    in_order = select(AUDIT.c.at).where(made).order_by(AUDIT.c.at)
    last: datetime | None = session.execute(in_order.offset(limit - 1).limit(1)).scalar()
    concerned = (
        select(AUDIT.c.shipment_id)
        .join(SHIPMENTS, SHIPMENTS.c.id == AUDIT.c.shipment_id)
        .where(
            made,
            AUDIT.c.at <= (last or until),
            AUDIT.c.action != LOOKED_AT,
            SHIPMENTS.c.erased_at <= AUDIT.c.at,
            SHIPMENTS.c.shipper_id.in_(sorted(shipper_ids)),
        )
    )
    ids = sorted(set(session.execute(concerned).scalars()))
    for start in range(0, len(ids), SOME):
        blank(session, ids[start : start + SOME], proof=False)
    return last


def forget_audit(session: Session, shipper_id: int | None, before: datetime, limit: int) -> int:
    """Delete what a shipper's people (None: the operator's) did before then, some of it; how many entries."""
    whose = AUDIT.c.shipper_id == shipper_id if shipper_id is not None else AUDIT.c.shipper_id.is_(None)
    old = select(AUDIT.c.id).where(whose, AUDIT.c.at < before).order_by(AUDIT.c.at).limit(limit)
    return written(session.execute(delete(AUDIT).where(AUDIT.c.id.in_(old.scalar_subquery()))))
