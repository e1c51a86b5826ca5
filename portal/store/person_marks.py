"""What is known of a number or address itself, beside any delivery: choices, stops, texts it sent, codes it got."""

from collections import Counter
from collections.abc import Collection
from typing import Any

from sqlalchemy import case, delete, or_, select, update
from sqlalchemy.orm import Session

from portal.domain.personal_tables import PERSONAL
from portal.store.consents import CONSENTS
from portal.store.contact_changes import ContactChangeRow
from portal.store.contacts import OPT_OUTS, UNREACHABLE
from portal.store.inbound import CONVERSATIONS, INBOUND
from portal.store.marks import fingerprint
from portal.store.neighbors import ASKS, NEIGHBORS
from portal.store.outbox_rows import MESSAGES
from portal.store.person_rows import blank_table, table_of, written
from portal.store.preferences import PREFERENCES

MOVED = ContactChangeRow.__table__
# what was texted is quoted behind these words
ANSWERED = "answered"
CHUNK = 200


def copies_of(session: Session, ids: Collection[int]) -> list[tuple[str, str]]:
    """Texts about these shipments that a provider has a copy of: (account, its id), sent and received."""
    sent = select(MESSAGES.c.provider, MESSAGES.c.provider_id).where(
        MESSAGES.c.shipment_id.in_(sorted(ids)), MESSAGES.c.channel == "sms"
    )
    heard = select(INBOUND.c.provider, INBOUND.c.provider_id).where(INBOUND.c.shipment_id.in_(sorted(ids)))
    return [tuple(row) for row in (*session.execute(sent), *session.execute(heard)) if all(row)]


def copies_to(session: Session, shipper_id: int | None, contacts: Collection[str]) -> list[tuple[str, str]]:
    """Texts to and from these numbers that a provider has a copy of."""
    known = sorted(contacts)
    sent = select(MESSAGES.c.provider, MESSAGES.c.provider_id).where(
        MESSAGES.c.to.in_(known), MESSAGES.c.channel == "sms"
    )
    heard = select(INBOUND.c.provider, INBOUND.c.provider_id).where(INBOUND.c.sender.in_(known))
    sent, heard = _within(sent, MESSAGES, shipper_id), _within(heard, INBOUND, shipper_id)
    return [tuple(row) for row in (*session.execute(sent), *session.execute(heard)) if all(row)]


def _within(query: Any, table: Any, shipper_id: int | None) -> Any:
    return query if shipper_id is None else query.where(table.c.shipper_id == shipper_id)


def blank(session: Session, shipper_id: int | None, contacts: Collection[str]) -> Counter[str]:
    """Forget what is known of these numbers and addresses themselves; how many rows changed, by table.

    A shipper's request leaves what the whole house shares. A stop, a no and a never-again stay as fingerprints.
    """
    known = sorted(contacts)
    marks = [fingerprint(one) for one in known]
    changed: Counter[str] = Counter()
    inbound = [INBOUND.c.sender.in_(known)]
    messages = [MESSAGES.c.to.in_(known)]
    if shipper_id is not None:
        inbound.append(INBOUND.c.shipper_id == shipper_id)
        messages.append(MESSAGES.c.shipper_id == shipper_id)
    changed["inbound"] += _some_at_a_time(session, INBOUND, inbound)
    changed["messages"] += _some_at_a_time(session, MESSAGES, messages)
    chosen = delete(PREFERENCES).where(PREFERENCES.c.fingerprint.in_(marks))
    changed["preferences"] += written(session.execute(_within(chosen, PREFERENCES, shipper_id)))
    if shipper_id is None:
        changed += _of_the_house(session, known, marks)
    return +changed


def _some_at_a_time(session: Session, table: Any, its: Collection[Any]) -> int:
    """Rows are blanked by what they are found by: the next look finds the next ones."""
    key, changed = next(iter(table.primary_key)), 0
    while ids := session.execute(select(key).where(*its).limit(CHUNK)).scalars().all():
        changed += blank_table(session, table.name, key.in_(ids))
    return changed


def _of_the_house(session: Session, known: Collection[str], marks: Collection[str]) -> Counter[str]:
    changed: Counter[str] = Counter()
    said = delete(CONVERSATIONS).where(CONVERSATIONS.c.sender.in_(known))
    changed["conversations"] += written(session.execute(said))
    failed = delete(UNREACHABLE).where(UNREACHABLE.c.fingerprint.in_(marks))
    changed["unreachable"] += written(session.execute(failed))
    changed["neighbors"] += blank_table(session, "neighbors", NEIGHBORS.c.fingerprint.in_(marks))
    for table in (OPT_OUTS, CONSENTS):
        quoted = table.c.source.startswith(f"{ANSWERED} ", autoescape=True)
        quoting = update(table).where(table.c.fingerprint.in_(marks), quoted).values(source=ANSWERED)
        changed[table.name] += written(session.execute(quoting))
    codes = table_of("one_time_codes")
    changed["one_time_codes"] += written(session.execute(delete(codes).where(codes.c.sent_to.in_(marks))))
    return changed


def blank_moves(session: Session, shipment_ids: Collection[int], contacts: Collection[str]) -> int:
    """Strike these numbers and addresses where a delivery's contact was replaced by them or from them."""
    known, its = sorted(contacts), MOVED.c.shipment_id.in_(sorted(shipment_ids))
    values = {
        column: case((MOVED.c[column].in_(known), ""), else_=MOVED.c[column]) for column in ("old", "new")
    }
    theirs = or_(MOVED.c.old.in_(known), MOVED.c.new.in_(known))
    return written(session.execute(update(MOVED).where(its, theirs).values(values)))


def blank_asks(session: Session, shipment_ids: Collection[int], marks: Collection[str]) -> int:
    """Forget who was asked as a neighbor in these deliveries, by fingerprint."""
    its = (ASKS.c.shipment_id.in_(sorted(shipment_ids)), ASKS.c.neighbor.in_(sorted(marks)))
    return blank_table(session, "neighbor_asks", its[0] & its[1])


def held(
    session: Session, shipper_id: int | None, contacts: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """What is known of these numbers and addresses themselves as their holder may read it, by table."""
    marks = [fingerprint(one) for one in contacts]
    found: dict[str, list[dict[str, Any]]] = {}
    for name in ("opt_outs", "consents", "preferences", "unreachable", "neighbors"):
        table, hidden = table_of(name), set(PERSONAL[name].never_told.split())
        told = [column for column in table.columns if column.name not in hidden]
        query = select(*told).where(table.c.fingerprint.in_(marks))
        if shipper_id is not None and "shipper_id" in table.c:
            query = query.where(or_(table.c.shipper_id == shipper_id, table.c.shipper_id.is_(None)))
        found[name] = [dict(row) for row in session.execute(query).mappings()]
    return {name: rows for name, rows in found.items() if rows}


def texts(
    session: Session, shipper_id: int | None, contacts: Collection[str]
) -> dict[str, list[dict[str, Any]]]:
    """The texts that these numbers sent to us, and what we wrote to them, oldest first."""
    heard = _within(select(INBOUND).where(INBOUND.c.sender.in_(sorted(contacts))), INBOUND, shipper_id)
    written = _within(select(MESSAGES).where(MESSAGES.c.to.in_(sorted(contacts))), MESSAGES, shipper_id)
    return {
        "inbound": [
            _told(row, "inbound") for row in session.execute(heard.order_by(INBOUND.c.id)).mappings()
        ],
        "messages": [
            _told(row, "messages") for row in session.execute(written.order_by(MESSAGES.c.seq)).mappings()
        ],
    }


def _told(row: Any, table: str) -> dict[str, Any]:
    hidden = set(PERSONAL[table].never_told.split())
    return {name: value for name, value in row.items() if name not in hidden}
