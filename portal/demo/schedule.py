"""The script of the day: at which local time what happens that no van decides."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.demo.plan import Day


class Act(StrEnum):
    """What can stand in the script."""

    OPEN = "the depot opens: lockers, slots and shipments are told"
    SCAN = "parcels of a round are scanned at the depot"
    PROMISE = "recipients of a round are told their window"
    PLAN = "a round is planned and told"
    LOAD = "a round is loaded and leaves"
    STAND_STILL = "a van stands still for some minutes"
    REPORT_DELAY = "everyone still waiting on a round is told of a delay"
    WRONG_SCAN = "a parcel is scanned as delivered that was not"
    CORRECT = "a wrong scan is taken back"
    WISH = "a recipient asks for a change on the page"
    CALL_AWAY = "the office calls a driver: somebody else comes first"
    LOOK_UP = "a recipient reads the PIN for the driver"
    COLLECT = "a recipient opens the locker"
    SEND_BACK = "a refused parcel goes back to the sender"


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of the script; `whom` is a route, a van or a person, `detail` what the act needs besides."""

    at: str
    act: Act
    whom: str = ""
    detail: str = ""


SCRIPT = (
    Cue("07:30", Act.OPEN),
    Cue("07:36", Act.SCAN, "R-101"),
    Cue("07:37", Act.SCAN, "R-102"),
    Cue("07:38", Act.SCAN, "R-103"),
    Cue("07:48", Act.PLAN, "R-101"),
    Cue("07:49", Act.PLAN, "R-102"),
    Cue("07:50", Act.PLAN, "R-103"),
    Cue("08:05", Act.LOAD, "R-101"),
    Cue("08:10", Act.LOAD, "R-102"),
    Cue("08:12", Act.WISH, "Priya Raman", "kind=neighbor&name=Hattie Moss&house_number=80"),
    Cue("08:32", Act.WISH, "Sofia Petrakis", "kind=safe_place&spot=porch"),
    Cue("08:15", Act.LOAD, "R-103"),
    Cue("08:40", Act.PROMISE, "R-201"),
    Cue("08:46", Act.PROMISE, "R-401"),
    Cue("08:42", Act.PROMISE, "R-202"),
    Cue("08:44", Act.PROMISE, "R-301"),
    Cue("09:06", Act.WRONG_SCAN, "Eleanor Whitcomb"),
    Cue("09:20", Act.WISH, "Naomi Tanaka", "kind=locker&locker=L-GARDEN"),
    Cue("09:34", Act.CORRECT, "Eleanor Whitcomb"),
    Cue("09:52", Act.STAND_STILL, "van-2", "70"),
    Cue("09:59", Act.REPORT_DELAY, "R-102", "carrier_vehicle_issue"),
    Cue("10:20", Act.SCAN, "R-201"),
    Cue("10:22", Act.SCAN, "R-202"),
    Cue("12:20", Act.SCAN, "R-301"),
    Cue("12:40", Act.PLAN, "R-201"),
    Cue("12:50", Act.LOAD, "R-201"),
    Cue("14:00", Act.PLAN, "R-202"),
    Cue("14:10", Act.LOAD, "R-202"),
    Cue("16:50", Act.COLLECT, "Clara Winslow"),
    Cue("16:10", Act.SEND_BACK, "Oscar Delgado"),
    Cue("16:20", Act.SCAN, "R-401"),
    Cue("16:25", Act.PLAN, "R-301"),
    Cue("16:30", Act.PLAN, "R-401"),
    Cue("16:40", Act.LOAD, "R-301"),
    Cue("16:42", Act.LOOK_UP, "Iris Fontaine"),
)

# When the driver sets off for this person, the office calls (Act.CALL_AWAY).
CALLED_AWAY = {"Theo Marchetti"}
CALLS_LAST = timedelta(minutes=4)


def due(day: Day, after: datetime, until: datetime) -> list[tuple[datetime, Cue]]:
    """The cues later than `after` and not later than `until`, in order, with their moments (UTC)."""
    moments = [(day.at(cue.at), cue) for cue in SCRIPT]
    return sorted(((at, cue) for at, cue in moments if after < at <= until), key=lambda pair: pair[0])
