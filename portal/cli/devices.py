"""Commands for phones in vans, and for the trail that vans leave."""

import io
from collections.abc import Callable
from datetime import datetime

import click
import segno

from portal.cli.asking import House
from portal.flows import operate_devices as operate
from portal.flows.operate_terms import SpeakingKit


def _whose(command: Callable[..., None]) -> Callable[..., None]:
    command = click.option("--operator", is_flag=True, help="the operator's van, which drives for all")(
        command
    )
    return click.option("--shipper", "slug", default="", help="whose van it is")(command)


def _slug(slug: str, operator: bool) -> str:
    if bool(slug) == operator:
        raise click.UsageError("Say whose van it is: --shipper SLUG, or --operator.")
    return slug


@click.group()
def device() -> None:
    """Phones and trackers that tell where vans are: OwnTracks, Traccar."""


@device.command("add")
@click.argument("van")
@_whose
@click.option("--label", default="", help="which phone it is")
@click.option(
    "--qr",
    type=click.Choice(["traccar", "owntracks", "none"]),
    default="traccar",
    show_default=True,
    help="a picture that sets the app up: scanned inside Traccar Client, or with the camera for OwnTracks",
)
@click.pass_obj
def device_add(house: House, van: str, slug: str, operator: bool, label: str, qr: str) -> None:
    """Give a van's phone its addresses; they are printed once."""
    whose = _slug(slug, operator)

    def add(kit: SpeakingKit, now: datetime) -> list[str]:
        lines, address = operate.add_device(kit, van, whose, label, now)
        if qr == "none":
            return lines
        return [*lines, _drawn(address.owntracks() if qr == "owntracks" else address.traccar_client())]

    house.says(add)


def _drawn(text: str) -> str:
    """A QR code of half blocks, as a terminal shows it."""
    page = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out=page, border=2, compact=True)
    return page.getvalue()


@device.command("list")
@click.pass_obj
def device_list(house: House) -> None:
    """Say whose they are and when each was heard last."""
    house.says(lambda kit, now: operate.list_devices(kit))


@device.command("revoke")
@click.argument("device_id", type=int)
@click.pass_obj
def device_revoke(house: House, device_id: int) -> None:
    """End a device by its number."""
    house.says(lambda kit, now: operate.revoke_device(kit, device_id, now))


@click.group()
def van() -> None:
    """Vans, and where they were."""


@van.command("trail")
@click.argument("van")
@_whose
@click.option("--reason", default="", help="why you look; it is written down")
@click.option("--hours", type=click.FloatRange(0.1, 24), default=24.0, show_default=True)
@click.pass_obj
def van_trail(house: House, van: str, slug: str, operator: bool, reason: str, hours: float) -> None:
    """Print where a van was, as CSV, to settle a dispute."""
    whose = _slug(slug, operator)
    house.says(lambda kit, now: operate.read_trail(kit, van, whose, reason, hours, now))
