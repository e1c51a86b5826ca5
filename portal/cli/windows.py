"""Commands about windows: what the rounds of late teach, now instead of tonight."""

from collections.abc import Iterable, Iterator

import click

from portal.cli.asking import House, stop
from portal.domain.travel import PROFILES
from portal.flows import learning
from portal.store.spreads import Lesson


@click.group()
def windows() -> None:
    """How wide windows must be."""


@windows.command("learn")
@click.pass_obj
def windows_learn(house: House) -> None:
    """Learn from the rounds of the last 30 days, as is done every night."""
    app = house.app()
    with app.app_context():
        lessons, failed = learning.everywhere(app.extensions["doorstep"])
    for line in lines_of(lessons):
        click.echo(line)
    if failed:
        stop(f"could not learn from {', '.join(map(named, failed))}; the log says why.")
    if not lessons:
        click.echo("There is no round of the last 30 days to learn from.")


def lines_of(lessons: Iterable[Lesson]) -> Iterator[str]:
    """One line for each depot and kind of round that taught something, then what was left out and why."""
    last_kind, level = list(PROFILES)[-1], learning.LEVELS[-1]
    for one in (lesson for lesson in lessons if lesson.table.level == level):
        whose = named((one.owner, one.depot))
        if one.rounds:
            kind = one.kind.replace("_", " ")
            yield f"{whose}, {kind}: {one.rounds} rounds, {one.deliveries} deliveries."
        if one.kind == last_kind and one.left_out:
            reasons = "; ".join(f"{many} {because}" for because, many in sorted(one.left_out.items()))
            yield f"{whose}, left out: {reasons}."


def named(depot: tuple[int, str]) -> str:
    """A depot as an operator knows it."""
    owner, name = depot
    return f"Depot {name or 'without a name'}{f' of shipper {owner}' if owner else ''}"
