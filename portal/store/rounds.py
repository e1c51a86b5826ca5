"""Rounds that were driven, as a whole: where there are any, and each with what happened at its doors."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from portal.db import Reader
from portal.domain.lessons import stood_there
from portal.domain.shipment import effective
from portal.store import routes
from portal.store.routes import Route, RouteRow, Stop, StopRow
from portal.store.shipment_rows import ShipmentRow, line_event

AT_ONCE = 20
Depot = tuple[int, str]


def depots(session: Reader, since: datetime, until: datetime) -> list[Depot]:
    """(owner, depot) of all rounds that left between these moments."""
    query = select(RouteRow.owner, RouteRow.depot).distinct()
    rows = session.execute(query.where(RouteRow.departs_at >= since, RouteRow.departs_at < until))
    return sorted((row.owner, row.depot) for row in rows)


def newest(session: Reader, depot: Depot, since: datetime, until: datetime, stops: int) -> list[int]:
    """Ids of a depot's rounds that left between these moments, newest first, until they have so many stops."""
    query = (
        select(RouteRow.id, func.count(StopRow.id).label("stops"))
        .join(StopRow, StopRow.route_id == RouteRow.id)
        .where(
            RouteRow.owner == depot[0],
            RouteRow.depot == depot[1],
            RouteRow.departs_at >= since,
            RouteRow.departs_at < until,
        )
        .group_by(RouteRow.id)
        .order_by(RouteRow.departs_at.desc(), RouteRow.id.desc())
    )
    found, so_far = [], 0
    for row in session.execute(query):
        if so_far >= stops:
            break
        found.append(row.id)
        so_far += row.stops
    return found


@dataclass(frozen=True, slots=True)
class Driven:
    """A round with the events of its shipments as they are stored, read only when they are needed."""

    route: Route
    stories: Mapping[int, list[Any]]

    def stops(self) -> tuple[Stop, ...]:
        """The stops that were driven to or are still open; what was called back is no stop."""
        return tuple(stop for stop in self.route.stops if stop.done_at is None or self._was_visited(stop))

    def _was_visited(self, stop: Stop) -> bool:
        story = effective(map(line_event, self.stories.get(stop.shipment_id, ())))
        return stood_there(story, stop.done_at)


def driven(session: Session, route_ids: Iterable[int]) -> list[Driven]:
    """These rounds with what happened at their doors."""
    found = routes.load(session, route_ids)
    ids = {stop.shipment_id for route in found for stop in route.stops if stop.done_at is not None}
    rows = session.execute(select(ShipmentRow.id, ShipmentRow.story).where(ShipmentRow.id.in_(ids)))
    stories = {row.id: row.story for row in rows}
    return [Driven(route, stories) for route in found]
