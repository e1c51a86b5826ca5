"""What of a shipper is set up and what is missing, as the doctor says it of the house."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.orm import Session

from portal.flows.operate_brand import LOOKS
from portal.flows.shipper_rules import flat
from portal.store import agents, devices, keys, lockers, shippers, slots, webhooks, wordings
from portal.store.shippers import Shipper


class How(StrEnum):
    """Whether something is as it should be."""

    WELL = "well"
    MISSING = "missing"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class State:
    """One noun of set-up: how it stands, in a sentence."""

    noun: str
    how: How
    sentence: str


def look(session: Session, shipper: Shipper | None, now: datetime) -> list[State]:
    """All nouns of a shipper, or of the operator (None), in the order in which they are set up."""
    owner = shipper.id if shipper else 0
    mine = list(_of_shipper(session, shipper)) if shipper else []
    return [*mine, *_of_anybody(session, owner, shipper, now)]


def _of_shipper(session: Session, shipper: Shipper) -> Iterator[State]:
    said = [name for name in LOOKS if shipper.brand.get(name)]
    if not (shipper.brand.get("support_email") or shipper.brand.get("support_phone")):
        yield State("brand", How.MISSING, "Recipients find no phone and no email for help.")
    elif "color" not in said:
        yield State("brand", How.USUAL, "Help can be reached; pages have our color.")
    else:
        logo = "and a logo" if shipper.brand.get("logo") else "no logo"
        yield State("brand", How.WELL, f"A color, {logo}, and help can be reached.")
    own = len(flat(shippers.stored_rules(session, shipper.id) or {}))
    rules = f"{_many(own, 'rule')} of its own." if own else "All rules are as usual."
    yield State("rules", How.WELL if own else How.USUAL, rules)
    words = len(wordings.of(session, shipper.id))
    sentence = f"{_many(words, 'text')} of its own." if words else "Messages speak in our words."
    yield State("words", How.WELL if words else How.USUAL, sentence)


def _of_anybody(session: Session, owner: int, shipper: Shipper | None, now: datetime) -> Iterator[State]:
    yield _keys(session, shipper)
    yield _webhook(session, owner)
    people = [one for one in agents.listed(session, owner or None) if (one.shipper_id or 0) == owner]
    if people:
        yield State("people", How.WELL, f"{_many(len(people), 'person', 'people')} may sign in.")
    else:
        yield State("people", How.MISSING if not owner else How.USUAL, "Nobody of its own signs in.")
    stations, times = lockers.count(session, owner), slots.count(session, owner, now)
    yield _counted("lockers", stations, "locker", "No lockers; recipients are offered none of its own.")
    yield _counted("slots", times, "slot", "No slots to come; no new window can be chosen.")
    live = [one for one in devices.of(session, owner) if one.revoked_at is None]
    silent = [one for one in live if one.seen_at is None]
    if live and silent:
        yield State("vans", How.MISSING, f"{len(silent)} of {_many(len(live), 'device')} never spoke.")
    else:
        yield _counted("vans", len(live), "device", "No phone or tracker; positions come by the API, or not.")


def _keys(session: Session, shipper: Shipper | None) -> State:
    live = [one for one in keys.of(session, shipper.id if shipper else None) if one.revoked_at is None]
    if not live:
        return State(
            "keys", How.MISSING if shipper else How.USUAL, "No key: dispatch cannot speak to us with one."
        )
    if all(one.used_at is None for one in live):
        return State("keys", How.MISSING, f"{_many(len(live), 'key')}, and none was ever used.")
    return State("keys", How.WELL, f"{_many(len(live), 'key')} in use.")


def _webhook(session: Session, owner: int) -> State:
    found = webhooks.of(session, owner)
    if found is None and owner and webhooks.of(session, 0):
        return State("webhook", How.USUAL, "The operator's webhook is called.")
    if found is None:
        return State(
            "webhook", How.USUAL, "Nobody is called: changes are read by the API or answered on the desk."
        )
    if found.off_since:
        return State("webhook", How.MISSING, f"Switched off: {found.off_because}")
    return State("webhook", How.WELL, "Dispatch is called.")


def _counted(noun: str, count: int, one: str, none: str) -> State:
    return State(noun, How.WELL, f"{_many(count, one)}.") if count else State(noun, How.USUAL, none)


def _many(count: int, one: str, several: str = "") -> str:
    return f"1 {one}" if count == 1 else f"{count} {several or one + 's'}"
