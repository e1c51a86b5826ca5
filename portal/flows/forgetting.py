"""What an operator types to hand over or forget: the sentences of the commands, none of which names anybody."""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal.flows import erasing, exporting, person, replaying
from portal.flows.erasing import Request
from portal.flows.operate_terms import Wrong
from portal.flows.person import Found, Person
from portal.store import audit, erasures, sweeping
from portal.store.person_find import Part

BY = "operator"
CASE = re.compile(r"[A-Za-z0-9_/.#-]{0,40}")
IN_WORDS = {
    Part.RECIPIENT: ("delivery to them", "deliveries to them"),
    Part.NEIGHBOR: ("delivery in which they are the neighbor", "deliveries in which they are the neighbor"),
    Part.FORMER: ("delivery that once had their contact", "deliveries that once had their contact"),
}


def export(kit: Any, phones: Sequence[str], emails: Sequence[str], slug: str, out: Path) -> list[str]:
    """Write all that is held about somebody into a zip; returns what to print. Raises `Wrong`."""
    who, found, shipper_id = _found(kit, phones, emails, slug)
    at = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(at, "wb") as to:
        exporting.write(kit, who, found, shipper_id, to)
    with kit.transaction() as session:
        audit.record(
            session, BY, "person_exported", kit.now(), shipper_id=shipper_id, deliveries=len(found.deliveries)
        )
    return [*_where(found), f"It is in {out}, which only you can read. Delete it when it is handed over."]


@dataclass(frozen=True, slots=True)
class Terms:
    """How somebody is forgotten: why, under which number of the operator's own, and whether it is done at all."""

    reason: str
    case_ref: str = ""
    even_open: bool = False
    dry_run: bool = False


def erase(
    kit: Any,
    phones: Sequence[str],
    emails: Sequence[str],
    slug: str,
    terms: Terms,
    sure: Callable[[list[str]], bool],
) -> list[str]:
    """Forget somebody; returns what to print. `sure` is asked with the sentences so far. Raises `Wrong`."""
    if not CASE.fullmatch(terms.case_ref):
        raise Wrong("The number of the request is at most 40 letters, digits and -_/.# without a name.")
    who, found, shipper_id = _found(kit, phones, emails, slug)
    if sentence := person.why_not_erase(found, terms.even_open):
        raise Wrong(sentence)
    if terms.dry_run:
        return [*_where(found), *_rows(found.rows), "Nothing was changed."]
    if not sure(_where(found)):
        return ["Nothing was changed."]
    return _erased(kit, who, found, Request(shipper_id, terms.reason, terms.case_ref, BY))


def _erased(kit: Any, who: Person, found: Found, request: Request) -> list[str]:
    counts = erase_now(kit, who, found, request)
    return [
        *_rows(counts),
        "They are forgotten. Copies at the SMS provider are asked for in the next minutes (`doorstep erase status`).",
        *sweeping.swept(kit.database, counts),
    ]


def erase_now(kit: Any, who: Person, found: Found, request: Request) -> dict[str, int]:
    """Forget somebody who was found; how many rows changed, by table. It is audited, without saying who it was."""
    erasure = erasing.begin(kit, who, found, request)
    erasing.of_themselves(kit, erasure, who)
    erasing.work(kit, erasure, who)
    with kit.transaction() as session:
        audit.record(
            session,
            request.by,
            "person_erased",
            kit.now(),
            shipper_id=request.shipper_id,
            deliveries=len(found.deliveries),
            code=request.reason,
        )
        return erasures.counts_of(session, erasure.id)


def replay(kit: Any, file: Path | None) -> list[str]:
    """Forget again all who were forgotten before, after a restore; returns what to print."""
    looked, again = replaying.replay(kit, file)
    return [
        f"Looked at {looked:,} deliveries; {again:,} were forgotten again.",
        *(
            sweeping.swept(kit.database, dict.fromkeys(("shipments", "messages", "events"), again))
            if again
            else []
        ),
    ]


def status(kit: Any) -> list[str]:
    """What is still under way, and which copies a provider did not erase; returns what to print."""
    with kit.reading() as session:
        left = [one for one in erasures.everyone(session) if one.done_at is None]
        waiting, parked = erasures.copies(session)
    return [
        f"{len(left):,} requests are under way." if left else "Every request is done.",
        f"{waiting:,} texts are still to be erased at their provider.",
        *(f"PARKED: {number:,} texts that {name} does not erase ({code})." for name, code, number in parked),
    ]


def retry(kit: Any) -> list[str]:
    """Ask once more for all that is parked; returns what to print."""
    with kit.transaction() as session:
        again = erasures.retry_parked(session, kit.now())
    return [f"{again:,} texts are asked for again."]


def _found(
    kit: Any, phones: Sequence[str], emails: Sequence[str], slug: str
) -> tuple[Person, Found, int | None]:
    with kit.reading() as session:
        shipper_id = person.shipper_of(session, slug)
        who = person.read(session, phones, emails, shipper_id)
        found = person.find(session, shipper_id, who)
    return found.who, found, shipper_id


def _where(found: Found) -> list[str]:
    lines = []
    for part, (one, many) in IN_WORDS.items():
        if number := len(found.of(part)):
            lines.append(f"{number:,} {one if number == 1 else many}.")
    if found.others:
        lines.append(
            f"Their deliveries also have {found.others:,} other numbers or addresses on file: deliveries to those alone"
            " are not among these. Give them, too, if they are the same person's."
        )
    return lines or ["No delivery is known of them."]


def _rows(rows: Any) -> list[str]:
    return [f"  {name}: {number:,}" for name, number in sorted(rows.items()) if number]
