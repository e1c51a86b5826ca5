"""An agent has a caller on the line: find the shipment from whatever the caller knows, the likeliest first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

import phonenumbers
from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.domain.clue import SHORTEST_BEGINNING, Clue, read
from portal.flows.agents import actor
from portal.store import audit
from portal.store import search as store
from portal.store.agents import Agent
from portal.store.search import Found
from portal.store.shippers import Shipper

MOST = 50
Question = Callable[[int], list[int]]


@dataclass(frozen=True, slots=True)
class Hit:
    """A shipment that the clue may mean; `by` says what matched, `exact` that nothing else can be meant by it."""

    found: Found
    by: str
    exact: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood and what was found; `more` when there are more than are shown."""

    typed: str
    hits: tuple[Hit, ...]
    more: bool = False

    @property
    def only(self) -> Hit | None:
        """The one shipment that is meant beyond doubt."""
        return self.hits[0] if len(self.hits) == 1 and self.hits[0].exact else None


def search(
    session: Session, agent: Agent, shippers: Mapping[int, Shipper], typed: str, now: datetime
) -> Answer:
    """Find shipments within the agent's scope; what was searched for is audited by its kind, not by its words."""
    clue = read(typed)
    known: dict[int, tuple[str, bool]] = {}
    for by, exact, ask in _questions(session, agent.shipper_id, shippers, clue):
        for shipment_id in ask(MOST + 1):
            known.setdefault(shipment_id, (by, exact))
        if len(known) > MOST:
            break
    first = list(known)[:MOST]
    rows = store.found(session, agent.shipper_id, first)
    hits = tuple(Hit(rows[one], *known[one]) for one in first if one in rows)
    if clue.text:
        kinds = sorted({hit.by for hit in hits})
        audit.record(
            session, actor(agent), "searched", now, shipper_id=agent.shipper_id, by=kinds, found=len(hits)
        )
    return Answer(clue.text, hits, len(known) > MOST)


def _questions(
    session: Session, scope: int | None, shippers: Mapping[int, Shipper], clue: Clue
) -> Iterator[tuple[str, bool, Question]]:
    """What to ask, the surest first: exact forms, then beginnings and ends, then words."""
    yield from _exact(session, scope, shippers, clue)
    yield from _partly(session, scope, sorted(shippers), clue)
    if clue.codes:
        yield "postcode", False, lambda most: store.by_postcode(session, scope, clue.codes, most)
    if clue.words:
        for strictness in (2, 1, 0):
            yield (
                "name or address",
                False,
                lambda most, how=strictness: store.by_words(session, scope, clue.words, how, most),  # type: ignore[misc]
            )


def _exact(
    session: Session, scope: int | None, shippers: Mapping[int, Shipper], clue: Clue
) -> Iterator[tuple[str, bool, Question]]:
    if clue.link:
        seal = fingerprint(clue.link)
        yield "link", True, lambda most: store.by_link(session, scope, seal, most)
    if clue.codes:
        ids = sorted(shippers)
        yield "reference", True, lambda most: store.by_reference(session, scope, ids, clue.codes, most)
        yield "parcel code", True, lambda most: store.by_parcel(session, scope, clue.codes, most)
    if clue.digits:
        numbers = phone_numbers(clue.text, shippers)
        yield "phone", True, lambda most: store.by_phone(session, scope, numbers, most)
    if clue.email:
        yield "email", True, lambda most: store.by_email(session, scope, clue.email, most)


def _partly(
    session: Session, scope: int | None, shipper_ids: list[int], clue: Clue
) -> Iterator[tuple[str, bool, Question]]:
    start = clue.codes[0].upper() if clue.codes else ""
    if len(start) >= SHORTEST_BEGINNING:
        for prefix in dict.fromkeys((clue.codes[0], start)):
            yield (
                "reference",
                False,
                lambda most, begin=prefix: store.reference_begins(session, scope, shipper_ids, begin, most),  # type: ignore[misc]
            )
            yield (
                "parcel code",
                False,
                lambda most, begin=prefix: store.parcel_begins(session, scope, begin, most),  # type: ignore[misc]
            )
    if clue.digits:
        yield "phone", False, lambda most: store.phone_ends(session, scope, clue.digits, most)
    if clue.email and not clue.email.startswith("@"):
        yield "email", False, lambda most: store.email_begins(session, scope, clue.email, most)


def phone_numbers(typed: str, shippers: Mapping[int, Shipper]) -> set[str]:
    """The numbers in E.164 that the typed one can mean in the countries of our shippers."""
    numbers = set()
    for country in {shipper.country for shipper in shippers.values()} or {"US"}:
        try:
            number = phonenumbers.parse(typed, country)
        except phonenumbers.NumberParseException:
            continue
        numbers.add(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
    return numbers
