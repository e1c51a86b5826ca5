"""Commands for lockers and slots, for who has no system that tells them."""

from typing import Any

import click

from portal.cli.asking import House
from portal.cli.whose import owner_of_slug, whose
from portal.domain.lockers import Sort
from portal.flows import operate_places as operate
from portal.flows.set_up import OPERATOR
from portal.store import lockers, slots
from portal.web.places_told import read_locker, read_slot


@click.group()
def locker() -> None:
    """Lockers and pickup points."""


@locker.command("list")
@whose
@click.pass_obj
def locker_list(house: House, slug: str, operator: bool) -> None:
    """Say which there are, and how full they are."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        owner, after, lines = owner_of_slug(session, slug, operator), "", []
        while some := lockers.listed(session, owner, after):
            lines += [operate.locker_line(one) for one in some]
            after = some[-1].key
        return lines or ["There is no locker yet."]

    house.keeps(act)


@locker.command("put")
@whose
@click.argument("key")
@click.option("--name", required=True, help="as recipients read it")
@click.option("--address", required=True)
@click.option("--lat", required=True, help="degrees")
@click.option("--lng", required=True, help="degrees")
@click.option("--hours", default="", help="opening hours, in words")
@click.option("--hold-hours", default="72", show_default=True, help="how long a parcel may wait")
@click.option("--sort", type=click.Choice([one.value for one in Sort]), default="locker", show_default=True)
@click.option("--reachable", is_flag=True, help="without steps")
@click.option("--box", "boxes", multiple=True, required=True, help=f'one kind each: "{operate.BOX_SAID}"')
@click.pass_obj
def locker_put(
    house: House, /, slug: str, operator: bool, key: str, boxes: tuple[str, ...], **told: Any
) -> None:
    """Add a locker, or change it; what is taken stays taken."""
    read = read_locker({"locker": key, **told, "compartments": [operate.box_of(box) for box in boxes]})

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        owner = owner_of_slug(session, slug, operator)
        return [f"Locker {read.key}: {operate.put_locker(session, OPERATOR, owner, read, now)}."]

    house.keeps(act)


@locker.command("close")
@whose
@click.argument("key")
@click.pass_obj
def locker_close(house: House, slug: str, operator: bool, key: str) -> None:
    """Offer it no more; what is in it can be collected."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        operate.close_locker(session, OPERATOR, owner_of_slug(session, slug, operator), key, now)
        return [f"Locker {key} is offered no more."]

    house.keeps(act)


@click.group()
def slot() -> None:
    """Delivery times that recipients may choose."""


@slot.command("list")
@whose
@click.pass_obj
def slot_list(house: House, slug: str, operator: bool) -> None:
    """Say which are to come, and how full they are; times in UTC."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        found = slots.listed(session, owner_of_slug(session, slug, operator), now)
        return [operate.slot_line(one) for one in found] or ["There is no slot to come."]

    house.keeps(act)


@slot.command("put")
@whose
@click.argument("key")
@click.option("--zone", default="", help="as shipments name theirs")
@click.option("--start", required=True, help="like 2026-03-01T18:00+01:00")
@click.option("--end", required=True, help="like 2026-03-01T20:00+01:00")
@click.option("--closes-at", required=True, help="chosen at the latest")
@click.option("--capacity", required=True, help="how many; 0 offers it no more")
@click.pass_obj
def slot_put(house: House, /, slug: str, operator: bool, key: str, **told: str) -> None:
    """Add a slot, or change it; what is booked stays booked."""
    read = read_slot({"slot": key, **told})

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        owner = owner_of_slug(session, slug, operator)
        return [f"Slot {read.key}: {operate.put_slot(session, OPERATOR, owner, read, now)}."]

    house.keeps(act)
