"""What a recipient sees before the van leaves: a date, a half day the evening before, hours on the day itself.

The same spreads that make a live window make these, measured from the departure: the hours before it are no drive.
What dispatch or the recipient has promised more narrowly stands.
"""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil, floor
from zoneinfo import ZoneInfo

from portal.domain.delivery import Promise
from portal.domain.eta import Confidence, Estimate
from portal.domain.first_leg import Phase
from portal.domain.record import WIDEST_HOURS, Stage, by_width
from portal.domain.round import RoundStop
from portal.domain.spreads import Table
from portal.domain.window import Because, Source

# The evening before, when a plan for tomorrow is mostly final and people still look.
EVENING = time(18)
# A round that leaves within so long has its hours told, also before midnight.
JUST_BEFORE = timedelta(hours=4)
NARROWEST, WIDEST = timedelta(hours=2), WIDEST_HOURS
DAY_BEGINS, DAY_ENDS = 8, 20
STEP, HOUR = timedelta(minutes=30), timedelta(hours=1)

# Half days by the hours of the door's clock, the best known first; the first that holds what is expected is told.
HALVES = ((8, 13), (12, 18), (17, 22), (6, 12), (10, 16), (14, 20), (0, 6), (3, 9), (19, 24))
RANK = {Stage.DATE: 0, Stage.HALF_DAY: 1, Stage.DEPARTURE: 2}
# What these stages publish; every other plan was promised by somebody.
OURS = frozenset({Source.ROUTE, Source.TODAY})

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Expected:
    """When the van should be at a door by the planned round, and the span in which `level` of 100 really come."""

    at: datetime
    low: datetime
    high: datetime
    departs_at: datetime
    level: int
    confidence: Confidence


def expected(
    guess: Estimate, stop: RoundStop, departs_at: datetime, ends_at: datetime, table: Table
) -> Expected:
    """What a round that has not left, and should end then, says of one of its doors; the door's own hours narrow it."""
    work = max((ends_at - departs_at).total_seconds() / 60, 0.0)
    minutes = max((guess.at - departs_at).total_seconds() / 60, 0.0)
    known = min(guess.known_minutes, minutes)
    spread = table.spread(Phase.START, minutes - known, work)
    low, high = (
        departs_at + timedelta(minutes=known + share * (minutes - known))
        for share in (spread.low, spread.high)
    )
    if stop.not_before and stop.not_before < high:
        low = max(low, stop.not_before)
    if stop.not_after and stop.not_after > low:
        high = min(high, stop.not_after)
    rough = guess.confidence is Confidence.ROUGH
    at = min(max(guess.at, low), high)
    return Expected(at, low, high, departs_at, table.level, Confidence.ROUGH if rough else Confidence.FAIR)


def reached(coming: Expected, zone: ZoneInfo, now: datetime) -> Stage:
    """How much may be told by now."""
    if now >= _day_begins(coming, zone):
        return Stage.DEPARTURE
    return Stage.HALF_DAY if now >= _eve(coming, zone) else Stage.DATE


def next_reached(coming: Expected, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When more may be told; None once all is."""
    return min((at for at in (_eve(coming, zone), _day_begins(coming, zone)) if at > now), default=None)


def _day(coming: Expected, zone: ZoneInfo) -> date:
    return coming.at.astimezone(zone).date()


def _eve(coming: Expected, zone: ZoneInfo) -> datetime:
    return datetime.combine(_day(coming, zone) - timedelta(days=1), EVENING, zone)


def _day_begins(coming: Expected, zone: ZoneInfo) -> datetime:
    return min(datetime.combine(_day(coming, zone), time(), zone), coming.departs_at - JUST_BEFORE)


def next_promise(before: Promise | None, coming: Expected, zone: ZoneInfo, now: datetime) -> Promise | None:
    """The window to show from now on, or None to leave `before` as it stands.

    A new one is shown when a stage is reached that tells more, or when the round no longer fits what was told.
    """
    stage, (start, end) = _told_at(reached(coming, zone, now), coming, zone)
    because = _because(before, coming, stage, (start, end))
    if because is None:
        return None
    vague = stage is Stage.TODAY
    return Promise(
        start,
        end,
        Source.TODAY if vague else Source.ROUTE,
        now,
        confidence=coming.confidence,
        level=0 if vague or stage is Stage.DATE else coming.level,
        because=because,
        expected_at=coming.at,
        stage=stage,
    )


def _because(before: Promise | None, coming: Expected, stage: Stage, new: Span) -> Because | None:
    if before is None:
        return Because.FIRST
    tells_more = RANK.get(stage, RANK[Stage.HALF_DAY]) > RANK[by_width(before)]
    if before.source in OURS:
        if coming.at > before.end:
            return Because.LATER
        if coming.at < before.start:
            return Because.SOONER
    elif not (before.start <= new[0] and new[1] <= before.end):
        return None
    return Because.PLANNED if tells_more else None


def _told_at(stage: Stage, coming: Expected, zone: ZoneInfo) -> tuple[Stage, Span]:
    """The most that can be kept at this stage: where hours cannot, a half day; where that cannot, the date."""
    if stage is Stage.DEPARTURE:
        if hours := _hours(coming, zone):
            return Stage.DEPARTURE, hours
        return Stage.TODAY, (_down(coming.low, HOUR, zone), _up(coming.high, HOUR, zone))
    if stage is Stage.HALF_DAY and (half := _half_day(coming, zone)):
        return Stage.HALF_DAY, half
    return Stage.DATE, _date(coming, zone)


def _hours(coming: Expected, zone: ZoneInfo) -> Span | None:
    start, end = _down(coming.low, STEP, zone), _up(coming.high, STEP, zone)
    missing = NARROWEST - (end - start)
    if missing > timedelta():
        start, end = _down(start - missing / 2, STEP, zone), _up(end + missing / 2, STEP, zone)
    return (start, end) if end - start <= WIDEST else None


def _half_day(coming: Expected, zone: ZoneInfo) -> Span | None:
    day = _day(coming, zone)
    spans = ((_at(day, first, zone), _at(day, last, zone)) for first, last in HALVES)
    return next((span for span in spans if span[0] <= coming.low and coming.high <= span[1]), None)


def _date(coming: Expected, zone: ZoneInfo) -> Span:
    day = _day(coming, zone)
    start, end = _at(day, DAY_BEGINS, zone), _at(day, DAY_ENDS, zone)
    midnight, next_midnight = _at(day, 0, zone), _at(day, 24, zone)
    return (
        max(min(start, _down(coming.low, HOUR, zone)), midnight),
        min(max(end, _up(coming.high, HOUR, zone)), next_midnight),
    )


def _at(day: date, hour: int, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=hour // 24), time(hour % 24), zone)


def _down(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    seconds = step.total_seconds()
    return datetime.fromtimestamp(floor(at.timestamp() / seconds) * seconds, zone)


def _up(at: datetime, step: timedelta, zone: ZoneInfo) -> datetime:
    seconds = step.total_seconds()
    return datetime.fromtimestamp(ceil(at.timestamp() / seconds) * seconds, zone)
