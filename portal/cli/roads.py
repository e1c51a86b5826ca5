"""The command that makes a road file of a map file."""

from pathlib import Path

import click

from portal.cli.asking import stop


@click.group()
def roads() -> None:
    """Travel times by road."""


@roads.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=Path("roads.npz"),
    show_default=True,
    help="where to write the road file",
)
def build(file: Path, out: Path) -> None:
    """Make a road file of FILE, a cut-out of OpenStreetMap (.osm.pbf)."""
    from portal.roads import reading, roadmap

    try:
        found = reading.read(file, lambda line: click.echo(f"  {line}", err=True))
        roadmap.save(found.roads, out)
    except roadmap.BadRoads as bad:
        stop(str(bad))
    places, pieces, lines = len(found.roads.lat), len(found.roads.tail), len(found.roads.line_kind)
    click.echo(
        f"{out}: {found.ways:,} ways, {found.km:,.0f} km; {places:,} places, {pieces:,} pieces of road, "
        f"{lines:,} lines to draw, {out.stat().st_size / 1e6:.1f} MB."
    )
    if found.left_out:
        click.echo(f"{found.left_out:,} places are left out: no road leads there, or none leads back.")
    if found.main_share < 1:
        click.echo(f"The largest part that hangs together has {found.main_share:.0%} of the places.")
    click.echo(
        f"Set ROADS_FILE={out.resolve()} and start again. The data is (c) OpenStreetMap contributors, ODbL."
    )
