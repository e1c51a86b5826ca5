"""The end of an accepted change: the door or dispatch says whether it was honoured; what was not is followed up."""

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain import outcome as rule
from portal.domain.change import Change, Life, TooLate
from portal.domain.delivery import Shipment
from portal.domain.follow_up import Matter
from portal.domain.outcome import Contradicted, Outcome, Says
from portal.domain.shipment import State
from portal.domain.telling_changes import wished
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.flows.change import held
from portal.flows.kinds import EFFECTS
from portal.store import changes, follow_ups, shipments


def report(
    session: Session,
    voice: Voice,
    shipper_id: int | None,
    change_id: str,
    honoured: bool,
    note: str,
    now: datetime,
) -> Change | TooLate | None:
    """Dispatch says whether an accepted change was done; TooLate says why its word cannot stand. None: no such change.

    `note` is one line for the recipient, then what proves it.
    """
    shipment, change = held(session, shipper_id, change_id)
    if change is None or shipment is None:
        return None
    if change.life is not Life.ACCEPTED:
        because = f"This change is {change.life.value}; only an accepted one has an outcome."
        return TooLate(change.life, because)
    said = rule.said_by_dispatch(change, rule.shown(change, shipment.state), honoured, note)
    if isinstance(said, Contradicted):
        return TooLate(change.life, said.because)
    return _ended(session, voice, shipment, change, said, now) if said else change


def door_shows(
    session: Session, voice: Voice, shipment: Shipment, change: Change, before: State, now: datetime
) -> bool:
    """A shipment with an accepted change moved on from `before`; True when its recipient was told of a broken word."""
    door = rule.shown(change, shipment.state)
    if door is None:
        if rule.shown(change, before) is not None and rule.taken_back(change, before.since):
            _ended(session, voice, shipment, change, Outcome(None, Says.DELIVERY), now)
        return False
    found = rule.seen_at_door(change, door)
    if found is None:
        return False
    _ended(session, voice, shipment, change, found, now)
    return found.honoured is False


def _ended(
    session: Session, voice: Voice, shipment: Shipment, change: Change, outcome: Outcome, now: datetime
) -> Change:
    """Keep how it ended; what was not honoured is told and followed up, what turned out to be is not any more."""
    known = outcome.honoured is not None
    by, at = (outcome.by.value, now) if known else ("", None)
    changes.set_honoured(session, change.id, outcome.honoured, outcome.note, by, at)
    shipments.touch(session, [change.shipment_id])
    ended = replace(
        change, honoured=outcome.honoured, outcome_note=outcome.note, outcome_by=by, outcome_at=at
    )
    EFFECTS[change.kind].follow(session, voice, shipment, ended, now)
    if outcome.honoured is False:
        _follow_up(session, shipment, ended, now)
        _tell(session, voice, shipment, ended, now)
    else:
        follow_ups.take_back(session, shipment.id, Matter.NOT_HONOURED, change.id, now)
    return ended


def _follow_up(session: Session, shipment: Shipment, change: Change, now: datetime) -> None:
    facts = {"words": wished(change), "change": change.id, "by": change.outcome_by}
    follow_ups.open(session, shipment.shipper_id, shipment.id, Matter.NOT_HONOURED, change.id, facts, now)


def _tell(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    """The truth: it was not done as asked, what was done instead, and what the recipient can do."""
    state = shipment.state
    facts: dict[str, Any] = {"change_kind": change.kind.value, "refusal": change.outcome_words}
    facts |= {"how": state.how, "place": state.place if state.how else ""}
    since = state.since.isoformat() if state.since else ""
    because = "A change that dispatch had accepted was not done as asked."
    happened_at = state.since if state.how and state.since else now
    news = News(shipment, Notice.CHANGE_NOT_HONOURED, f"{change.id}:{since}", because, happened_at, facts)
    announce.tell(session, voice, [news], now)
