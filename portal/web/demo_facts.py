"""The demo's start page as values: the clock of the day, and who is worth a look."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.config import Settings
from portal.domain.delivery import Shipment
from portal.domain.events import Happening
from portal.domain.shipment import Status
from portal.web.headline import Window, window_view
from portal.web.local import Local

NOTEBOOK = "demo.json"

CAN_CHOOSE = {Status.ANNOUNCED, Status.IN_TRANSIT, Status.AT_DEPOT}

# Which number of stops before a door makes the best moment to look: close, but with some way to go.
BEST_STOPS_BEFORE = (2, 3, 1, 4, 0, 5, 6)


@dataclass(frozen=True, slots=True)
class DayClock:
    """The day's time, how much of it is over (0 to 1), and how fast it goes."""

    time: str
    share: float
    speed: float
    over: bool
    real_minutes_left: int


@dataclass(frozen=True, slots=True)
class Card:
    """A person one can be: their story and how it stands now."""

    title: str
    story: str
    name: str = ""
    brand: str = ""
    language: str = ""
    link: str = ""
    shipment_id: int = 0
    window: Window | None = None


def read_notebook(folder: Path) -> dict[str, Any]:
    """What the demo wrote for its pages; empty before the day has begun."""
    try:
        found: dict[str, Any] = json.loads((folder / NOTEBOOK).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found


def moment(text: str) -> datetime:
    """A moment as the notebook writes it."""
    return datetime.fromisoformat(text)


def day_clock(settings: Settings, now: datetime, local: Local) -> DayClock:
    """Where the day stands."""
    starts, ends = settings.clock_starts_at or now, settings.clock_ends_at or now
    whole = (ends - starts).total_seconds() or 1.0
    share = min(max((now - starts).total_seconds() / whole, 0.0), 1.0)
    left = max((ends - now).total_seconds(), 0.0) / settings.clock_speed
    return DayClock(
        local.time(now), round(share, 3), settings.clock_speed, now >= ends, max(1, round(left / 60))
    )


def cards(
    wanted: Sequence[Mapping[str, Any]],
    people: Mapping[str, Mapping[str, str]],
    known: Mapping[str, Shipment],
    local: Local,
) -> list[Card]:
    """A card for each wanted person; `people` and `known` by reference. Nobody is on two cards."""
    by_name = {person["name"]: reference for reference, person in people.items()}
    named = [[by_name[name] for name in one.get("names", ()) if by_name.get(name) in known] for one in wanted]
    taken = {reference for references in named for reference in references}
    strangers = {reference: shipment for reference, shipment in known.items() if reference not in taken}
    found = []
    for one, references in zip(wanted, named, strict=True):
        match one.get("pick"):
            case "near":
                chosen = _near(strangers)
            case "waiting":
                chosen = next((ref for ref in references if known[ref].state.status in CAN_CHOOSE), "")
            case _:
                chosen = ""
        found.append(_card(one, people, known, chosen or next(iter(references), ""), local))
    return found


def _card(
    one: Mapping[str, Any],
    people: Mapping[str, Mapping[str, str]],
    known: Mapping[str, Shipment],
    reference: str,
    local: Local,
) -> Card:
    title, story = one.get("title", ""), one["story"]
    if not reference:
        return Card(title, story)
    person, shipment = people[reference], known[reference]
    name, brand, language, link = (person[key] for key in ("name", "brand", "language", "link"))
    return Card(title, story, name, brand, language, link, shipment.id, window_view(shipment, local))


def _near(known: Mapping[str, Shipment]) -> str:
    """Whose van is near, with some way to go; an empty string while no van is near anybody."""
    best = {stops: place for place, stops in enumerate(BEST_STOPS_BEFORE)}
    ranked = [
        (best[shipment.live.stops_before], reference)
        for reference, shipment in known.items()
        if shipment.state.status is Status.ON_VAN
        and shipment.state.heading is not Happening.NO_LONGER_HEADING
        and shipment.live
        and shipment.live.stops_before in best
    ]
    return min(ranked, default=(0, ""))[1]
