"""How many minutes are left to each open stop of a round, from what is known now and nothing later."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.first_leg import FirstLeg, Moment, Phase, declared, first_leg
from portal.domain.pace import Basis, pace_today, usual_minutes
from portal.domain.round import Fix, Round, RoundStop, gaps, keeps_to_plan
from portal.domain.sources import heard
from portal.domain.travel import Profile

FAR_STOPS = 10
WEAKNESS = {basis: place for place, basis in enumerate(Basis)}


class Confidence(StrEnum):
    """How much of the estimate was known rather than assumed."""

    FIRM = "firm"
    FAIR = "fair"
    ROUGH = "rough"


@dataclass(frozen=True, slots=True)
class Estimate:
    """When the van will be done at one stop. `stops_before` counts the doors in between, 0 for the next one.

    `known_minutes` are waits that were announced, `work_minutes` is how long the whole round goes on without them;
    `pace` is the driver's today (1 is ordinary); `in_order` is False once the count of stops is not to be believed,
    `begun` True once a stop of the round is done.
    """

    shipment_id: int
    at: datetime
    minutes_left: float
    stops_before: int
    source: Basis
    confidence: Confidence
    phase: Phase
    known_minutes: float = 0.0
    pace: float = 1.0
    on_break: bool = False
    in_order: bool = True
    begun: bool = True
    work_minutes: float = 0.0

    @property
    def origin(self) -> dict[str, str | float | bool]:
        """From what it was worked out, in plain values for the ledger; minutes to a tenth."""
        return {
            "phase": self.phase.value,
            "basis": self.source.value,
            "confidence": self.confidence.value,
            "pace": round(self.pace, 2),
            "minutes_left": round(self.minutes_left, 1),
            "known_minutes": round(self.known_minutes, 1),
            "work_minutes": round(self.work_minutes),
            "on_break": self.on_break,
            "in_order": self.in_order,
        }

    @property
    def stops_away(self) -> int:
        """1 for the next stop."""
        return self.stops_before + 1


@dataclass(frozen=True, slots=True)
class _Arrival:
    stop: RoundStop
    minutes: float
    known_minutes: float
    basis: Basis


def estimate(planned: Round, now: datetime, van: Fix | None, profile: Profile) -> tuple[Estimate, ...]:
    """One estimate for each open stop, in the planned order.

    Legs are multiplied by the driver's pace today; pauses the plan knows of and time windows are waited for.
    A fresh estimate of dispatch's own counts more (`sources.py`) and moves the stops after it.
    The source of an estimate is its weakest leg's since then.
    """
    done, still_open = planned.done(), planned.open()
    if not still_open:
        return ()
    usual = usual_minutes(done, profile)
    pace = pace_today(gaps(done, planned.breaks), profile, usual)
    moment = Moment(
        planned, now, van, profile, done[-1] if done else None, pace, usual, declared(planned.breaks)
    )
    first = first_leg(moment, still_open[0], len(done))
    in_order = keeps_to_plan(planned.stops)
    arrivals = list(_arrivals(moment, still_open, first))
    work = arrivals[-1].minutes - arrivals[-1].known_minutes
    return tuple(
        Estimate(
            shipment_id=arrival.stop.shipment_id,
            at=now + timedelta(minutes=arrival.minutes),
            minutes_left=arrival.minutes,
            stops_before=place,
            source=arrival.basis,
            confidence=_confidence(arrival.basis, in_order, first.phase, place),
            phase=_phase(arrival.basis, first.phase),
            known_minutes=arrival.known_minutes,
            pace=pace,
            on_break=first.on_break,
            in_order=in_order,
            begun=bool(done),
            work_minutes=work,
        )
        for place, arrival in enumerate(arrivals)
    )


def _arrivals(moment: Moment, stops: list[RoundStop], first: FirstLeg) -> Iterator[_Arrival]:
    minutes, known = first.minutes, first.known_minutes
    before = moment.last
    weakest, after = Basis.DISPATCH, 0.0
    for place, stop in enumerate(stops):
        way, pause = moment.way(before, stop)
        if place:
            minutes += way.minutes * moment.pace + pause
            known += pause
        weakest = max(weakest, way.basis, key=WEAKNESS.__getitem__)
        if stop.eta_at is not None:
            said = heard(stop.eta_at, stop.eta_sent_at, moment.now, after)
            minutes = said.beside(minutes)
            known = min(known, minutes)
            weakest = Basis.DISPATCH if said.leads else weakest
        waits = max(moment.until(stop.not_before) - minutes, 0.0)
        minutes, known = minutes + waits, known + waits
        after = minutes
        yield _Arrival(stop, minutes, known, weakest)
        before = stop


def _phase(basis: Basis, phase: Phase) -> Phase:
    """What makes the start of a round so unsure is when the van gets going, which dispatch's live word knows."""
    return Phase.STOP_DONE if basis is Basis.DISPATCH and phase is Phase.START else phase


def _confidence(basis: Basis, in_order: bool, phase: Phase, place: int) -> Confidence:
    if not in_order or basis is Basis.USUAL:
        return Confidence.ROUGH
    return Confidence.FAIR if phase is Phase.OVERDUE or place >= FAR_STOPS else Confidence.FIRM
