"""Plays finished rounds through the public API at their real times, and scores every window shown."""

import json
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from flask import Flask

from portal.demo import replay_report
from portal.demo.replay_day import DEPOT, Beat, beats, reference
from portal.demo.replay_file import BadFile, Delivery, Rounds, read
from portal.demo.replay_house import House, SaidNo, opened
from portal.demo.replay_report import Sighting, away, table
from portal.domain.calibration import learn, pairs_of
from portal.domain.geo import Point
from portal.domain.round import Round, RoundStop
from portal.domain.spreads import Table, default_table
from portal.domain.town import kind_of

__all__ = ["BadFile", "main", "play"]

if TYPE_CHECKING:
    from click._termui_impl import ProgressBar

Step = Callable[[Beat], None]


def main(
    make: Callable[..., Flask],
    file: Path,
    *,
    speed: float = 0.0,
    report: Path | None = None,
    calibrate_on: Path | None = None,
    level: int = 90,
) -> None:
    """The command. `speed` is simulated seconds a real one, 0 for as fast as possible. Raises BadFile."""
    if speed < 0:
        raise BadFile("--speed must be 0 or more.")
    if report is not None and not report.absolute().parent.is_dir():
        raise BadFile(f"{report} cannot be written: there is no folder {report.absolute().parent}.")
    rounds = read(file)
    spreads = learned(read(calibrate_on), rounds, level) if calibrate_on else {}
    count = sum(len(stops) for stops in rounds.values())
    bar: ProgressBar[int] = click.progressbar(length=count, label="deliveries", file=sys.stderr)

    def step(beat: Beat) -> None:
        bar.update(beat.delivered)

    try:
        with bar:
            result = play(make, rounds, level=level, speed=speed, spreads=spreads, step=step)
    except SaidNo as no:
        raise BadFile(f"{file}: {no}") from None
    for line in table(result):
        click.echo(line)
    if report is not None:
        report.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


def play(
    make: Callable[..., Flask],
    rounds: Rounds,
    *,
    level: int = 90,
    speed: float = 0.0,
    spreads: dict[str, Table] | None = None,
    step: Step = lambda beat: None,
) -> dict[str, Any]:
    """Play the rounds in a house of their own, all interleaved in true order; the report of docs/dispatch.md."""
    begun = time.monotonic()
    first = min(one.known_at for stops in rounds.values() for one in stops)
    sightings: list[Sighting] = []
    with opened(make, first - timedelta(minutes=1), level, spreads or {}) as house:
        for beat in beats(rounds):
            if speed:
                _sleep_until(begun + (beat.at - first).total_seconds() / speed)
            house.clock.move_to(beat.at)
            for kind in ("shipments", "routes", "events", "positions"):
                house.send(kind, getattr(beat, kind))
            sightings += _look(house, rounds, beat)
            step(beat)
        return replay_report.report(rounds, house.ledger(), sightings, level, time.monotonic() - begun)


def _sleep_until(at: float) -> None:
    time.sleep(max(0.0, at - time.monotonic()))


def _look(house: House, rounds: Rounds, beat: Beat) -> Iterator[Sighting]:
    """What the pages say to those who wait, each time their van has finished a stop."""
    waiting = [found for name in beat.done for found in away(rounds[name], beat.at)]
    windows = house.live_windows([reference(one) for _, one in waiting])
    for stops_away, one in waiting:
        if window := windows.get(reference(one)):
            yield Sighting(reference(one), stops_away, window)


def learned(finished: Rounds, scored: Rounds, level: int) -> dict[str, Table]:
    """Spreads from other rounds, for the depot of the replay. Raises BadFile if the same are scored."""
    secret = {_what(one) for stops in scored.values() for one in stops}
    both = [name for name, stops in finished.items() if any(_what(one) in secret for one in stops)]
    if both:
        raise BadFile(f"round {both[0]} is both learned from and scored; that would prove nothing.")
    rounds = [driven(stops) for stops in finished.values()]
    kinds = [kind_of(one) for one in rounds]
    default = default_table(max(kinds, key=kinds.count).name, level)
    return {DEPOT: learn((pairs_of(one, kind) for one, kind in zip(rounds, kinds, strict=True)), default)}


def _what(one: Delivery) -> tuple[object, ...]:
    """A delivery by itself: the same one in another file, or under another name of its round, is still the same."""
    return one.stop_id, one.delivered_at, one.lat, one.lng


def driven(stops: tuple[Delivery, ...]) -> Round:
    """A finished round as the rules see it; shipments are numbered in the order driven."""
    return Round(
        tuple(
            RoundStop(
                shipment_id=number,
                seq=one.seq,
                point=Point(one.lat, one.lng),
                service_seconds=one.service_seconds,
                done_at=one.delivered_at,
                known_at=one.known_at,
            )
            for number, one in enumerate(stops)
        )
    )
