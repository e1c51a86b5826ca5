"""A wish and what becomes of it: asked, sent to dispatch, answered or lapsed, seen, taken back."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain import change_policy as policy
from portal.domain.callers import AGENT
from portal.domain.change import Change, IfUnanswered, Kind, Life, TooLate, decide_answer, lapsed_into
from portal.domain.change_policy import Allowed, Refused
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, Wish
from portal.domain.neighbors import UNSAID
from portal.domain.rules import ShipperRules
from portal.flows import change_effects as effects
from portal.flows import holds, overflow
from portal.flows.announce import Voice
from portal.flows.change_offer import choices, place_of, situation
from portal.flows.contact_changes import settled_contacts
from portal.flows.kinds import EFFECTS
from portal.flows.kinds.base import window_json
from portal.store import changes, desk, reached, shipments

BY_RULE = "rule"
# Dispatch's own system answered, and needs not be told.
BY_MACHINE = {"api", "webhook"}


@dataclass(frozen=True, slots=True)
class Asked:
    """The wish is on its way: to dispatch, or to a neighbor first."""

    change: Change


@dataclass(frozen=True, slots=True)
class Answered:
    """The change as it stands after an answer."""

    change: Change


def ask(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    wish: Wish,
    now: datetime,
    *,
    asked_by: str = "recipient",
    method: str = "otp",
    group_id: str = "",
    instead_of: str = "",
) -> Asked | Refused:
    """A recipient asks for a change. Whoever calls has seen the proof that the wish needs.

    `instead_of` is a refused change that said what else will do.
    """
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    wish = EFFECTS[wish.kind].clean(wish, shipment)
    known = changes.of_shipments(session, [shipment.id]).get(shipment.id, [])
    rules = voice.shippers(session)[shipment.shipper_id].rules
    near, free = choices(session, shipment, now, wish=wish)
    offered = Choices(tuple(near), tuple(free))
    where = situation(shipment, rules, known, place_of(session, shipment, now))
    verdict = policy.decide(where, wish, near, free, now)
    if isinstance(verdict, Refused):
        return verdict
    change = _new_change(shipment, wish, known, offered, rules, verdict, now, voice.answer_minutes)
    change = replace(change, asked_by=asked_by, method=method, group_id=group_id)
    if instead_of:
        change = replace(change, came_from=change.came_from | {"instead_of": instead_of})
    effect = EFFECTS[wish.kind]
    holds.release_others(session, shipment, wish.kind)
    with session.begin_nested() as point:
        changes.add(session, shipment.shipper_id, change)
        if full := effect.take(session, shipment, change, wish, offered, now):
            point.rollback()
            return Refused(full, verdict.until)
    if effect.asks_first and (until := effect.asks_first(session, voice, shipment, change, wish, now)):
        change = replace(change, life=Life.NOMINATED, expires_at=until)
        changes.set_life(session, change)
        shipments.touch(session, [shipment.id])
    else:
        at_once = wish.kind in rules.at_once or (where.first_window and change.window_start is not None)
        change = _to_dispatch(session, voice, shipment, change, at_once, now)
    if where.first_window and change.life is Life.ACCEPTED:
        because = "The first window was chosen; its place was free."
        effects.say(session, voice, shipment, change, Notice.WINDOW_PROMISED, because, now)
    else:
        _tell_everybody(session, voice, shipment, change, now)
    effect.asked(session, voice, shipment, change, now)
    return Asked(change)


def _to_dispatch(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    at_once: bool,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> Change:
    """Dispatch is asked; or, where a rule agrees at once, reads that it holds already."""
    if at_once:
        change = effects.close(session, voice, shipment, change, Life.ACCEPTED, BY_RULE, now)
    effects.tell_dispatch(session, voice, shipment, change, effects.REQUESTED, now, more)
    return change


def ask_together(
    session: Session,
    voice: Voice,
    together: Sequence[Shipment],
    wish: Wish,
    now: datetime,
    *,
    asked_by: str = "recipient",
    method: str = "otp",
) -> list[Asked] | Refused:
    """Ask the same for several shipments of one door: all of them, or, with the first reason, none."""
    group_id = str(uuid.uuid4()) if len(together) > 1 else ""
    asked: list[Asked] = []
    with session.begin_nested() as point:
        for shipment in sorted(together, key=lambda one: one.id):
            verdict = ask(
                session, voice, shipment, wish, now, asked_by=asked_by, method=method, group_id=group_id
            )
            if isinstance(verdict, Refused):
                point.rollback()
                return verdict
            asked.append(verdict)
    return asked


def _tell_everybody(
    session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime
) -> None:
    because = "A change was asked; every contact on file hears of it, since it may not have been them."
    effects.say(session, voice, shipment, change, Notice.CHANGE_ASKED, because, now)
    if change.asked_by == AGENT:
        _tell_who_stood(session, voice, shipment, change, now)


def _tell_who_stood(
    session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime
) -> None:
    """A caller may have had every contact replaced first: then those from before hear of it, too."""
    stood = settled_contacts(session, shipment, now).recipient
    if {stood.phone, stood.email} <= {shipment.recipient.phone, shipment.recipient.email, ""}:
        return
    because = (
        "An agent was asked for a change after all contacts were replaced; those from before hear of it."
    )
    before = replace(shipment, recipient=stood)
    effects.say(session, voice, before, change, Notice.CHANGE_ASKED, because, now, again=":before")


def _new_change(
    shipment: Shipment,
    wish: Wish,
    known: Sequence[Change],
    offered: Choices,
    rules: ShipperRules,
    verdict: Allowed,
    now: datetime,
    usual_minutes: int,
) -> Change:
    effect = EFFECTS[wish.kind]
    start, end = effect.window(wish, shipment, offered) or (None, None)
    return Change(
        id=str(uuid.uuid4()),
        shipment_id=shipment.id,
        kind=wish.kind,
        life=Life.ASKED,
        to=effect.target(wish, shipment, offered),
        came_from=_came_from(shipment, wish.kind, known),
        asked_at=now,
        expires_at=policy.answer_by(now, verdict.until, rules, usual_minutes),
        if_unanswered=rules.if_unanswered,
        asked_by="",
        method="",
        window_start=start,
        window_end=end,
    )


def _came_from(shipment: Shipment, kind: Kind, known: Sequence[Change]) -> dict[str, object]:
    """What holds again when it is taken back: what the sender asked, not what an earlier change had made of it."""
    for earlier in known:
        if earlier.life is Life.ACCEPTED and effects.same_matter(earlier.kind, kind):
            return earlier.came_from
    window = {"window": window_json(shipment.window.start, shipment.window.end)} if shipment.window else {}
    return window | EFFECTS[kind].came_from(shipment)


def go_on(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    rules: ShipperRules,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> Change:
    """Whoever had to be asked first said yes: now dispatch is asked, and reads `more` of it, such as that consent.

    Whoever calls holds shipment and change.
    """
    known = changes.of_shipments(session, [shipment.id]).get(shipment.id, [])
    where = situation(
        shipment, rules, [one for one in known if one.id != change.id], place_of(session, shipment, now)
    )
    until = policy.option(change.kind, where, now).until
    asked = replace(
        change, life=Life.ASKED, expires_at=policy.answer_by(now, until, rules, voice.answer_minutes)
    )
    changes.set_life(session, asked)
    told = _to_dispatch(session, voice, shipment, asked, change.kind in rules.at_once, now, more)
    if told.life is Life.ACCEPTED:
        because = "The neighbor said yes, and a rule of the shipper agrees at once."
        effects.say(session, voice, shipment, told, Notice.CHANGE_ACCEPTED, because, now)
    return told


def answer(
    session: Session,
    voice: Voice,
    shipper_id: int | None,
    change_id: str,
    accepted: bool,
    by: str,
    now: datetime,
    *,
    reason_code: str = "",
    reason: str = "",
    window: tuple[datetime, datetime] | None = None,
    given_at: datetime | None = None,
) -> Answered | TooLate | None:
    """Dispatch answers a change within a shipper's scope. None: there is no such change.

    `given_at` is when it answered, where that was earlier than now: an answer given in time is in time.
    """
    shipment, change = held(session, shipper_id, change_id)
    if change is None or shipment is None:
        return None
    verdict = decide_answer(change, accepted, given_at or now)
    if isinstance(verdict, TooLate) or not change.open:
        return verdict if isinstance(verdict, TooLate) else Answered(change)
    if accepted and window:
        changes.set_window(session, change.id, *window)
        change = replace(change, window_start=window[0], window_end=window[1])
    closed = effects.close(session, voice, shipment, change, verdict.life, by, now, reason_code, reason)
    reached.by_answer(session, change.id, by if by in BY_MACHINE else "desk", now)
    if by not in BY_MACHINE:
        effects.tell_dispatch(session, voice, shipment, closed, effects.ANSWERED[closed.life], now)
    notice = Notice.CHANGE_ACCEPTED if accepted else Notice.CHANGE_REFUSED
    effects.say(session, voice, shipment, closed, notice, f"Dispatch {verdict.life.value} the change.", now)
    _ask_elsewhere(session, voice, shipment, closed, now)
    return Answered(closed)


def _ask_elsewhere(
    session: Session, voice: Voice, shipment: Shipment, refused: Change, now: datetime
) -> None:
    """The locker is full, and another one will do, as was said before: the depot is asked once more."""
    rules = voice.shippers(session)[shipment.shipper_id].rules
    if wish := overflow.instead(session, shipment, refused, rules, now):
        method, by = refused.method, refused.asked_by
        # a moment later, so that the two stand in their order wherever a change's past is told
        then = now + timedelta(microseconds=1)
        ask(session, voice, shipment, wish, then, asked_by=by, method=method, instead_of=refused.id)


def held(session: Session, shipper_id: int | None, change_id: str) -> tuple[Shipment | None, Change | None]:
    """Shipment and change, held for this transaction; always the shipment first, as every flow does."""
    found = changes.find(session, shipper_id, change_id)
    if found is None:
        return None, None
    shipment = shipments.by_id(session, shipper_id, found.shipment_id, lock=True)
    return shipment, changes.find(session, shipper_id, change_id, lock=True)


def withdraw(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change_id: str,
    now: datetime,
    by: str = "recipient",
) -> Answered | TooLate | None:
    """The recipient takes a wish back, also an accepted one while there is time. None: no such change here.

    `by` is `agent` where one does it for them.

    It takes no code: everything goes back to what the sender asked.
    """
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    change = changes.find(session, shipment.shipper_id, change_id, lock=True)
    if change is None or change.shipment_id != shipment.id:
        return None
    rules = voice.shippers(session)[shipment.shipper_id].rules
    where = situation(shipment, rules, [], place_of(session, shipment, now))
    if not policy.may_withdraw(change, where, now):
        return TooLate(change.life, f"This change is already {change.life.value}.")
    unsaid = UNSAID if change.life is Life.NOMINATED else ""
    closed = effects.close(session, voice, shipment, change, Life.WITHDRAWN, by, now, unsaid)
    if change.life is not Life.NOMINATED:
        effects.tell_dispatch(session, voice, shipment, closed, effects.WITHDRAWN, now)
    if change.life is Life.ACCEPTED:
        because = "What was agreed was taken back; every contact on file hears of it, since it may not have been them."
        effects.say(session, voice, shipment, closed, Notice.CHANGE_WITHDRAWN, because, now)
    return Answered(closed)


def lapse_overdue(session: Session, voice: Voice, now: datetime) -> int:
    """Close every change that nobody answered in time, as the shipper's rule says. Safe to run twice."""
    closed = 0
    for shipper_id, change_id in changes.overdue(session, now):
        shipment, change = held(session, shipper_id, change_id)
        if change is None or shipment is None or not change.open or now < change.expires_at:
            continue
        if desk.find(session, change.id):
            continue  # answered on the desk in time: it takes effect in a moment
        _lapse(session, voice, shipment, change, now)
        closed += 1
    return closed


def _lapse(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    life = lapsed_into(change)
    rule = "accept" if change.if_unanswered is IfUnanswered.ACCEPT else "refuse"
    done = effects.close(session, voice, shipment, change, life, BY_RULE, now, "unanswered", "")
    effects.tell_dispatch(session, voice, shipment, done, effects.LAPSED, now)
    notice = Notice.CHANGE_ACCEPTED if life is Life.ACCEPTED else Notice.CHANGE_LAPSED
    because = f"Nobody answered in time; the shipper's rule is to {rule}."
    effects.say(session, voice, shipment, done, notice, because, now)


def overtaken(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    """The delivery ended before the wish was answered: it lapses without a message of its own."""
    code = UNSAID if change.life is Life.NOMINATED else "overtaken"
    done = effects.close(session, voice, shipment, change, Life.LAPSED, "delivery", now, code)
    if change.life is not Life.NOMINATED:
        effects.tell_dispatch(session, voice, shipment, done, effects.LAPSED, now)


def seen(
    session: Session, shipper_id: int | None, change_id: str, by: str, at: datetime
) -> Change | TooLate | None:
    """The driver has seen an accepted change; the first time counts. None: there is no such change."""
    _, change = held(session, shipper_id, change_id)
    if change is None:
        return None
    if change.life is not Life.ACCEPTED:
        return TooLate(change.life, f"This change is {change.life.value}; a driver sees accepted ones.")
    if change.seen_at is None:
        change = replace(change, seen_at=at, seen_by=by)
        changes.set_seen(session, change.id, by, at)
        shipments.touch(session, [change.shipment_id])
    return change
