"""Moves the day on: cues and drivers in the order of time, and the letters that come of it."""

from datetime import datetime

from portal.demo import cues, deeds, papers, schedule
from portal.demo.depot import Depot, Letter
from portal.demo.driver import next_at, step
from portal.demo.papers import Paper


def tell(depot: Depot, since: datetime, now: datetime) -> list[Letter]:
    """Everything that happens after `since` and until `now`, as letters in order."""
    depot.agenda += schedule.due(depot.day, since, now)
    while (happened := _next(depot)) and happened[0] <= now:
        at, name = happened
        if name:
            _drive_on(depot, name)
        else:
            _, cue = depot.agenda.pop(0)
            cues.ACTS[cue.act](depot, cue, at)
    letters, depot.letters = depot.letters, []
    return letters


def positions(depot: Depot, now: datetime) -> list[Paper]:
    """Where every van on the road is."""
    return [papers.position(van, now) for van in depot.vans.values() if not van.back]


def _next(depot: Depot) -> tuple[datetime, str] | None:
    """The moment of the next thing, and the van that does it; no name where it is the script's turn."""
    depot.agenda.sort(key=lambda entry: entry[0])
    ahead = [(depot.agenda[0][0], "")] if depot.agenda else []
    ahead += [(at, name) for name, van in depot.vans.items() if (at := next_at(van))]
    return min(ahead, default=None)


def _drive_on(depot: Depot, name: str) -> None:
    depot.vans[name], done = step(depot.vans[name], depot.town.graph)
    for deed in done:
        deeds.report(depot, name, deed)
