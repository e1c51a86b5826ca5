"""What a leg from door to door should take, and how this driver's day compares with that."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import fmean, median

from portal.domain.round import Gap, RoundStop, gaps
from portal.domain.travel import Profile

# The pace: the last 12 gaps against their model, with five gaps of ordinary pace as a counterweight.
PACE_GAPS = 12
PACE_PRIOR = 5
PACE_RANGE = (0.4, 2.5)
# A longer gap was no drive but a pause; it is counted as this long (or eight medians where stops are quick).
LONGEST_GAP_MINUTES = 40.0
LONGEST_GAP_MEDIANS = 8
# Two planned times further apart than this are no leg but a second wave.
LONGEST_PLANNED_LEG_MINUTES = 240


class Basis(StrEnum):
    """What an estimate rests on, the best first: dispatch's live word, its plan, roads, distance, the usual gap."""

    DISPATCH = "dispatch"
    PLAN = "plan"
    ROADS = "roads"
    TRAVEL = "travel"
    USUAL = "usual"


@dataclass(frozen=True, slots=True)
class Leg:
    """Minutes from the end of one stop to the end of the next, of which `service_minutes` at the door."""

    minutes: float
    service_minutes: float
    basis: Basis


def leg(start: RoundStop | None, end: RoundStop, profile: Profile, usual_minutes: float) -> Leg:
    """The leg between two stops: the plan's if it has both times, else service and travel, else the usual."""
    if start is None:
        return _first(end, profile, usual_minutes)
    seconds = profile.service_seconds if end.service_seconds is None else end.service_seconds
    service = seconds / 60
    if start.planned_at is not None and end.planned_at is not None:
        planned = (end.planned_at - start.planned_at).total_seconds() / 60
        if 0 < planned < LONGEST_PLANNED_LEG_MINUTES:
            return Leg(planned, min(service, planned), Basis.PLAN)
    if start.point is not None and end.point is not None:
        travel = profile.travel.seconds(start.point, end.point) / 60
        return Leg(service + travel, service, _basis(start, end, profile))
    return Leg(max(usual_minutes, service), min(service, usual_minutes), Basis.USUAL)


def _basis(start: RoundStop, end: RoundStop, profile: Profile) -> Basis:
    """What a leg between two places rests on; one that is only thought to be somewhere is no better than the usual."""
    if start.point is None or end.point is None or start.rough or end.rough:
        return Basis.USUAL
    return Basis.ROADS if profile.travel.by_road(start.point, end.point) else Basis.TRAVEL


def _first(end: RoundStop, profile: Profile, usual_minutes: float) -> Leg:
    """From the depot, which is nowhere on the map, to the first stop: a usual gap, no less trusted for it."""
    seconds = profile.service_seconds if end.service_seconds is None else end.service_seconds
    basis = Basis.PLAN if end.planned_at is not None else _basis(end, end, profile)
    return Leg(max(usual_minutes, seconds / 60), seconds / 60, basis)


def usual_minutes(done: Sequence[RoundStop], profile: Profile) -> float:
    """Minutes from door to door where places are unknown: the profile's, drawn to this round's own mean."""
    past = [min(gap.minutes, LONGEST_GAP_MINUTES) for gap in gaps(done, ())][-PACE_GAPS:]
    return fmean([profile.usual_gap_minutes] * PACE_PRIOR + past)


def pace_today(past: Sequence[Gap], profile: Profile, usual: float) -> float:
    """This driver's pace, 0.4 to 2.5: 1.3 is a third slower than modelled. Declared pauses do not count."""
    counted = [gap for gap in past if not gap.with_break][-PACE_GAPS:]
    if not counted:
        return 1.0
    cut = min(LONGEST_GAP_MINUTES, LONGEST_GAP_MEDIANS * max(median(gap.minutes for gap in counted), 1.0))
    ratios = [
        min(gap.minutes, cut) / max(leg(gap.start, gap.end, profile, usual).minutes, 0.5) for gap in counted
    ]
    pace = (PACE_PRIOR + sum(ratios)) / (PACE_PRIOR + len(ratios))
    return min(max(pace, PACE_RANGE[0]), PACE_RANGE[1])
