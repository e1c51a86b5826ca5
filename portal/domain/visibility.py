"""What the map may show of a van, to whom and how exactly: as little as helps the person at the door."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.geo import Point, blur, cell_m, distance_m

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

    The van is blurred to cells of `blur_m`, or `near_blur_m` once this door is next and within `near_m`: from there
    it can be seen in the street. It is never raw: a van that stands at the stop before would show that door.
    """

    rules: dict[Element, Rule] = field(default_factory=dict)
    blur_m: float = 250.0
    near_blur_m: float = 60.0
    near_m: float = 300.0

    def rule(self, element: Element) -> Rule:
        """The rule of an element."""
        return self.rules.get(element, DEFAULT_RULES[element])

    def rough_m(self, *, near: bool) -> float:
        """How far from its shown place the van may be, in meters: half the diagonal of its cell."""
        return cell_m(self.near_blur_m if near else self.blur_m) * 0.71


class Hidden(StrEnum):
    """Why the van is not shown."""

    NOT_ON_THE_WAY = "not_on_the_way"
    DONE = "done"
    NOT_SHOWN = "not_shown"
    NO_DOOR = "no_door"
    OFF_PLAN = "off_plan"
    TOO_FAR = "too_far"
    NO_POSITION = "no_position"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Trip:
    """The way to one door. `under_way`: on the van and heading here; `done`: handed over or ended.

    `stops_away` is 1 for the next stop and None where it is not known: no round yet, or `off_plan`, when the driver
    does not keep to the order.
    """

    under_way: bool
    done: bool
    door: Point | None = None
    van: Point | None = None
    van_seen_at: datetime | None = None
    stops_away: int | None = None
    minutes_left: float | None = None
    off_plan: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What may be shown now. `van` is already blurred; None with the reason in `van_hidden`.

    `minutes_left` is 0 or more, and `expected_at` is that moment; `rule` is the shipper's for the van, by which a page
    says when it appears.
    """

    van: Point | None = None
    near: bool = False
    van_hidden: Hidden | None = None
    stops_left: int | None = None
    minutes_left: int | None = None
    expected_at: datetime | None = None
    route_ahead: bool = False
    rule: Rule = DEFAULT_RULES[Element.VAN]

    @property
    def comes_to_the_map(self) -> bool:
        """Whether there is, or may soon be, a van on this door's map."""
        return self.van is not None or self.van_hidden in SOON_ON_THE_MAP


SOON_ON_THE_MAP = {Hidden.OFF_PLAN, Hidden.TOO_FAR, Hidden.NO_POSITION, Hidden.STALE}


def look(trip: Trip, rules: MapRules, now: datetime) -> View:
    """Each element by its own rule; nothing after hand-over, no van when its fix is 10 minutes away from now."""
    rule = rules.rule(Element.VAN)
    if trip.done or not trip.under_way:
        return View(van_hidden=Hidden.DONE if trip.done else Hidden.NOT_ON_THE_WAY, rule=rule)
    hidden = _off_the_map(trip, rules) or _why_hidden(trip, rules, now)
    near = hidden is None and _near(trip, rules)
    minutes = trip.minutes_left if _within(rules.rule(Element.MINUTES), trip, rules) else None
    return View(
        van=_shown(trip, rules, near=near) if hidden is None else None,
        near=near,
        van_hidden=hidden,
        stops_left=trip.stops_away if _within(rules.rule(Element.STOPS_LEFT), trip, rules) else None,
        minutes_left=None if minutes is None else max(round(minutes), 0),
        expected_at=None if minutes is None else now + timedelta(minutes=minutes),
        route_ahead=hidden is None and _within(rules.rule(Element.ROUTE_AHEAD), trip, rules),
        rule=rule,
    )


def needs_van(trip: Trip, rules: MapRules) -> bool:
    """Whether it matters where the van is; else nobody needs to ask."""
    by_place = any(rules.rule(element).measure is Measure.METERS for element in Element)
    return trip.under_way and (by_place or _off_the_map(trip, rules) is None)


def _off_the_map(trip: Trip, rules: MapRules) -> Hidden | None:
    """Why the van stays off the map wherever it is."""
    rule = rules.rule(Element.VAN)
    if rule.measure is Measure.NEVER:
        return Hidden.NOT_SHOWN
    if trip.door is None:
        return Hidden.NO_DOOR
    if rule.measure is Measure.STOPS and trip.stops_away is None and trip.off_plan:
        return Hidden.OFF_PLAN
    by_place = rule.measure is Measure.METERS
    return None if by_place or _within(rule, trip, rules) else Hidden.TOO_FAR


def _why_hidden(trip: Trip, rules: MapRules, now: datetime) -> Hidden | None:
    if trip.van is None or trip.van_seen_at is None:
        return Hidden.NO_POSITION
    # A fix from the future is no better than an old one: the clock of its sender is wrong.
    if abs(now - trip.van_seen_at) > HIDDEN_WHEN_OLDER_THAN:
        return Hidden.STALE
    return None if _within(rules.rule(Element.VAN), trip, rules) else Hidden.TOO_FAR


def _within(rule: Rule, trip: Trip, rules: MapRules) -> bool:
    match rule.measure:
        case Measure.ALWAYS:
            return True
        case Measure.STOPS:
            return trip.stops_away is not None and trip.stops_away <= rule.limit
        case Measure.MINUTES:
            return trip.minutes_left is not None and trip.minutes_left <= rule.limit
        case Measure.METERS:
            return _away_m(trip, rules) <= rule.limit
        case Measure.NEVER:
            return False


def _near(trip: Trip, rules: MapRules) -> bool:
    return trip.stops_away == 1 and _away_m(trip, rules) <= rules.near_m


def _away_m(trip: Trip, rules: MapRules) -> float:
    """Meters from the door to the middle of the van's large cell: else the moment at which something appears on the
    page would tell the van's place more exactly than the map."""
    van = _shown(trip, rules, near=False)
    return distance_m(van, trip.door) if van is not None and trip.door is not None else float("inf")


def _shown(trip: Trip, rules: MapRules, *, near: bool) -> Point | None:
    return None if trip.van is None else blur(trip.van, rules.near_blur_m if near else rules.blur_m)
