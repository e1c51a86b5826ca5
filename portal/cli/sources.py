"""Commands for other systems whose webhooks become events."""

import click

from portal.cli.asking import House
from portal.flows import operate_sources as operate


@click.group()
def source() -> None:
    """Other systems whose webhooks become events: Onfleet, EasyPost, AfterShip, Karrio."""


@source.command("add")
@click.argument("kind", type=click.Choice(operate.KINDS))
@click.option("--shipper", "slug", required=True, help="whose shipments it speaks of")
@click.option("--secret", default="", help="what it signs with; made where the system takes ours")
@click.option("--label", default="", help="what it is for")
@click.pass_obj
def source_add(house: House, kind: str, slug: str, secret: str, label: str) -> None:
    """Make an address for a system; it is printed once."""
    house.says(lambda kit, now: operate.add_source(kit, kind, slug, secret, label, now))


@source.command("list")
@click.pass_obj
def source_list(house: House) -> None:
    """Say whose they are, when each was heard last, and what it said that nobody knows."""
    house.says(lambda kit, now: operate.list_sources(kit))


@source.command("revoke")
@click.argument("source_id", type=int)
@click.pass_obj
def source_revoke(house: House, source_id: int) -> None:
    """End a source by its number."""
    house.says(lambda kit, now: operate.revoke_source(kit, source_id, now))
