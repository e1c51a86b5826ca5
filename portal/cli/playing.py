"""Commands that bring files and days to life: the demo, the replay of finished rounds."""

from pathlib import Path

import click

from portal.cli.asking import PORT, House, stop


@click.command()
@click.option("--port", type=PORT, default=8000, show_default=True)
@click.option("--speed", default=60.0, show_default=True, help="simulated seconds per real second")
def demo(port: int, speed: float) -> None:
    """A whole delivery day on this computer, no account needed."""
    from portal.demo import run

    run.main(port, speed)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--speed",
    default=0.0,
    show_default=True,
    help="simulated seconds per real second; 0: as fast as possible",
)
@click.option(
    "--report", type=click.Path(path_type=Path), default=None, help="write the report here, as JSON"
)
@click.option(
    "--calibrate-on", type=click.Path(path_type=Path), default=None, help="learn from these rounds first"
)
@click.option("--level", type=click.Choice(["80", "90"]), default="90", show_default=True)
@click.pass_obj
def replay(
    house: House, file: Path, speed: float, report: Path | None, calibrate_on: Path | None, level: str
) -> None:
    """Play real finished rounds through the public API and score every window shown."""
    from portal.demo import replay as playing

    try:
        playing.main(
            house.make, file, speed=speed, report=report, calibrate_on=calibrate_on, level=int(level)
        )
    except playing.BadFile as bad:
        stop(str(bad))
