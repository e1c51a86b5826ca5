"""A neighbor answers: yes, no, never again, or not in time; takes a yes back, and says when and how much they take."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain import change_policy as policy
from portal.domain.access import hand_over_code
from portal.domain.change import Change, Life
from portal.domain.delivery import Shipment
from portal.domain.follow_up import Matter
from portal.domain.neighbors import (
    DECLINED,
    HOW,
    SILENT,
    TOOK_BACK,
    Answer,
    Habits,
    NeighborAsk,
    Way,
    hours_of,
)
from portal.domain.shipment import Status
from portal.domain.standing import BEFORE_THE_DOOR
from portal.flows import change as changing
from portal.flows import change_effects as effects
from portal.flows.announce import Voice
from portal.flows.change_offer import place_of, situation
from portal.flows.work import raise_matter
from portal.store import changes, neighbors, shipments

BY = "neighbor"
NAMES_ARE_KEPT_FOR = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Stands:
    """The question after an answer. `done` is False when it came too late, or after another answer."""

    ask: NeighborAsk
    done: bool = True


@dataclass(frozen=True, slots=True)
class Held:
    """A question with what it is about, held for this transaction."""

    ask: NeighborAsk
    shipments: dict[int, Shipment]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a neighbor's page is made of: the question, what it is about, and what they chose for good.

    `code` is the hand-over code, there after a yes; `may_take_back`: the driver still has time.
    """

    ask: NeighborAsk
    shipments: tuple[Shipment, ...]
    changes: tuple[Change, ...]
    habits: Habits
    code: str = ""
    may_take_back: bool = False


def open_page(session: Session, voice: Voice, ask: NeighborAsk, now: datetime) -> Seen:
    """What the page shows at this moment. It changes nothing."""
    group = changes.of_group(session, ask.shipper_id, ask.group_id, ask.asked_at)
    whole = shipments.by_ids(session, {one.shipment_id for one in group})
    about = tuple(whole[one.shipment_id] for one in group if one.shipment_id in whole)
    chosen = neighbors.habits(session, ask.neighbor) if ask.theirs else Habits()
    free = ask.agreed and any(_may_leave(session, voice, whole[one.shipment_id], one, now) for one in group)
    code = hand_over_code(voice.secret, ask.id) if ask.answer is Answer.YES else ""
    return Seen(ask, about, tuple(group), chosen, code, free)


def coming(seen: Seen) -> Shipment | None:
    """What comes to them after their yes, while the van has it: they may see where it is as its recipient may."""
    agreed = {one.shipment_id for one in seen.changes if one.life is Life.ACCEPTED and one.honoured is None}
    on_van = (one for one in seen.shipments if one.id in agreed and one.state.status is Status.ON_VAN)
    return next(on_van, None) if seen.ask.agreed else None


def _hold(session: Session, ask: NeighborAsk) -> Held | None:
    """Shipments first, then changes, then the question, as everybody does: nobody waits in a ring."""
    about = changes.of_group(session, ask.shipper_id, ask.group_id, ask.asked_at)
    whole = shipments.by_ids(session, {one.shipment_id for one in about}, lock=True)
    held = [changes.find(session, ask.shipper_id, one.id, lock=True) for one in about]
    fresh = neighbors.hold(session, ask.id)
    return Held(fresh, whole, tuple(filter(None, held))) if fresh else None


def answer(
    session: Session,
    voice: Voice,
    ask: NeighborAsk,
    said: Answer,
    now: datetime,
    language: str = "",
    answered_by: str = "page",
) -> Stands:
    """The neighbor answers `said`: YES, NO or BLOCKED. The first answer counts; the same one twice is one."""
    held = _hold(session, ask)
    if held is None:
        return Stands(ask, False)
    if said is Answer.BLOCKED:
        _never_again(session, held.ask, now)
    if not held.ask.answerable(now):
        return Stands(held.ask, held.ask.answer is said or (said is Answer.BLOCKED and held.ask.theirs))
    neighbors.answered(session, held.ask, said, now, language, answered_by=answered_by)
    answered = replace(held.ask, answer=said, answered_at=now, language=language or held.ask.language)
    if said is Answer.YES:
        _go_on(session, voice, replace(held, ask=answered), now)
    else:
        _close(session, voice, held, Life.REFUSED, DECLINED, now)
        _tell(session, voice, held, Notice.NEIGHBOR_DECLINED, "The neighbor said no.", now)
        _raise(session, held, "The neighbor said no", now)
    return Stands(answered)


def _go_on(session: Session, voice: Voice, held: Held, now: datetime) -> None:
    consent = {"answered_at": now.isoformat(), "how": held.ask.evidence.get("how", "")}
    rules = voice.shippers(session)[held.ask.shipper_id].rules
    for change in held.changes:
        if change.life is Life.NOMINATED:
            shipment = held.shipments[change.shipment_id]
            changing.go_on(session, voice, shipment, change, rules, now, {"neighbor_consent": consent})


def _close(session: Session, voice: Voice, held: Held, life: Life, code: str, now: datetime) -> None:
    for change in held.changes:
        if change.life is Life.NOMINATED:
            effects.close(session, voice, held.shipments[change.shipment_id], change, life, BY, now, code)


def _tell(session: Session, voice: Voice, held: Held, notice: Notice, because: str, now: datetime) -> None:
    """Told once for all that was asked at once."""
    first = next((one for one in held.changes if one.id == held.ask.change_id), None)
    if first and first.shipment_id in held.shipments:
        effects.say(session, voice, held.shipments[first.shipment_id], first, notice, because, now)


def _raise(session: Session, held: Held, what: str, now: datetime) -> None:
    """The queue hears of every parcel that has nowhere to go now; its window's end is the deadline."""
    for change in held.changes:
        shipment = held.shipments.get(change.shipment_id)
        if shipment is not None and shipment.state.status in BEFORE_THE_DOOR:
            ends = shipment.window.end if shipment.window and shipment.window.end > now else None
            words = f"{what}; the parcel still goes to the door."
            whose = (shipment.shipper_id, shipment.id)
            raise_matter(session, *whose, Matter.NEIGHBOR, change.id, words, now, due_at=ends)


def take_back(session: Session, voice: Voice, ask: NeighborAsk, now: datetime) -> Stands:
    """The neighbor cannot take it after all, while the driver still has time; dispatch and recipient are told."""
    held = _hold(session, ask)
    if held is None or not held.ask.agreed:
        return Stands(held.ask if held else ask, bool(held and held.ask.answer is Answer.TAKEN_BACK))
    leaving = [
        one
        for one in held.changes
        if one.shipment_id in held.shipments
        and _may_leave(session, voice, held.shipments[one.shipment_id], one, now)
    ]
    if not leaving:
        return Stands(held.ask, False)
    neighbors.answered(session, held.ask, Answer.TAKEN_BACK, now, said_yes_at=_moment(held.ask.answered_at))
    for change in leaving:
        shipment = held.shipments[change.shipment_id]
        gone = effects.close(session, voice, shipment, change, Life.REFUSED, BY, now, TOOK_BACK)
        effects.tell_dispatch(session, voice, shipment, gone, effects.WITHDRAWN, now)
    _tell(session, voice, held, Notice.NEIGHBOR_DECLINED, "The neighbor took the yes back.", now)
    _raise(session, held, "The neighbor said yes and took it back", now)
    return Stands(replace(held.ask, answer=Answer.TAKEN_BACK, answered_at=now))


def _moment(at: datetime | None) -> str:
    return at.isoformat() if at else ""


def _may_leave(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> bool:
    rules = voice.shippers(session)[shipment.shipper_id].rules
    where = situation(shipment, rules, [], place_of(session, shipment, now))
    return policy.may_withdraw(change, where, now)


def _never_again(session: Session, ask: NeighborAsk, now: datetime) -> None:
    if ask.theirs:
        known = neighbors.habits(session, ask.neighbor)
        neighbors.choose(session, ask.neighbor, replace(known, blocked=True), now)


def choose(
    session: Session,
    ask: NeighborAsk,
    days: Sequence[str],
    parts: Sequence[str],
    a_week: int | None,
    blocked: bool,
    now: datetime,
) -> bool:
    """Keep for good when and how much the neighbor takes, for every shop. False: we know nobody to keep it for."""
    if not ask.theirs:
        return False
    neighbors.choose(session, ask.neighbor, Habits(hours_of(days, parts), a_week, blocked), now)
    return True


def lapse_silent(session: Session, voice: Voice, now: datetime) -> int:
    """Close what no neighbor answered in time, and ask the recipient what then. Safe to run twice."""
    closed = 0
    for ask in neighbors.unanswered(session, now):
        held = _hold(session, ask)
        if held is None or not held.ask.waits or now < held.ask.expires_at:
            continue
        neighbors.answered(session, held.ask, Answer.SILENT, now)
        _close(session, voice, held, Life.LAPSED, SILENT, now)
        _tell(session, voice, held, Notice.NEIGHBOR_SILENT, "The neighbor did not answer in time.", now)
        closed += 1
    return closed


def pass_on_unreached(session: Session, now: datetime) -> int:
    """Where the question did not arrive, the recipient is shown the link to pass on. Safe to run twice."""
    passed_on = 0
    for ask, why in neighbors.unreached(session):
        held = _hold(session, ask)
        if held is None or not held.ask.answerable(now) or not held.ask.contact:
            continue
        neighbors.pass_on(session, held.ask, how=HOW[Way.PASSED_ON], not_sent=why or "failed")
        shipments.touch(session, held.shipments)
        passed_on += 1
    return passed_on


def neighbor_link(session: Session, voice: Voice, change: Change) -> str:
    """The link that the recipient passes on to the neighbor; empty where we sent it ourselves, or it is answered.

    Whoever shows it has seen that the change is the recipient's own.
    """
    ask = neighbors.of_changes(session, [change]).get(change.id)
    passed_on = ask is not None and ask.way is Way.PASSED_ON and ask.waits
    return voice.neighbor_page(ask.nonce) if ask and passed_on else ""


def code_for_recipient(session: Session, voice: Voice, change: Change) -> str:
    """The hand-over code as the recipient may see it after verification; empty before the neighbor's yes."""
    ask = neighbors.of_changes(session, [change]).get(change.id)
    return hand_over_code(voice.secret, ask.id) if ask and ask.answer is Answer.YES else ""


def evidence(session: Session, change: Change) -> dict[str, Any]:
    """The question and its answer as plain JSON, for whoever has a right to a copy; empty where nobody was asked."""
    ask = neighbors.of_changes(session, [change]).get(change.id)
    if ask is None:
        return {}
    return {
        "name": ask.name,
        "house_number": ask.house_number,
        "contact": ask.contact,
        "asked_at": ask.asked_at.isoformat(),
        "answer_by": ask.expires_at.isoformat(),
        "answer": ask.answer.value,
        "answered_at": _moment(ask.answered_at),
        **ask.evidence,
    }


@dataclass(frozen=True, slots=True)
class Count:
    """How often neighbors were asked, and how they answered. How often somebody was home all the same, nobody knows."""

    asked: int = 0
    yes: int = 0
    no: int = 0
    silent: int = 0
    taken_back: int = 0


def count(session: Session, shipper_id: int | None, since: datetime, until: datetime) -> Count:
    """The questions asked in this time and their answers, within a shipper's scope (None: all)."""
    found = neighbors.counts(session, shipper_id, since, until)
    return Count(
        asked=found.total(),
        yes=found[Answer.YES],
        no=found[Answer.NO] + found[Answer.BLOCKED],
        silent=found[Answer.SILENT],
        taken_back=found[Answer.TAKEN_BACK],
    )


def forget(session: Session, now: datetime) -> int:
    """Erase names and contacts of neighbors some days after the matter is over; the answer stays as evidence."""
    return neighbors.forget(session, now - NAMES_ARE_KEPT_FOR)
