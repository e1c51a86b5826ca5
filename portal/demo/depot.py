"""What the demo's dispatch office knows while the day goes on, and the letters it has still to send."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from portal.demo import papers, places, plan
from portal.demo.cast import ROUNDS, Delivery, RoundPlan, cast
from portal.demo.driver import Stop, Van
from portal.demo.endings import Ending, ending
from portal.demo.papers import Paper
from portal.demo.plan import Day
from portal.demo.schedule import Cue
from portal.demo.town import Town


class Door(StrEnum):
    """Where a letter goes: a list of the dispatch API, somebody's phone, a change, pictures, or only the screen."""

    SHIPMENTS = "shipments"
    SLOTS = "slots"
    LOCKERS = "lockers"
    ROUTES = "routes"
    EVENTS = "events"
    WISH = "wish"
    OUTCOME = "outcome"
    PROOFS = "proofs"
    PIN = "pin"
    SEEN = "seen"
    SCREEN = "screen"


@dataclass(frozen=True, slots=True)
class Letter:
    """Something to send at `at`; `says` is what the terminal tells of it, about whom."""

    door: Door
    at: datetime
    items: tuple[Paper, ...] = ()
    says: str = ""
    about: str = ""


@dataclass(slots=True)
class Order:
    """What the driver was told about one parcel besides bringing it to its door."""

    ending: Ending | None = None
    locker: str = ""
    change_id: str = ""
    kind: str = ""
    seen: bool = False
    another_day: bool = False


@dataclass(slots=True)
class Depot:
    """The office. Papers leave it as letters; nothing here knows of the network."""

    town: Town
    day: Day
    deliveries: dict[str, Delivery]
    planned: dict[str, datetime]
    vans: dict[str, Van] = field(default_factory=dict)
    ready: dict[str, Van] = field(default_factory=dict)
    departures: dict[str, datetime] = field(default_factory=dict)
    moved_to: dict[str, str] = field(default_factory=dict)
    orders: dict[str, Order] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    called_away: set[str] = field(default_factory=set)
    rests_since: dict[str, datetime] = field(default_factory=dict)
    last_event: dict[tuple[str, str], str] = field(default_factory=dict)
    event_count: int = 0
    agenda: list[tuple[datetime, Cue]] = field(default_factory=list)
    letters: list[Letter] = field(default_factory=list)

    def named(self, name: str) -> Delivery:
        """The delivery of this person; StopIteration where there is none."""
        return next(one for one in self.deliveries.values() if one.person.name == name)

    def order(self, reference: str) -> Order:
        """What the driver was told about this parcel."""
        return self.orders.setdefault(reference, Order())

    def of_round(self, route: str) -> list[Delivery]:
        """Who is served on this round: those planned and not moved away, and those moved to it."""
        planned_here = [
            one
            for one in self.deliveries.values()
            if self.moved_to.get(one.reference, one.route) == route
            and not self.order(one.reference).another_day
        ]
        return sorted(planned_here, key=lambda one: self.planned[one.reference])

    def waiting_on(self, van: Van) -> list[Delivery]:
        """Who is still to be served by a van, in order."""
        stops = ((van.heading_for,) if van.heading_for else ()) + van.todo
        return [self.deliveries[stop.reference] for stop in stops if stop.reference not in self.done]

    def stop_for(self, delivery: Delivery) -> Stop:
        """Where the driver goes for this parcel: its door, or the locker that was agreed."""
        stop = plan.real_stop(delivery)
        station = places.station(self.order(delivery.reference).locker)
        if station is None:
            return stop
        return replace(stop, foot=places.corner(self.town, station).foot, service=places.LOCKER_SERVICE)

    def ending(self, delivery: Delivery) -> Ending:
        """How the stop will end as things stand."""
        return self.order(delivery.reference).ending or ending(delivery)

    # --- letters ------------------------------------------------------------------------------

    def say(self, at: datetime, says: str) -> None:
        """A line for the terminal."""
        self.letters.append(Letter(Door.SCREEN, at, says=says))

    def send(self, door: Door, at: datetime, items: Iterable[Paper], says: str = "", about: str = "") -> None:
        """Papers for a door of the portal."""
        self.letters.append(Letter(door, at, tuple(items), says, about))

    def event(self, delivery: Delivery, happening: str, at: datetime, says: str = "", **details: str) -> None:
        """One event; its id is the same whenever the day is played from the same start."""
        event_id = self.new_event_id(delivery, happening)
        paper = papers.event(event_id, delivery, happening, at, **details)
        self.send(Door.EVENTS, at, [paper], says, delivery.person.name)

    def events(
        self, deliveries: Iterable[Delivery], happening: str, at: datetime, says: str = "", **details: str
    ) -> None:
        """The same event for several shipments."""
        items = [
            papers.event(self.new_event_id(d, happening), d, happening, at, **details) for d in deliveries
        ]
        if items:
            self.send(Door.EVENTS, at, items, says)

    def new_event_id(self, delivery: Delivery, happening: str) -> str:
        """An id that no event of this day had; the newest of each kind is remembered, to be corrected."""
        self.event_count += 1
        event_id = f"{delivery.reference}-{self.event_count}"
        self.last_event[delivery.reference, happening] = event_id
        return event_id

    def tell_route(self, van: Van, at: datetime) -> None:
        """The round as it stands: what is done, then what is to come. A way to a locker is no second stop."""
        ahead = ((van.heading_for,) if van.heading_for else ()) + van.todo
        served = [self.deliveries[one] for one in self.done if self._rides(one, van.route)]
        listed = [plan.real_stop(one) for one in served] + [s for s in ahead if s.reference not in self.done]
        brands = {stop.reference: self.deliveries[stop.reference].brand.slug for stop in listed}
        departed = self.departures[van.route]
        paper = papers.route(van, listed, self.planned, departed, brands, self.rests_since)
        self.send(Door.ROUTES, at, [paper])

    def _rides(self, reference: str, route: str) -> bool:
        return self.moved_to.get(reference, self.deliveries[reference].route) == route


def open_depot(town: Town, day: Day) -> Depot:
    """The office before the day begins."""
    deliveries = cast(town)
    return Depot(
        town, day, {one.reference: one for one in deliveries}, plan.planned_arrivals(town, deliveries, day)
    )


def round_plan(route: str) -> RoundPlan:
    """The plan of a round; StopIteration where there is none."""
    return next(one for one in ROUNDS if one.route == route)
