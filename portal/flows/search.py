"""An agent has a caller on the line: find the shipment from whatever they know, the likeliest first."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Protocol

import phonenumbers
from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.domain.clue import SHORTEST_BEGINNING, Clue, read
from portal.domain.delivery import Shipment
from portal.domain.finding import door_key
from portal.domain.pickup import code_mark
from portal.flows import search_words
from portal.flows.agents import actor
from portal.flows.search_words import FEW, Meant
from portal.store import audit
from portal.store import search as store
from portal.store.agents import Agent
from portal.store.search import Found
from portal.store.search_words import Scope, common, newest
from portal.store.shippers import Shipper

MOST = 50
# Beside a shipment, so many others for its door or its recipient are named.
BESIDE = 20
# What else there is for a door is counted so far.
COUNTED = 9
# How surely it is meant, the surest first.
EXACT, BEGINS, WORDS, WORDS_BEGIN, SPELLED_LIKE = range(5)
BY_WORDS = "name or address"


class Question(Protocol):
    """Asks the store for at most so many shipment ids, newest first."""

    def __call__(self, *, limit: int) -> list[int]: ...


@dataclass(frozen=True, slots=True)
class Hit:
    """A shipment that the clue may mean; `by` is what matched, `exact`: it matched beyond doubt.

    `door` and `recipient` count what else goes to the same door, to the same phone or mailbox: at most 9.
    """

    found: Found
    by: str
    exact: bool
    door: int = 0
    recipient: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What was understood and what was found; `more` when there are more than are shown.

    `meant` are words that nobody has, with those that were looked for instead. `feels`: digits alone or
    an email were tried, and nothing has exactly these.
    """

    typed: str
    hits: tuple[Hit, ...]
    more: bool = False
    meant: tuple[Meant, ...] = ()
    feels: bool = False

    @property
    def only(self) -> Hit | None:
        """The one shipment that is meant beyond doubt."""
        return self.hits[0] if len(self.hits) == 1 and self.hits[0].exact else None


@dataclass(frozen=True, slots=True)
class Around:
    """What else there is for a door and for a recipient, newest first, at most 20 each."""

    door: tuple[Found, ...]
    recipient: tuple[Found, ...]


def search(
    session: Session, agent: Agent, shippers: Mapping[int, Shipper], typed: str, secret: bytes
) -> Answer:
    """Find shipments within the agent's scope. `secret` is the house's: codes of lockers are kept as marks."""
    clue, scope = read(typed), agent.shipper_id
    known: dict[int, tuple[int, str]] = {}
    for sure, by, ask in _questions(session, scope, shippers, clue, secret):
        exactly = {kind for level, kind in known.values() if level == EXACT}
        if exactly and (sure >= WORDS or (sure == BEGINS and by not in exactly)):
            continue
        if sure == WORDS_BEGIN and len(known) >= FEW:
            break
        for shipment_id in ask(limit=MOST + 1):
            known.setdefault(shipment_id, (sure, by))
        if len(known) > MOST:
            break
    meant: tuple[Meant, ...] = ()
    if clue.words and not known:
        guess = search_words.guessed(session, scope, clue.words, MOST + 1)
        known, meant = dict.fromkeys(guess.ids, (SPELLED_LIKE, "words spelled like these")), guess.meant
    feels = clue.feels and all(sure != EXACT for sure, _ in known.values())
    return Answer(clue.text, _ranked(session, scope, known), len(known) > MOST, meant if known else (), feels)


def same_door(session: Session, agent: Agent, shipment: Shipment) -> Around:
    """What else goes to the door of a shipment that was found in the agent's scope, and to its recipient."""
    scope, where, who = agent.shipper_id, shipment.address, shipment.recipient
    door = newest(session, scope, [door_key(where.country, where.postcode, where.lines)], BESIDE + 1)
    person = store.to_person(session, scope, who.phone, who.email, BESIDE + 1)
    rows = store.found(session, scope, {*door, *person} - {shipment.id})
    there = (tuple(rows[one] for one in ids if one in rows)[:BESIDE] for ids in (door, person))
    return Around(*there)


def note_search(session: Session, agent: Agent, answer: Answer, now: datetime) -> None:
    """The audit keeps what kind of clue matched and how many shipments, never the words."""
    kinds = sorted({hit.by for hit in answer.hits})
    audit.record(
        session, actor(agent), "searched", now, shipper_id=agent.shipper_id, by=kinds, found=len(answer.hits)
    )


def _ranked(session: Session, scope: Scope, known: Mapping[int, tuple[int, str]]) -> tuple[Hit, ...]:
    """The surest first; among equals what is still under way, then the newest."""
    rows = store.found(session, scope, known)
    order = sorted(rows.values(), key=lambda row: (known[row.id][0], row.finished, -row.id))[:MOST]
    doors = common(session, (row.door for row in order), scope, COUNTED + 1)
    people = store.others_to(session, scope, order)
    return tuple(
        Hit(
            row,
            known[row.id][1],
            known[row.id][0] == EXACT,
            min(COUNTED, doors.get(row.door, (1, 0))[0] - 1),
            min(COUNTED, max(0, people.get(row.contacts[0] or row.contacts[1], 1) - 1)),
        )
        for row in order
    )


def _questions(
    session: Session, scope: Scope, shippers: Mapping[int, Shipper], clue: Clue, secret: bytes
) -> Iterator[tuple[int, str, Question]]:
    """What to ask, the surest first: exact forms, then beginnings and ends, then words."""
    numbers = phone_numbers(clue.text, shippers) if clue.digits else set()
    mark, start, words = code_mark(secret, clue.locker_code), clue.codes[:2], clue.words
    begins = start if len(clue.text) >= SHORTEST_BEGINNING else ()
    mail = clue.email if len(clue.email) >= SHORTEST_BEGINNING else ""
    link = fingerprint(clue.link) if clue.link else ""
    table: tuple[tuple[int, str, Callable[..., list[int]], object], ...] = (
        (EXACT, "link", store.by_link, link),
        (EXACT, "message", store.by_message, clue.our_id),
        (EXACT, "message", store.by_carrier_id, clue.carrier_ids),
        (EXACT, "reference", store.by_reference, clue.codes),
        (EXACT, "parcel code", store.by_parcel, clue.codes),
        (EXACT, "phone", store.by_phone, numbers),
        (EXACT, "email", store.by_email, clue.email),
        (EXACT, "locker code", store.by_locker_code, mark),
        (BEGINS, "reference", store.reference_begins, begins),
        (BEGINS, "parcel code", store.parcel_begins, begins),
        (BEGINS, "phone", store.phone_ends, clue.digits),
        (BEGINS, "email", store.email_begins, mail),
        (WORDS, "postcode", store.by_postcode, clue.postcode),
        (WORDS, BY_WORDS, search_words.whole, words),
        (WORDS_BEGIN, BY_WORDS, search_words.beginning, words),
    )
    for sure, by, ask, about in table:
        if about:
            yield sure, by, partial(_ask, ask, session, scope, about)


def _ask(
    ask: Callable[..., list[int]], session: Session, scope: Scope, about: object, *, limit: int
) -> list[int]:
    return ask(session, scope, about, limit)


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
