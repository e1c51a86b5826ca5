"""The plan of the day before anything goes wrong: when each van should be at which door."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.demo.cast import ROUNDS, Delivery, RoundPlan
from portal.demo.driver import Did, Stop, Van, at_depot, drive
from portal.demo.town import TIMEZONE, Town

STARTS, ENDS = "07:30", "17:30"


@dataclass(frozen=True, slots=True)
class Day:
    """A date in the town's time zone."""

    date: date

    def at(self, clock: str, days: int = 0) -> datetime:
        """The moment of this local time, such as "08:05", `days` after this date; UTC."""
        local = datetime.combine(
            self.date + timedelta(days=days), time.fromisoformat(clock), ZoneInfo(TIMEZONE)
        )
        return local.astimezone(UTC)


def day_of(now: datetime) -> Day:
    """The town's date at this moment."""
    return Day(now.astimezone(ZoneInfo(TIMEZONE)).date())


def local(at: datetime) -> str:
    """The town's clock at this moment, such as 08:05."""
    return at.astimezone(ZoneInfo(TIMEZONE)).strftime("%H:%M")


def real_stop(delivery: Delivery) -> Stop:
    """The stop with the time it will really take."""
    return Stop(delivery.reference, delivery.door.foot, timedelta(seconds=delivery.service_seconds))


def planned_stop(delivery: Delivery) -> Stop:
    """The stop with the time it should take."""
    return Stop(delivery.reference, delivery.door.foot, timedelta(seconds=delivery.planned_seconds))


def loaded(of: RoundPlan, town: Town, stops: Sequence[Stop], departs_at: datetime) -> Van:
    """The van of a round before it leaves, with the break that was planned."""
    rests = {}
    if of.rest and of.rest[0] <= len(stops):
        after_seq, minutes = of.rest
        rests = {stops[after_seq - 1].reference: timedelta(minutes=minutes)}
    return at_depot(of.van, of.route, town.depot, departs_at, tuple(stops), rests)


def planned_arrivals(town: Town, deliveries: Sequence[Delivery], day: Day) -> dict[str, datetime]:
    """When the vans should be at each door, by reference, rounded to the minute."""
    arrivals: dict[str, datetime] = {}
    for of in ROUNDS:
        stops = [planned_stop(delivery) for delivery in deliveries if delivery.route == of.route]
        _, deeds = drive(
            loaded(of, town, stops, day.at(of.departs, of.days)), town.graph, day.at("23:59", of.days)
        )
        arrivals |= {
            deed.stop.reference: deed.at.replace(second=0, microsecond=0)
            for deed in deeds
            if deed.did is Did.ARRIVED and deed.stop
        }
    return arrivals


def promised(arrival: datetime) -> tuple[datetime, datetime]:
    """The window told in the morning: two hours on the half hour, more of them for being late than early."""
    early = arrival - timedelta(minutes=40)
    start = early - timedelta(minutes=early.minute % 30, seconds=early.second)
    return start, start + timedelta(hours=2)
