"""A crowd in a database: everybody with a row in each table that can hold something of a person, full of their marks.

Whatever names person 42 holds `zq000042` or the number +4915000000042, so that one look finds every trace of everybody.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, Integer, Numeric, String, Text, Time, insert
from sqlalchemy import Float as Number
from sqlalchemy.orm import Session

from portal.db import Base, Moment
from portal.domain.delivery import search_text
from portal.domain.parcel import Address, Recipient
from portal.domain.personal import Of, Treatment
from portal.domain.personal_tables import PERSONAL
from portal.store import finding
from portal.store.drawer import Drawer
from portal.store.marks import fingerprint

TRACE = re.compile(rb"zq(\d{6})|4915(\d{9})")
ENDED = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
AT_ONCE = 500
WEBHOOK = 2
# Values that the house reads as one of its words; the others may be anything.
WORDS: dict[tuple[str, str], Any] = {
    ("shipments", "service"): "standard",
    ("shipments", "status"): "delivered",
    ("shipments", "timezone"): "Europe/Berlin",
    ("shipments", "country"): "DE",
    ("shipments", "language"): "de",
    ("shipments", "restrictions"): {},
    ("shipments", "live"): None,
    ("shipments", "erased_at"): None,
    ("shipments", "erased_how"): "",
    ("shipments", "words_gone_at"): None,
    ("shipments", "planned_start"): None,
    ("shipments", "planned_end"): None,
    ("shipments", "planned_source"): None,
    ("shipments", "finished_at"): ENDED,
    ("changes", "kind"): "neighbor",
    ("changes", "life"): "accepted",
    ("changes", "group_id"): "",
    ("changes", "if_unanswered"): "refuse",
    ("messages", "standing"): "delivered",
    ("messages", "instead_of"): "",
    ("messages", "fallback_at"): None,
    ("neighbor_asks", "answer"): "yes",
    ("neighbor_asks", "channel"): "sms",
    ("follow_ups", "kind"): "problem",
    ("follow_ups", "claimed_by"): None,
    ("files", "sort"): "photo",
    ("files", "media_type"): "image/jpeg",
    ("problems", "kind"): "damaged",
    ("approvals", "standing"): "done",
    ("events", "happening"): "delivered",
    ("inbound", "understood"): "nothing",
    ("inbound", "handled_at"): None,
    ("change_feed", "type"): "delivery_change.requested",
}
# Everybody has a text, an email and a call to dispatch.
OFTEN = ("messages", "attempts", "receipts")
# What a shop has one of, that everybody's rows refer to.
OF_ALL = ("agents", "vans", "routes", "lockers", "compartments", "slots", "goodwill_reasons")


def token(person: int) -> str:
    """What stands in everything of this person."""
    return f"zq{person:06d}"


def phone(person: int) -> str:
    """Their number."""
    return f"+4915{person:09d}"


def email(person: int) -> str:
    """Their address."""
    return f"{token(person)}@example.com"


def traces(lines: Iterable[bytes]) -> Iterator[tuple[set[int], bytes]]:
    """Who is named in each line."""
    for line in lines:
        yield {int(found[1] or found[2]) for found in TRACE.finditer(line)}, line


def gather(session: Session, drawer: Drawer, shipper_id: int, many: int) -> None:
    """Put so many people into the database, and a picture of each into the drawer."""
    connection = session.connection()
    for name in OF_ALL:
        table = Base.metadata.tables[name]
        row = {column.name: _cell(table.name, column, 1, shipper_id) for column in table.columns}
        connection.execute(insert(table), [row])
    tables = [table for table in Base.metadata.sorted_tables if _is_peoples(table.name)]
    for start in range(1, many + 1, AT_ONCE):
        people = range(start, min(start + AT_ONCE, many + 1))
        for table in tables:
            _pour(connection, table, people, shipper_id)
        rows = [_shipment(person, shipper_id) for person in people]
        finding.put(session, rows, list(people))
        for person in people:
            drawer.put(shipper_id, file_of(person), f"picture of {token(person)}".encode())


def _is_peoples(name: str) -> bool:
    held = PERSONAL.get(name)
    return held is not None and held.of is not Of.WORD and not name.startswith(("find_", "erasure_"))


def file_of(person: int) -> str:
    """The name of their picture."""
    return f"{person:032x}"


def _shipment(person: int, shipper_id: int) -> dict[str, Any]:
    table = Base.metadata.tables["shipments"]
    return {column.name: _cell("shipments", column, person, shipper_id) for column in table.columns}


def _pour(connection: Connection, table: Any, people: Sequence[int], shipper_id: int) -> None:
    copies = range(3) if table.name in OFTEN else range(1)
    columns = [column for column in table.columns if not _counts_by_itself(table, column)]
    rows = []
    for person in people:
        for copy in copies:
            number = person * len(copies) + copy
            row = {column.name: _cell(table.name, column, number, shipper_id, person) for column in columns}
            rows.append(row | _special(table.name, person, copy))
    connection.execute(insert(table), rows)


def _counts_by_itself(table: Any, column: Any) -> bool:
    """Numbers that the database gives, but for those that other rows refer to."""
    alone = [one.name for one in table.primary_key] == [column.name] and not column.foreign_keys
    return alone and isinstance(column.type, Integer) and table.name not in ("shipments", "one_time_codes")


def _special(table: str, person: int, copy: int) -> dict[str, Any]:
    """What only one table has."""
    mark = token(person)
    match table:
        case "messages":
            body = {
                "type": "x",
                "timestamp": ENDED.isoformat(),
                "data": {"to": {"name": mark}, "change_id": "c"},
            }
            webhook = copy == WEBHOOK
            return {
                "channel": ("sms", "email", "webhook")[copy],
                # an answer quotes what was texted; other reasons name nobody
                "notice": "reply_stop" if copy == 0 else "delivered",
                "because": mark if copy == 0 else "Dispatch reported it.",
                "to": "https://shop.example/hook" if webhook else (phone(person), email(person))[copy % 2],
                "text": json.dumps(body) if webhook else f"Hello {mark}",
                "headers": {"owner": "1", "unsubscribe": mark},
            }
        case "links" | "proofs":
            return {"fingerprint": fingerprint(f"{table}{person}")}
        case "opt_outs" | "consents" | "unreachable" | "preferences" | "neighbors":
            its = {"fingerprint": fingerprint(phone(person))}
            return its | ({"channel": "sms"} if table in ("opt_outs", "consents", "unreachable") else {})
        case "neighbor_asks":
            return {"neighbor": fingerprint(f"neighbor{person}"), "fingerprint": fingerprint(f"ask{person}")}
        case "files":
            return {"id": file_of(person)}
        case "inbound" | "conversations":
            return {"sender": phone(person)}
        case _:
            return {}


def _cell(table: str, column: Any, number: int, shipper_id: int, person: int | None = None) -> Any:
    """A value that fits; what may name somebody names the person."""
    whom, name = person or number, column.name
    if (table, name) in WORDS:
        return WORDS[table, name]
    if column.foreign_keys:
        return _of(next(iter(column.foreign_keys)).column, number, shipper_id, whom)
    held = PERSONAL.get(table)
    how = held.columns.get(name) if held else None
    if table == "shipments" and name in ABOUT_A_SHIPMENT:
        return ABOUT_A_SHIPMENT[name](whom)
    if how is not None and how is not Treatment.FRESH:
        return _personal(column, how, whom)
    return _plain(table, column, number)


def _of(target: Any, number: int, shipper_id: int, whom: int) -> Any:
    match target.table.name:
        case "shippers":
            return shipper_id
        case "shipments":
            return whom
        case "messages":
            return f"message-{number}"
        case "changes":
            return f"change-{whom}"
        case "one_time_codes":
            return whom
        case _:
            return 1


ABOUT_A_SHIPMENT: dict[str, Any] = {
    "recipient_name": lambda who: f"{token(who)} Person",
    "phone": phone,
    "email": email,
    "lines": lambda who: [f"{token(who)}gasse 7"],
    "locality": lambda who: "Berlin",
    "postcode": lambda who: "10969",
    "channels": lambda who: ["sms", "email"],
    "reference": lambda who: f"R-{who}",
    "story": lambda who: [
        ["e", "delivered", ENDED.isoformat(), "", "neighbor", f"at {token(who)}", token(who)]
    ],
    "search_text": lambda who: search_text(
        Recipient(token(who)), Address((f"{token(who)}gasse",), "Berlin", "10969", "DE", None, None, "UTC")
    ),
}


def _personal(column: Any, how: Treatment, whom: int) -> Any:
    mark = token(whom)
    if how is Treatment.STORY:
        return {"line": ["e", "delivered", ENDED.isoformat(), "", "", mark, mark]}
    if isinstance(column.type, JSON):
        return {"name": mark, "words": [mark, {"contact": phone(whom)}], "change_id": "c"}
    if isinstance(column.type, String | Text):
        length = getattr(column.type, "length", None) or 100
        return f"{mark} {column.name}"[:length] if length >= len(mark) else ""
    return 1


def _plain(table: str, column: Any, number: int) -> Any:
    match column.type:
        case Boolean():
            return False
        case Moment() | DateTime():
            return None if column.nullable else ENDED - timedelta(minutes=number % 60)
        case Date():
            return ENDED.date()
        case Time():
            return ENDED.time()
        case JSON():
            return {}
        case Integer() | Numeric() | Number():
            return number
        case String() | Text():
            text = f"{table[:8]}-{number}" if column.name != "id" else f"{table.removesuffix('s')}-{number}"
            return text[-(column.type.length or 40) :]
        case _:
            return number


def pictures(folder: Path) -> Iterator[bytes]:
    """What is in every file of the drawer."""
    for path in folder.glob("**/*"):
        if path.is_file():
            yield path.read_bytes()
