"""What a position that came in is worth: believed, too late, too rough, or nowhere the van can be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.geo import Point, distance_m

# A van further than this from every door of its route is not there; if swapping helps, lat and lng are swapped.
FAR_METERS = 500_000
# Faster than any van; what phones without a word on accuracy are off by comes on top.
FASTEST_MPS = 60.0
SLACK_METERS = 100.0
ROUGH_METERS = 500.0
# Around 0, 0 there is only sea: devices that have no fix yet send it.
NOWHERE_DEGREES = 0.01

CLOCKS_MAY_DIFFER = timedelta(minutes=2)
OLD_AFTER = timedelta(minutes=5)
# A clock is known to be off when positions come in equally old a minute or more apart, and none in order between.
# Positions that waited in a phone without network come in faster than they were made: their ages differ.
SAME_AGE = timedelta(seconds=10)
STEADY_FOR = timedelta(minutes=1)
MEMORY = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Fix:
    """Where a van was; meters, meters per second, degrees clockwise from north."""

    lat: float
    lng: float
    at: datetime
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None

    @property
    def point(self) -> Point:
        """The place alone."""
        return Point(self.lat, self.lng)


class Verdict(StrEnum):
    """What becomes of a position. `CLOCK` is taken, at the time it came in."""

    TAKEN = "taken"
    CLOCK = "clock"
    LATE = "late"
    REPEATED = "repeated"
    POOR = "poor"
    JUMP = "jump"
    FUTURE = "future"
    FAR = "far"
    NOWHERE = "nowhere"


TAKEN = {Verdict.TAKEN, Verdict.CLOCK}
REJECTED = {Verdict.FUTURE, Verdict.FAR, Verdict.NOWHERE}


@dataclass(frozen=True, slots=True)
class Judged:
    """A position and what it is worth. `fix` has the time that counts; `field` is the one to look at, if any."""

    verdict: Verdict
    fix: Fix
    because: str = ""
    field: str = ""

    @property
    def taken(self) -> bool:
        """Whether the van is there now."""
        return self.verdict in TAKEN

    @property
    def outcome(self) -> str:
        """In the words of the API: taken, ignored or rejected."""
        return "taken" if self.taken else "rejected" if self.verdict in REJECTED else "ignored"


@dataclass(frozen=True, slots=True)
class Crumb:
    """A position as it came in before, with the time it said, and when it came in."""

    fix: Fix
    received_at: datetime
    verdict: Verdict

    @property
    def age(self) -> timedelta:
        """How old it said to be; negative when it came from the future."""
        return self.received_at - self.fix.at


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a van: the newest fix taken, and what came in lately, oldest first.

    `crumbs` are needed only for fixes of which `is_odd` is true.
    """

    last: Fix | None = None
    crumbs: tuple[Crumb, ...] = ()

    def after(self, judged: Judged, told: Fix, now: datetime) -> "Known":
        """The same once this position came in, too; `told` is the fix with the time it said."""
        crumbs = (*self.crumbs, Crumb(told, now, judged.verdict))
        return Known(judged.fix if judged.taken else self.last, crumbs)


def is_odd(fix: Fix, last: Fix | None, now: datetime) -> bool:
    """Whether only what came in before can say what this fix is worth: by its clock, or by a jump."""
    return _clock_is_off(fix, now) or (last is not None and fix.at > last.at and _jumps(last, fix))


def judge(fix: Fix, known: Known, doors: Sequence[Point], now: datetime) -> Judged:
    """What this position is worth. `doors` are those of the van's routes; without any, it may be anywhere."""
    if abs(fix.lat) < NOWHERE_DEGREES and abs(fix.lng) < NOWHERE_DEGREES:
        return Judged(Verdict.NOWHERE, fix, "0, 0 is no place: the device has no position yet.", "lat")
    if wrong := _misplaced(fix, doors):
        return Judged(Verdict.FAR, fix, wrong, "lat")
    fits = Verdict.TAKEN
    if _clock_is_off(fix, now) and _is_steadily_off(now - fix.at, known.crumbs, now):
        fix, fits = replace(fix, at=now), Verdict.CLOCK
    elif fix.at > now + CLOCKS_MAY_DIFFER:
        said, clock = fix.at.isoformat(), now.isoformat(timespec="seconds")
        return Judged(Verdict.FUTURE, fix, f"{said} lies in the future; it is {clock} now.", "recorded_at")
    fix = replace(fix, at=min(fix.at, now))
    return _after_the_last(fix, known, fits)


def _after_the_last(fix: Fix, known: Known, fits: Verdict) -> Judged:
    last = known.last
    if last is not None and fix.at <= last.at:
        same = (fix.at, fix.lat, fix.lng) == (last.at, last.lat, last.lng)
        because = "This position" if same else "A newer position of this van"
        verdict = Verdict.REPEATED if same else Verdict.LATE
        return Judged(verdict, fix, f"{because} is already known.", "recorded_at")
    if fix.accuracy_m is not None and fix.accuracy_m > ROUGH_METERS:
        why = f"This place is known to {fix.accuracy_m:.0f} m only; nothing is shown from it."
        return Judged(Verdict.POOR, fix, why, "accuracy_m")
    if last is not None and _jumps(last, fix) and not _is_confirmed(fix, last, known.crumbs):
        why = "No van comes here so fast from where it was; a second position from here is believed."
        return Judged(Verdict.JUMP, fix, why, "lat")
    because = (
        "The device's clock is off: the time at which this came in counts." if fits is Verdict.CLOCK else ""
    )
    return Judged(fits, fix, because)


def _clock_is_off(fix: Fix, now: datetime) -> bool:
    return not -CLOCKS_MAY_DIFFER <= now - fix.at <= OLD_AFTER


def _is_steadily_off(age: timedelta, crumbs: Sequence[Crumb], now: datetime) -> bool:
    lately = [crumb for crumb in crumbs if now - crumb.received_at <= MEMORY]
    if any(abs(crumb.age) <= CLOCKS_MAY_DIFFER for crumb in lately):
        return False
    return any(abs(crumb.age - age) <= SAME_AGE and now - crumb.received_at >= STEADY_FOR for crumb in lately)


def _jumps(start: Fix, end: Fix) -> bool:
    unsure_m = SLACK_METERS + (start.accuracy_m or 0.0) + (end.accuracy_m or 0.0)
    seconds = abs((end.at - start.at).total_seconds())
    return distance_m(start.point, end.point) > unsure_m + FASTEST_MPS * seconds


def _is_confirmed(fix: Fix, last: Fix, crumbs: Sequence[Crumb]) -> bool:
    """Whether the newest jump since the last fix taken was to a place from which this one can be reached."""
    doubted = [crumb for crumb in crumbs if crumb.verdict is Verdict.JUMP]
    if not doubted or not last.at < doubted[-1].fix.at < fix.at:
        return False
    return not _jumps(doubted[-1].fix, fix)


def _misplaced(fix: Fix, doors: Sequence[Point]) -> str:
    if not doors or _near(fix.lat, fix.lng, doors):
        return ""
    if abs(fix.lng) <= 90 and _near(fix.lng, fix.lat, doors):
        return "This is far from every stop of the van's route; lat and lng look swapped."
    return "This is more than 500 km from every stop of the van's route."


def _near(lat: float, lng: float, doors: Sequence[Point]) -> bool:
    return any(distance_m(Point(lat, lng), door) < FAR_METERS for door in doors)
