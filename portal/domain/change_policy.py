"""Which changes a recipient may ask for at this moment, until when, and the sentence that explains a no."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.change import Change, Kind, Life
from portal.domain.cutoff import cut_off
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import Choices, KindRule, No, Situation, Wish
from portal.domain.lockers import Locker
from portal.domain.parcel import Restrictions
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.slots import Slot


@dataclass(frozen=True, slots=True)
class Allowed:
    """The wish may be asked; `until` is the last moment, None where there is none yet."""

    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Refused:
    """The wish may not be asked, and why."""

    because: No
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Option:
    """One kind of change as the page shows it: open until, or closed because."""

    kind: Kind
    open: bool
    until: datetime | None = None
    because: No | None = None


OFFERED = tuple(KINDS)
# Every wish is told to every contact, beyond all caps: instructions without end, or a wish asked and taken back all
# day, would be a flood that anybody with the link can make.
MOST_ASKED = 20

ENDED = {
    Status.DELIVERED: No.FINISHED,
    Status.CANCELLED: No.FINISHED,
    Status.LOST: No.FINISHED,
    Status.RETURNED: No.FINISHED,
    Status.RETURNING: No.ON_ITS_WAY_BACK,
    Status.READY_FOR_PICKUP: No.AT_PICKUP,
}


def forbidden(rule: KindRule, restrictions: Restrictions, rules: ShipperRules) -> No | None:
    """Who forbids this kind of change, whatever the hour."""
    if getattr(restrictions, rule.kind.value, None) is False:
        return No.SENDER
    if rule.to_others:
        if restrictions.min_age:
            return No.AGE
        if restrictions.pin:
            return No.PIN
        if restrictions.signature:
            return No.SIGNATURE
        if restrictions.high_value:
            return No.VALUABLE
    return No.SHIPPER if rule.kind in rules.forbids else None


def option(kind: Kind, situation: Situation, now: datetime) -> Option:
    """This kind of change at this moment, without looking at lockers and slots."""
    rule = KINDS[kind]
    because = (
        ENDED.get(situation.status)
        or forbidden(rule, situation.restrictions, situation.rules)
        or (No.WAITING if rule.waits and situation.waiting else None)
        or (
            No.OFTEN
            if rule.waits and situation.asked_before >= situation.rules.changes_per_shipment
            else None
        )
        or (No.OFTEN if situation.asked_ever >= MOST_ASKED else None)
    )
    cut = cut_off(rule, situation, now)
    return Option(kind, because is None and cut.because is None, cut.until, because or cut.because)


def options(
    situation: Situation,
    lockers: Sequence[Locker],
    slots: Sequence[Slot],
    now: datetime,
    kinds: Iterable[Kind] = OFFERED,
) -> tuple[Option, ...]:
    """Every kind of change that is offered, or these, each open or closed with its reason and deadline."""
    choices = Choices(tuple(lockers), tuple(slots))
    shown = []
    for kind in kinds:
        offer = option(kind, situation, now)
        if offer.open and (full := KINDS[kind].none_left(situation, choices, now)):
            offer = Option(kind, False, offer.until, full)
        shown.append(offer)
    return tuple(shown)


def decide(
    situation: Situation, wish: Wish, lockers: Sequence[Locker], slots: Sequence[Slot], now: datetime
) -> Allowed | Refused:
    """Whether this very wish may be asked now. `lockers` and `slots` are those the shipment can be offered."""
    offer = option(wish.kind, situation, now)
    if offer.because is not None:
        return Refused(offer.because, offer.until)
    choices = Choices(tuple(lockers), tuple(slots))
    because = KINDS[wish.kind].wrong(wish, situation, choices, now)
    return Refused(because, offer.until) if because else Allowed(offer.until)


def may_withdraw(change: Change, situation: Situation, now: datetime) -> bool:
    """Whether a wish can be taken back: always before its answer, afterwards while the driver still has time."""
    if change.waits:
        return True
    if change.life is not Life.ACCEPTED or change.honoured is not None or situation.status in ENDED:
        return False
    return cut_off(KINDS[change.kind], situation, now).because is None


def needs_code(kind: Kind, situation: Situation) -> bool:
    """Whether this change takes one more proof than the link. Booking the first window moves nothing."""
    if kind is Kind.NEW_WINDOW and situation.first_window:
        return False
    return KINDS[kind].needs_code


def answer_by(
    asked_at: datetime, until: datetime | None, rules: ShipperRules, usual_minutes: int
) -> datetime:
    """When silence becomes the answer: the shipper's time, but not long after the change would be useless."""
    latest = asked_at + timedelta(minutes=rules.answer_minutes or usual_minutes)
    return latest if until is None else max(min(latest, until), asked_at + timedelta(minutes=2))


def counts(life: Life) -> bool:
    """Whether a change in this state uses up one of the times a delivery may be changed."""
    return life in (Life.NOMINATED, Life.ASKED, Life.ACCEPTED, Life.REPLACED)
