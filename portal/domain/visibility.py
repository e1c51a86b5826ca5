"""What the map may show of a van, to whom and how exactly: as little as helps the person at the door."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.geo import Point, blur, distance_m

HIDDEN_WHEN_OLDER_THAN = timedelta(minutes=10)


class Element(StrEnum):
    """What a page can show of the van's way."""

    VAN = "van"
    STOPS_LEFT = "stops_left"
    MINUTES = "minutes"
    ROUTE_AHEAD = "route_ahead"


class Measure(StrEnum):
    """By what nearness an element appears."""

    STOPS = "stops"
    MINUTES = "minutes"
    METERS = "meters"
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Rule:
    """An element appears once the door is within `limit` stops away, minutes or meters."""

    measure: Measure
    limit: float = 0.0


DEFAULT_RULES = {
    Element.VAN: Rule(Measure.STOPS, 10),
    Element.STOPS_LEFT: Rule(Measure.STOPS, 20),
    Element.MINUTES: Rule(Measure.MINUTES, 60),
    # Drawn from the van to this door only, so it says nothing of the doors before.
    Element.ROUTE_AHEAD: Rule(Measure.STOPS, 1),
}


@dataclass(frozen=True, slots=True)
class MapRules:
    """A shipper's rules; elements that are absent follow the defaults.

    The van is blurred to a `blur_m` grid, or `near_blur_m` once this door is next and within `near_m`.
    It is never raw: a van that stands at the stop before would show that door.
    """

    rules: dict[Element, Rule] = field(default_factory=dict)
    blur_m: float = 250.0
    near_blur_m: float = 60.0
    near_m: float = 600.0

    def rule(self, element: Element) -> Rule:
        """The rule of an element."""
        return self.rules.get(element, DEFAULT_RULES[element])


class Hidden(StrEnum):
    """Why the van is not shown."""

    NOT_ON_THE_WAY = "not_on_the_way"
    DONE = "done"
    NO_POSITION = "no_position"
    STALE = "stale"
    TOO_FAR = "too_far"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class Trip:
    """The way to one door. `under_way`: on the van and heading here; `done`: handed over or ended.

    `stops_away` is 1 for the next stop and None when the driver does not keep to the plan.
    """

    under_way: bool
    done: bool
    door: Point | None = None
    van: Point | None = None
    van_seen_at: datetime | None = None
    stops_away: int | None = None
    minutes_left: float | None = None


@dataclass(frozen=True, slots=True)
class View:
    """What may be shown now. `van` is already blurred; None with the reason in `van_hidden`."""

    van: Point | None = None
    near: bool = False
    van_hidden: Hidden | None = None
    stops_left: int | None = None
    minutes_left: int | None = None
    route_ahead: bool = False


def look(trip: Trip, rules: MapRules, now: datetime) -> View:
    """Each element by its own rule; nothing after hand-over, no van when its fix is older than 10 minutes."""
    if trip.done:
        return View(van_hidden=Hidden.DONE)
    if not trip.under_way:
        return View(van_hidden=Hidden.NOT_ON_THE_WAY)
    hidden = _why_hidden(trip, rules, now)
    near = hidden is None and _near(trip, rules)
    grid_m = rules.near_blur_m if near else rules.blur_m
    minutes = trip.minutes_left
    return View(
        van=None if hidden or trip.van is None else blur(trip.van, grid_m),
        near=near,
        van_hidden=hidden,
        stops_left=trip.stops_away if _within(rules.rule(Element.STOPS_LEFT), trip) else None,
        minutes_left=round(minutes)
        if minutes is not None and _within(rules.rule(Element.MINUTES), trip)
        else None,
        route_ahead=near and _within(rules.rule(Element.ROUTE_AHEAD), trip),
    )


def _why_hidden(trip: Trip, rules: MapRules, now: datetime) -> Hidden | None:
    rule = rules.rule(Element.VAN)
    if rule.measure is Measure.NEVER:
        return Hidden.NOT_SHOWN
    if trip.van is None or trip.van_seen_at is None:
        return Hidden.NO_POSITION
    if now - trip.van_seen_at > HIDDEN_WHEN_OLDER_THAN:
        return Hidden.STALE
    return None if _within(rule, trip) else Hidden.TOO_FAR


def _within(rule: Rule, trip: Trip) -> bool:
    match rule.measure:
        case Measure.ALWAYS:
            return True
        case Measure.STOPS:
            return trip.stops_away is not None and trip.stops_away <= rule.limit
        case Measure.MINUTES:
            return trip.minutes_left is not None and trip.minutes_left <= rule.limit
        case Measure.METERS:
            return (
                trip.van is not None
                and trip.door is not None
                and distance_m(trip.van, trip.door) <= rule.limit
            )
        case Measure.NEVER:
            return False


def _near(trip: Trip, rules: MapRules) -> bool:
    if trip.stops_away != 1 or trip.van is None or trip.door is None:
        return False
    return distance_m(trip.van, trip.door) <= rules.near_m
