"""How soon a page looks for news again: seconds when somebody waits at the door, minutes when nothing can happen."""

from dataclasses import dataclass
from datetime import timedelta

# Nobody is asked to look more often, however near.
FLOOR_S = 5.0
CEILING_S = 600.0

NEXT_S, NEAR_S, SOON_S, ON_VAN_S, TODAY_S, LATER_S = 5.0, 10.0, 20.0, 30.0, 60.0, 300.0
NEAR_MINUTES, SOON_MINUTES = 15.0, 45.0
NEAR_STOPS, SOON_STOPS = 3, 10
TODAY = timedelta(hours=18)

# A server that is busier than this asks for patience; those who are far from their door give way first.
EASY = 0.5
FAR_GIVES, NEAR_GIVES = 8.0, 3.0


@dataclass(frozen=True, slots=True)
class Scene:
    """What decides the pace of one page.

    `asked`: somebody still has to answer a wish; `stops_away` is 1 for the next stop; `until_window` counts down to
    the window's beginning and is None without one.
    """

    finished: bool = False
    asked: bool = False
    on_van: bool = False
    van_shown: bool = False
    stops_away: int | None = None
    minutes_left: float | None = None
    until_window: timedelta | None = None


def interval_s(scene: Scene) -> float:
    """Seconds until the next look; 0 when there is nothing more to come."""
    if scene.finished and not scene.asked:
        return 0.0
    if scene.stops_away == 1 and scene.on_van:
        return NEXT_S
    if scene.van_shown or scene.asked or _within(scene, NEAR_STOPS, NEAR_MINUTES):
        return NEAR_S
    if scene.on_van:
        return SOON_S if _within(scene, SOON_STOPS, SOON_MINUTES) else ON_VAN_S
    far = scene.until_window is None or scene.until_window > TODAY
    return LATER_S if far else TODAY_S


def _within(scene: Scene, stops: int, minutes: float) -> bool:
    if not scene.on_van:
        return False
    by_stops = scene.stops_away is not None and scene.stops_away <= stops
    return by_stops or (scene.minutes_left is not None and scene.minutes_left <= minutes)


def under_load(seconds: float, busy: float) -> float:
    """The same interval when a share `busy` (0 to 1) of the server is at work: longer, but never endless."""
    if not seconds:
        return 0.0
    over = min(max((busy - EASY) / (1 - EASY), 0.0), 1.0)
    most = FAR_GIVES if seconds > SOON_S else NEAR_GIVES
    return min(round(seconds * (1 + over * (most - 1)), 1), CEILING_S)
