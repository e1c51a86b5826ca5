"""Which window a recipient sees: when a new one is worth showing, when none can be kept, and how each did."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil, floor

from portal.domain.delivery import Promise
from portal.domain.eta import Confidence, Estimate
from portal.domain.pace import Basis
from portal.domain.spreads import Table

STEP_MINUTES = 5
SHORTEST_MINUTES = 10
SHORTEST_WHEN_STALE_MINUTES = 15
WIDEST_MINUTES = 180
RUNS_OUT_MINUTES = 5
DAY_STEP_MINUTES = 60

# With so many stops left a window is looked at anew, and replaced if the new one has at most this share of its width.
# Three stops before the door is when it counts; the others are for windows that were told long ago.
MILESTONES = {10: 0.4, 5: 0.4, 3: 0.85, 1: 0.33}
NARROWER_BY_MINUTES = 10

# Both ends move away from the estimate by this power where it is rough ...
ROUGH_POWER = 1.3
# ... and by this factor where it just left a live window: such days are not like others.
MISSED_WIDER = 1.4


class Source(StrEnum):
    """Where a window comes from. `today` only names the day's hours and claims no hit rate.

    `dispatch_live` is worked out from dispatch's own estimate of the moment, `live` from the van's day, `route` from a
    round that is planned and has not left.
    """

    DISPATCH = "dispatch"
    LIVE = "live"
    DISPATCH_LIVE = "dispatch_live"
    ROUTE = "route"
    TODAY = "today"


class Because(StrEnum):
    """Why a window is the one shown now; present.py has the sentence."""

    FIRST = "first"
    NARROWED = "narrowed"
    LATER = "later"
    SOONER = "sooner"
    RAN_OUT = "ran_out"
    ON_BREAK = "on_break"
    TOO_FAR = "too_far"
    NO_POSITION = "no_position"
    OFF_PLAN = "off_plan"
    PLANNED = "planned"


@dataclass(frozen=True, slots=True)
class Sight:
    """How well we see the van: its last sign of life (fix or finished stop) is old, or lost for long."""

    stale: bool = False
    lost: bool = False


SEEING = Sight()


def computed(
    estimate: Estimate, table: Table, now: datetime, sight: Sight = SEEING, *, missed: bool = False
) -> tuple[datetime, datetime]:
    """The window of an estimate as shown: rounded outwards to 5 minutes, not beginning before now.

    `missed` says that the estimate has just left the live window that was shown, and no declared break was why.
    """
    known, unsure = estimate.known_minutes, estimate.minutes_left - estimate.known_minutes
    spread = table.spread(estimate.phase, unsure, estimate.work_minutes)
    power = ROUGH_POWER if estimate.confidence is Confidence.ROUGH else 1.0
    wider = MISSED_WIDER if missed else 1.0
    low, high = spread.low**power / wider, spread.high**power * wider
    start = max(_down(now + timedelta(minutes=known + low * unsure), STEP_MINUTES), now)
    end = _up(now + timedelta(minutes=known + high * unsure), STEP_MINUTES)
    shortest = SHORTEST_WHEN_STALE_MINUTES if sight.stale else SHORTEST_MINUTES
    return start, max(end, _up(start + timedelta(minutes=shortest), STEP_MINUTES))


def next_window(
    before: Promise | None,
    estimate: Estimate,
    table: Table,
    now: datetime,
    sight: Sight = SEEING,
    *,
    at_stop: bool = True,
) -> Promise | None:
    """The window to show from now on, or None to leave `before` as it stands.

    `at_stop` says that a stop was just finished, which is when a narrower window may take the place of a wider one:
    between two stops it would be shown just when the van seems near. Windows are never intersected: looking tidy
    costs six points of hit rate.
    """
    because = _must_move(before, estimate, now)
    if because is None and not (at_stop and _may_narrow(before, estimate)):
        return None
    start, end = computed(estimate, table, now, sight, missed=_missed(before, estimate))
    if because is None and not _narrower(before, estimate, end - start, now):
        return None
    because = because or Because.NARROWED
    no_claim = _no_claim(estimate, end - start, sight)
    if no_claim is None:
        return _promise(_claimed(estimate), start, end, because, estimate, table.level, now)
    if (
        before is not None
        and before.source == Source.TODAY
        and before.because == no_claim
        and estimate.at <= before.end
    ):
        return None
    start, end = max(_down(start, DAY_STEP_MINUTES), now), _up(end, DAY_STEP_MINUTES)
    return _promise(Source.TODAY, start, end, no_claim, estimate, 0, now)


def _must_move(before: Promise | None, estimate: Estimate, now: datetime) -> Because | None:
    if before is None:
        return Because.FIRST
    if estimate.at > before.end:
        return Because.ON_BREAK if estimate.on_break else Because.LATER
    if estimate.at < before.start:
        return Because.SOONER
    if before.end - now < timedelta(minutes=RUNS_OUT_MINUTES):
        return Because.RAN_OUT
    return None


def _missed(before: Promise | None, estimate: Estimate) -> bool:
    if before is None or before.source not in (Source.LIVE, Source.DISPATCH_LIVE) or estimate.on_break:
        return False
    return not before.start <= estimate.at <= before.end


def _may_narrow(before: Promise | None, estimate: Estimate) -> bool:
    return before is None or before.source == Source.TODAY or estimate.stops_away in MILESTONES


def _narrower(before: Promise | None, estimate: Estimate, width: timedelta, now: datetime) -> bool:
    if before is None or before.source == Source.TODAY:
        return True
    share = MILESTONES.get(estimate.stops_away, 0.0)
    room = before.end - max(before.start, now)
    return width <= min(room * share, room - timedelta(minutes=NARROWER_BY_MINUTES))


def _no_claim(estimate: Estimate, width: timedelta, sight: Sight) -> Because | None:
    """Why no window can be claimed now, if so."""
    if sight.lost:
        return Because.NO_POSITION
    if width > timedelta(minutes=WIDEST_MINUTES):
        return Because.TOO_FAR if estimate.in_order else Because.OFF_PLAN
    return None


def _claimed(estimate: Estimate) -> Source:
    return Source.DISPATCH_LIVE if estimate.source is Basis.DISPATCH else Source.LIVE


def _promise(
    source: Source,
    start: datetime,
    end: datetime,
    because: Because,
    estimate: Estimate,
    level: int,
    now: datetime,
) -> Promise:
    return Promise(
        start=start,
        end=end,
        source=source,
        updated_at=now,
        confidence=estimate.confidence,
        level=level,
        because=because,
        expected_at=estimate.at,
        stops_before=estimate.stops_before if estimate.in_order else None,
    )


def shown(planned: Promise | None, live: Promise | None, now: datetime) -> Promise | None:
    """The window the recipient sees: the live one, else dispatch's while it is not over."""
    if live is not None and live.end > now:
        return live
    return planned if planned is not None and planned.end > now else None


class Outcome(StrEnum):
    """How a shown window did."""

    INSIDE = "inside"
    EARLY = "early"
    LATE = "late"


@dataclass(frozen=True, slots=True)
class Score:
    """How a shown window did, by how many minutes it was missed (0 inside), and how wide it was."""

    outcome: Outcome
    missed_by_minutes: float
    width_minutes: float


def score(start: datetime, end: datetime, delivered_at: datetime) -> Score:
    """The score of a window once the parcel is there; both ends belong to the window."""
    width = (end - start).total_seconds() / 60
    if delivered_at < start:
        return Score(Outcome.EARLY, (start - delivered_at).total_seconds() / 60, width)
    if delivered_at > end:
        return Score(Outcome.LATE, (delivered_at - end).total_seconds() / 60, width)
    return Score(Outcome.INSIDE, 0.0, width)


def _down(at: datetime, minutes: int) -> datetime:
    step = minutes * 60
    return datetime.fromtimestamp(floor(at.timestamp() / step) * step, at.tzinfo)


def _up(at: datetime, minutes: int) -> datetime:
    step = minutes * 60
    return datetime.fromtimestamp(ceil(at.timestamp() / step) * step, at.tzinfo)
