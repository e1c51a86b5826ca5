"""What an agreed change means for the drivers: another place, another hand, another round or another day."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from portal.demo import answers, places
from portal.demo.cast import ROUNDS, Delivery, RoundPlan
from portal.demo.depot import Depot, Door
from portal.demo.driver import Van
from portal.demo.endings import Ending

# The first door of a moved parcel's new round is so long after its departure.
AFTER_DEPARTURE = timedelta(minutes=45)
# Whose wish the driver reads and does not do, so that one can see what then happens.
FORGOTTEN = {"Sofia Petrakis"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as the feed tells it."""

    change_id: str
    reference: str
    kind: str
    to: Mapping[str, Any]
    expires_at: datetime
    window: tuple[datetime, datetime] | None = None


def read(data: Mapping[str, Any]) -> Asked:
    """The `data` of `delivery_change.requested`."""
    window = data.get("window") or {}
    moments = [datetime.fromisoformat(window[end]) for end in ("start", "end") if end in window]
    return Asked(
        data["change_id"],
        data["shipment"],
        data["kind"],
        data["to"],
        datetime.fromisoformat(data["expires_at"]),
        (moments[0], moments[1]) if len(moments) == 2 else None,
    )


def seen_by_office(depot: Depot, asked: Asked) -> answers.Wish:
    """What the dispatcher looks at before answering."""
    delivery = depot.deliveries[asked.reference]
    van = carrying(depot, delivery)
    ahead = [stop.reference for stop in van.todo] if van else []
    station = places.station(str(asked.to.get("locker", "")))
    return answers.Wish(
        kind=asked.kind,
        heaviest_g=max(box[0] for box in delivery.boxes),
        stops_before=ahead.index(delivery.reference) if delivery.reference in ahead else None,
        headed_there=bool(van and van.heading_for and van.heading_for.reference == delivery.reference),
        detour_m=_detour(depot, delivery, station),
        same_day=bool(asked.window and asked.window[0] < depot.day.at("23:59")),
    )


def _detour(depot: Depot, delivery: Delivery, station: places.LockerStation | None) -> float:
    if station is None:
        return 0.0
    return places.meters_between(depot.town, delivery.door.foot, places.corner(depot.town, station).foot)


def carrying(depot: Depot, delivery: Delivery) -> Van | None:
    """The van that has this parcel on board."""
    return next((van for van in depot.vans.values() if delivery in depot.waiting_on(van)), None)


def agree(depot: Depot, asked: Asked, now: datetime) -> None:
    """The change holds: tell the driver."""
    delivery = depot.deliveries[asked.reference]
    order = depot.order(asked.reference)
    order.change_id, order.kind, order.seen = asked.change_id, asked.kind, False
    if van := carrying(depot, delivery):
        driver_reads(depot, delivery, van, now)
    if delivery.person.name in FORGOTTEN:
        return
    match asked.kind:
        case "neighbor":
            neighbor = f"{asked.to.get('name', 'neighbor')}, number {asked.to.get('house_number', '')}"
            order.ending = Ending(how="neighbor", place=neighbor, proof="signature")
        case "locker":
            order.locker = str(asked.to.get("locker", ""))
            if station := places.station(order.locker):
                order.ending = places.in_locker(station)
            _rewrite(depot, delivery, now)
        case "new_window" if asked.window:
            _move(depot, delivery, asked.window[0], now)
        case "safe_place":
            spot = str(asked.to.get("words") or asked.to.get("spot", "")).replace("_", " ")
            order.ending = Ending(how="safe_place", place=spot, proof="photo")
        case "hold":
            _off_its_round(depot, delivery, now)
            order.another_day = True
        case _:
            pass


def _rewrite(depot: Depot, delivery: Delivery, now: datetime) -> None:
    """The stop's place changes on whatever van it rides."""
    new = depot.stop_for(delivery)
    for vans in (depot.vans, depot.ready):
        for key, van in vans.items():
            if any(stop.reference == new.reference for stop in van.todo):
                vans[key] = van.via(new.reference, new.foot)
                depot.tell_route(vans[key], now)


def _move(depot: Depot, delivery: Delivery, start: datetime, now: datetime) -> None:
    """Off its round; onto one that drives in that window today, or onto none: another day."""
    _off_its_round(depot, delivery, now)
    rounds = [of for of in ROUNDS if _fits(depot, of, start) and of.route not in depot.departures]
    if rounds:
        depot.moved_to[delivery.reference] = rounds[0].route
        depot.planned[delivery.reference] = max(start, _departure(depot, rounds[0])) + AFTER_DEPARTURE
    else:
        depot.order(delivery.reference).another_day = True


def _off_its_round(depot: Depot, delivery: Delivery, now: datetime) -> None:
    for vans in (depot.vans, depot.ready):
        for key, van in vans.items():
            if any(stop.reference == delivery.reference for stop in van.todo):
                vans[key] = van.without(delivery.reference)
                depot.tell_route(vans[key], now)


def driver_reads(depot: Depot, delivery: Delivery, van: Van, now: datetime) -> None:
    """The driver looks at what was agreed, once."""
    order = depot.order(delivery.reference)
    if order.change_id and not order.seen:
        order.seen = True
        depot.send(Door.SEEN, now, [{"change_id": order.change_id, "driver": van.name}])


def taken_back(depot: Depot, reference: str, change_id: str, now: datetime) -> None:
    """The recipient wants it as the sender asked after all; a parcel that left its round stays off it."""
    order = depot.order(reference)
    if order.change_id != change_id or reference in depot.done:
        return
    order.change_id, order.ending, order.locker = "", None, ""
    _rewrite(depot, depot.deliveries[reference], now)


def _departure(depot: Depot, of: RoundPlan) -> datetime:
    return depot.day.at(of.departs, of.days)


def _fits(depot: Depot, of: RoundPlan, start: datetime) -> bool:
    """Whether a round is on the road soon after this moment."""
    return timedelta() <= _departure(depot, of) + AFTER_DEPARTURE - start <= timedelta(hours=2)
