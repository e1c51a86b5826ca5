"""Scores every window that a replay showed, and says so in numbers and in a table."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import fmean, median
from typing import Any

from portal.demo.replay_day import known, reference
from portal.demo.replay_file import Delivery, Rounds
from portal.domain.delivery import Promise
from portal.domain.window import Outcome, Score, score

BUCKETS = (("0-20", 20.0), ("20-60", 60.0), ("60-180", 180.0), ("over 180", float("inf")))
STOPS_AWAY = (1, 2, 3, 5, 10, 15, 20)
NEAR_STOPS = 10


@dataclass(frozen=True, slots=True)
class Sighting:
    """What a recipient's page said when a stop was finished, `stops_away` stops before their own."""

    reference: str
    stops_away: int
    promise: Promise


Ledger = Mapping[str, Sequence[Promise]]


def away(stops: Sequence[Delivery], now: datetime) -> list[tuple[int, Delivery]]:
    """The deliveries still to come as known now, each with its number of stops away, 1 for the next."""
    return list(enumerate((one for one in known(stops, now) if one.delivered_at > now), 1))


def report(
    rounds: Rounds, ledger: Ledger, sightings: Iterable[Sighting], level: int, seconds: float
) -> dict[str, Any]:
    """The report of a replay: only windows that were shown before the delivery, as they were shown."""
    at = {reference(one): one.delivered_at for stops in rounds.values() for one in stops}
    claims = [
        (promise, score(promise.start, promise.end, at[ref]))
        for ref, shown in ledger.items()
        for promise in shown
        if promise.level and promise.updated_at <= at[ref]
    ]
    seen = [one for one in sightings if one.promise.level]
    changes, right = _last_stops(rounds, ledger)
    return {
        "rounds": len(rounds),
        "deliveries": len(at),
        "level": level / 100,
        "seconds": round(seconds, 1),
        "buckets": _buckets(claims),
        "by_stops": _by_stops(seen, at),
        "changes_per_delivery": round(fmean(changes), 2) if changes else None,
        "right_in_every_window": round(fmean(right), 3) if right else None,
        "deliveries_with_a_window": len(right),
        "windows_shown": len(claims),
        "today_between_shown": sum(not promise.level for shown in ledger.values() for promise in shown),
    }


def _buckets(claims: Sequence[tuple[Promise, Score]]) -> list[dict[str, Any]]:
    rows, least = [], 0.0
    for name, most in BUCKETS:
        scores = [result for promise, result in claims if least <= _minutes_left(promise) < most]
        if scores:
            rows.append({"minutes_left": name, **_figures(scores)})
        least = most
    return rows


def _minutes_left(promise: Promise) -> float:
    at = promise.expected_at or promise.start
    return max((at - promise.updated_at).total_seconds() / 60, 0.0)


def _by_stops(seen: Sequence[Sighting], at: Mapping[str, datetime]) -> list[dict[str, Any]]:
    rows = []
    for stops in STOPS_AWAY:
        here = [one for one in seen if one.stops_away == stops]
        if not here:
            continue
        scores = [score(one.promise.start, one.promise.end, at[one.reference]) for one in here]
        off = [
            abs((one.promise.expected_at - at[one.reference]).total_seconds()) / 60
            for one in here
            if one.promise.expected_at
        ]
        error = round(fmean(off), 1) if off else None
        rows.append({"stops_away": stops, **_figures(scores), "mean_error_minutes": error})
    return rows


def _figures(scores: Sequence[Score]) -> dict[str, Any]:
    count = Counter(result.outcome for result in scores)
    return {
        "shown": len(scores),
        "held": round(count[Outcome.INSIDE] / len(scores), 3),
        "late": round(count[Outcome.LATE] / len(scores), 3),
        "early": round(count[Outcome.EARLY] / len(scores), 3),
        "median_width_minutes": round(median(result.width_minutes for result in scores)),
    }


def _last_stops(rounds: Rounds, ledger: Ledger) -> tuple[list[int], list[bool]]:
    """For each delivery that had a window within its last ten stops: its changes, and whether all were right.

    The window that stood when the tenth stop from the end began is the first; losing it to "today between"
    counts as a change, but claims nothing that could be wrong.
    """
    changes, right = [], []
    for stops in rounds.values():
        for number, one in enumerate(stops):
            shown = [p for p in ledger.get(reference(one), ()) if p.updated_at <= one.delivered_at]
            before_ten = stops[number - NEAR_STOPS].delivered_at if number >= NEAR_STOPS else None
            near = [p for p in shown if before_ten is None or p.updated_at >= before_ten]
            stood = [p for p in shown if p not in near][-1:]
            counted = _from_first_claim([*stood, *near])
            if not counted:
                continue
            changes.append(len(counted) - 1)
            claims = (p for p in counted if p.level)
            right.append(all(p.start <= one.delivered_at <= p.end for p in claims))
    return changes, right


def _from_first_claim(shown: Sequence[Promise]) -> Sequence[Promise]:
    first = next((place for place, promise in enumerate(shown) if promise.level), len(shown))
    return shown[first:]


def table(result: Mapping[str, Any]) -> list[str]:
    """The report as lines for a person."""
    lines = [
        f"{result['deliveries']} deliveries of {result['rounds']} rounds in {result['seconds']} s; "
        f"windows meant to hold {result['level']:.0%} of the time",
        "",
        _head("minutes left"),
    ]
    lines += [_line(row["minutes_left"], row) for row in result["buckets"]]
    lines += [
        "",
        f"{_head('stops away')} {'off, min':>9}",
    ]
    lines += [
        _line(row["stops_away"], row) + f" {row['mean_error_minutes']!s:>9}" for row in result["by_stops"]
    ]
    if result["right_in_every_window"] is not None:
        lines += [
            "",
            f"in the last ten stops: {result['changes_per_delivery']} changes a delivery, "
            f"{result['right_in_every_window']:.1%} right in every window shown",
        ]
    return lines


def _head(name: str) -> str:
    return f"{name:>14} {'shown':>7} {'held':>7} {'late':>7} {'early':>7} {'width, min':>11}"


def _line(name: object, row: Mapping[str, Any]) -> str:
    shares = " ".join(f"{row[share]:>7.1%}" for share in ("held", "late", "early"))
    return f"{name!s:>14} {row['shown']:>7} {shares} {row['median_width_minutes']:>11}"
