"""Where the van is, in words and in numbers: the words say all that the map shows, and why there is none."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.geo import Point, bearing_deg, distance_m
from portal.domain.visibility import Hidden, Measure, Rule, View
from portal.web.language import N_, Words, catalog, words
from portal.web.local import Local

COMPASS = (
    N_("north"),
    N_("north-east"),
    N_("east"),
    N_("south-east"),
    N_("south"),
    N_("south-west"),
    N_("west"),
    N_("north-west"),
)
WHY = {
    Hidden.NOT_ON_THE_WAY: N_("The van is not on its way to you, so there is no map."),
    Hidden.DONE: N_("The delivery is over, so the van is no longer shown."),
    Hidden.NOT_SHOWN: N_("The sender does not show the van on a map."),
    Hidden.NO_DOOR: N_("We do not know exactly where your door is, so there is no map."),
    Hidden.OFF_PLAN: N_(
        "The driver takes the stops in another order than planned, so we cannot say how near the van is."
    ),
    Hidden.NO_POSITION: N_("We have not heard yet where the van is. It appears on this map once we know."),
    Hidden.STALE: N_("We have not heard from the van for ten minutes, so we do not show where it is."),
}
# What the map waits for, by the shipper's measure of nearness.
APPEARS = {
    Measure.STOPS: N_("The van appears on this map when it is %(stops)s stops away."),
    Measure.MINUTES: N_("The van appears on this map when it is about %(minutes)s minutes away."),
    Measure.METERS: N_("The van appears on this map when it is about %(distance)s away."),
}
APPEARS_LAST = N_("The van appears on this map when you are the next stop.")
BLURRED = N_("Its place is shown roughly, to protect the driver and the people at other doors.")
ABOUT_MINUTES = 5


@dataclass(frozen=True, slots=True)
class Nearby:
    """Whether the map is shown, the sentences beside it, and the numbers for its marker (degrees).

    `room` keeps the map's place on the page while a van may come to it, so that nothing jumps when it does.
    """

    shown: bool = False
    sentences: tuple[str, ...] = ()
    van: Point | None = None
    line: bool = False
    room: bool = False


def nearby_view(view: View, door: Point | None, local: Local, *, just_over: bool = False) -> Nearby:
    """What may be shown of the van now; `just_over` says why it left the map on the day of the hand-over."""
    _ = words(local.language)
    said = []
    if view.stops_left is not None:
        said.append(_stops(view.stops_left, local))
    if view.van is not None and door is not None:
        said.append(_where(view.van, door, local, _))
    if view.expected_at is not None and view.expected_at > local.now:
        said.append(
            _("We expect the van at your door at about %(time)s.") % {"time": _about(view.expected_at, local)}
        )
    if view.van is not None:
        return Nearby(True, (*said, _(BLURRED)), view.van, view.route_ahead, room=True)
    if view.comes_to_the_map or view.van_hidden in (Hidden.NOT_SHOWN, Hidden.NO_DOOR) or just_over:
        said.append(why_hidden(view, local))
    return Nearby(False, tuple(said), room=view.comes_to_the_map)


def why_hidden(view: View, local: Local) -> str:
    """Why no van is on the map, in one sentence; empty where it is."""
    _ = words(local.language)
    if view.van_hidden is Hidden.TOO_FAR:
        return _appears(view.rule, local, _)
    return _(WHY[view.van_hidden]) if view.van_hidden else ""


def _appears(rule: Rule, local: Local, _: Words) -> str:
    if rule.measure is Measure.STOPS and rule.limit <= 1:
        return _(APPEARS_LAST)
    limit = round(rule.limit)
    facts = {"stops": limit, "minutes": limit, "distance": local.distance(limit)}
    return _(APPEARS[rule.measure]) % facts


def _where(van: Point, door: Point, local: Local, _: Words) -> str:
    facts = {"distance": local.distance(distance_m(van, door))}
    eighth = round(bearing_deg(door, van) / 45) % 8
    facts["direction"] = _(COMPASS[eighth])
    return _("The van is about %(distance)s %(direction)s of your door.") % facts


def _about(at: datetime, local: Local) -> str:
    """The five minutes nearest to a moment: more would be a promise, and the window is that."""
    step = ABOUT_MINUTES * 60
    return local.time(at + timedelta(seconds=round(at.timestamp() / step) * step - at.timestamp()))


def _stops(away: int, local: Local) -> str:
    _ = words(local.language)
    if away <= 1:
        return _("You are the next stop.")
    counted = catalog(local.language).ngettext(
        "There is one stop before you.", "There are %(n)s stops before you.", away - 1
    )
    return counted % {"n": away - 1}
