"""`doorstep import shipments`: a carrier with a spreadsheet. Good rows are kept, bad ones listed by line."""

import sys
from collections import Counter
from functools import partial
from pathlib import Path

import click

from portal.cli import spreadsheet
from portal.cli.asking import House, stop
from portal.cli.spreadsheet import BadRow, BadSheet
from portal.flows.intake import Told, take_shipments
from portal.wiring import Kit

# One transaction each, so that a long file neither holds the database nor is lost as a whole.
ROWS_AT_ONCE = 200


@click.group("import")
def bring() -> None:
    """Bring in what other systems know."""


@bring.command("shipments")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--shipper", "slug", default="", help="whose; absent: the column `shipper`, or the only one there is"
)
@click.pass_obj
def shipments(house: House, file: Path, slug: str) -> None:
    """Take shipments from a CSV file with a header; the columns are in docs/dispatch.md.

    Bad rows are listed by line, good ones are kept. The same file again changes nothing.
    """
    kit: Kit = house.app().extensions["doorstep"]
    try:
        sheet = spreadsheet.read(file)
    except BadSheet as bad:
        stop(str(bad))
    with kit.reading() as session:
        shippers = {one.slug: one for one in kit.shippers(session).values()}
    if slug and slug not in shippers:
        stop(f"there is no shipper {slug!r}; add it with `doorstep shipper add`.")
    if sheet.strange:
        click.echo(f"Columns we do not know, not kept: {', '.join(sheet.strange)}.", err=True)
    usual = slug or (next(iter(shippers)) if len(shippers) == 1 else "")
    read = list(spreadsheet.tell(sheet, shippers, usual))
    outcomes = _keep(kit, [one[1] for one in read if not isinstance(one, BadRow)])
    bad_rows = [one for one in read if isinstance(one, BadRow)]
    for row in bad_rows:
        click.echo(f"line {row.line}: {row.why}")
    counts = (f"{outcomes[name]} {name}" for name in ("created", "updated", "unchanged"))
    click.echo(f"{', '.join(counts)}, {len(bad_rows)} rejected.")
    if bad_rows:
        stop(f"{len(bad_rows)} of {len(read)} rows were not taken; correct them and run it again.")


def _keep(kit: Kit, told: list[Told]) -> Counter[str]:
    outcomes: Counter[str] = Counter()

    def take(some: list[Told]) -> list[str]:
        with kit.transaction() as session:
            return [kept.outcome for kept in take_shipments(session, kit.voice, some, kit.now())]

    with click.progressbar(length=len(told), label="Shipments", file=sys.stderr) as bar:
        for start in range(0, len(told), ROWS_AT_ONCE):
            some = told[start : start + ROWS_AT_ONCE]
            outcomes.update(kit.database.played(partial(take, some)))
            bar.update(len(some))
    return outcomes
