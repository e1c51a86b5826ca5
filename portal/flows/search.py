"""An agent has a caller on the line: find the shipment from whatever they know, the likeliest first."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

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
# Not asked when something surer was found.
VAGUE = ("postcode", "name or address")


class Question(Protocol):
    """Asks the store for at most so many shipment ids, newest first."""

    def __call__(self, *, limit: int) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A shipment that the clue may mean; `by` is what matched, `exact`: it matched beyond doubt."""

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


def search(session: Session, agent: Agent, shippers: Mapping[int, Shipper], typed: str) -> Answer:
    """Find shipments within the agent's scope."""
    clue = read(typed)
    known: dict[int, tuple[str, bool]] = {}
    for by, exact, ask in _questions(session, agent.shipper_id, shippers, clue):
        if by in VAGUE and any(sure for _, sure in known.values()):
            break
        for shipment_id in ask(limit=MOST + 1):
            known.setdefault(shipment_id, (by, exact))
        if len(known) > MOST:
            break
    first = list(known)[:MOST]
    rows = store.found(session, agent.shipper_id, first)
    hits = tuple(Hit(rows[one], *known[one]) for one in first if one in rows)
    return Answer(clue.text, hits, len(known) > MOST)


def note_search(session: Session, agent: Agent, answer: Answer, now: datetime) -> None:
    """The audit keeps what kind of clue matched and how many shipments, never the words."""
    kinds = sorted({hit.by for hit in answer.hits})
    audit.record(
        session, actor(agent), "searched", now, shipper_id=agent.shipper_id, by=kinds, found=len(answer.hits)
    )


def _questions(
    session: Session, scope: int | None, shippers: Mapping[int, Shipper], clue: Clue
) -> Iterator[tuple[str, bool, Question]]:
    """What to ask, the surest first: exact forms, then beginnings and ends, then words."""
    asked = partial(partial, session=session, scope=scope)
    numbers = phone_numbers(clue.text, shippers) if clue.digits else ()
    ids, start = sorted(shippers), clue.codes[:3]
    long = len(clue.text) >= SHORTEST_BEGINNING and bool(start)
    table: tuple[tuple[bool, str, bool, Question], ...] = (
        (bool(clue.link), "link", True, asked(store.by_link, fingerprint=fingerprint(clue.link))),
        (bool(clue.codes), "reference", True, asked(store.by_reference, shipper_ids=ids, codes=clue.codes)),
        (bool(clue.codes), "parcel code", True, asked(store.by_parcel, codes=clue.codes)),
        (bool(numbers), "phone", True, asked(store.by_phone, numbers=numbers)),
        (bool(clue.email), "email", True, asked(store.by_email, email=clue.email)),
        (long, "reference", False, asked(store.reference_begins, shipper_ids=ids, prefixes=start)),
        (long, "parcel code", False, asked(store.parcel_begins, prefixes=start)),
        (bool(clue.digits), "phone", False, asked(store.phone_ends, digits=clue.digits)),
        (len(clue.email) >= SHORTEST_BEGINNING, "email", False, asked(store.email_begins, prefix=clue.email)),
        (bool(clue.codes), "postcode", False, asked(store.by_postcode, codes=clue.codes)),
        (bool(clue.words), "name or address", False, asked(store.by_words, words=clue.words)),
    )
    return ((by, exact, question) for fits, by, exact, question in table if fits)


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
