"""One round thought through again: which windows its doors see from now on, and what is worth a message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from portal.domain.delivery import Promise
from portal.domain.eta import Estimate, estimate
from portal.domain.record import Stage, by_width, live_stage
from portal.domain.round import Fix, Round
from portal.domain.round_news import Door, Tell, Told, news_of
from portal.domain.spreads import Table
from portal.domain.travel import Profile
from portal.domain.window import Sight, Source, next_window

STALE_AFTER = timedelta(minutes=5)
LOST_AFTER = timedelta(minutes=60)
# The estimate kept beside an unchanged window is refreshed when it is off by two minutes or a tenth.
REFRESH_MINUTES = 2.0
REFRESH_SHARE = 0.1
# No shipper can ask for more notice than this many stops (portal/domain/rules.py), so none before is kept.
STOPS_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Yardstick:
    """What estimates are measured by: the kind of town, and by level the spreads its windows need."""

    profile: Profile
    tables: Mapping[int, Table]


@dataclass(frozen=True, slots=True)
class Replanned:
    """What changed, by shipment id. `windows` are to be kept; those of `shown` go into the ledger too.

    `origins` has for each of `shown` from what it was worked out: Estimate.origin, and `stale` if the fix was old.
    """

    windows: Mapping[int, Promise]
    shown: Mapping[int, Promise]
    news: tuple[Tell, ...]
    told: Mapping[int, Told]
    origins: Mapping[int, Mapping[str, str | float | bool]] = field(default_factory=dict)


def replan(
    planned: Round,
    doors: Mapping[int, Door],
    van: Fix | None,
    yardstick: Yardstick,
    now: datetime,
    *,
    at_stop: bool,
) -> Replanned:
    """Estimate every open stop once and decide for each door. `at_stop`: a stop was done, or replanned."""
    sight = how_well_seen(planned, van, now)
    windows: dict[int, Promise] = {}
    shown: dict[int, Promise] = {}
    news: list[Tell] = []
    told: dict[int, Told] = {}
    origins: dict[int, Mapping[str, str | float | bool]] = {}
    guesses = estimate(planned, now, van, yardstick.profile)
    for place, guess in enumerate(guesses):
        door = doors.get(guess.shipment_id)
        if door is None or not door.expects:
            continue
        before = door.live or door.planned
        window = next_window(before, guess, yardstick.tables[door.level], now, sight, at_stop=at_stop)
        if window is None and door.live is None and door.planned is not None:
            kept = confirmed(door.planned, guess, door.level, now)
            windows[door.shipment_id] = replace(kept, minutes_ahead=_ahead(guesses, place))
            told[door.shipment_id] = replace(door.told, start=kept.start, end=kept.end)
            continue
        if window is not None:
            stage = live_stage(guess.minutes_left)
            window = replace(window, minutes_ahead=_ahead(guesses, place), stage=stage)
            shown[door.shipment_id] = windows[door.shipment_id] = window
            origins[door.shipment_id] = {**guess.origin, "stale": sight.stale}
        elif door.live is not None and (fresh := refreshed(door.live, guess, now)):
            windows[door.shipment_id] = replace(fresh, minutes_ahead=_ahead(guesses, place))
        tell, after = news_of(door, guess, window, at_stop=at_stop)
        if tell is not None:
            news.append(tell)
        if after != door.told:
            told[door.shipment_id] = after
    return Replanned(windows, shown, tuple(news), told, origins)


def _ahead(guesses: Sequence[Estimate], place: int) -> tuple[int, ...]:
    """How long before this stop the van is done at the ones before it, nearest first; nothing once it left the plan."""
    here = guesses[place]
    if not here.in_order:
        return ()
    before = reversed(guesses[max(0, place - STOPS_AHEAD) : place])
    return tuple(round(here.minutes_left - one.minutes_left) for one in before)


def how_well_seen(planned: Round, van: Fix | None, now: datetime) -> Sight:
    """Whether the fix is old, and whether the van gave no sign of life at all, by fix or finished stop."""
    stale = van is None or now - van.at > STALE_AFTER
    signs = [stop.done_at for stop in planned.stops if stop.done_at is not None]
    signs += [at for at in (van.at if van else None, planned.departed_at) if at is not None]
    return Sight(stale, bool(signs) and now - max(signs) > LOST_AFTER)


def confirmed(planned: Promise, guess: Estimate, level: int, now: datetime) -> Promise:
    """The window that was promised, while the round says that it will be kept: nothing is gained by a wider one.

    `level` is what hours of a planned round were worked out for; a plan that was read back does not say.
    """
    ours = planned.source == Source.ROUTE and by_width(planned) is not Stage.DATE
    return replace(
        planned,
        updated_at=now,
        expected_at=guess.at,
        stops_before=guess.stops_before if guess.in_order else None,
        confidence=guess.confidence,
        level=planned.level or (level if ours else 0),
    )


def refreshed(live: Promise, guess: Estimate, now: datetime) -> Promise | None:
    """The same window with the present estimate beside it, or None where that is hardly news."""
    before = guess.stops_before if guess.in_order else None
    if before == live.stops_before and live.expected_at is not None:
        off_minutes = abs((guess.at - live.expected_at).total_seconds()) / 60
        if off_minutes <= max(REFRESH_MINUTES, REFRESH_SHARE * guess.minutes_left):
            return None
    return replace(
        live, updated_at=now, expected_at=guess.at, stops_before=before, confidence=guess.confidence
    )
