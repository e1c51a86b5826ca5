"""Commands for making good: what a shipper gives for which trouble, how far each role may go, what was given."""

from datetime import timedelta

import click

from portal.cli.asking import House
from portal.domain.goodwill import Gift
from portal.flows import operate_goodwill as operate
from portal.web.csv_out import table

HEAD = ("gift", "shipment", "reason", "amount", "unit", "given_at", "given_by", "taken_back_at")


@click.group()
def goodwill() -> None:
    """What a shipper makes good."""


@goodwill.command("list")
@click.argument("slug")
@click.pass_obj
def show(house: House, slug: str) -> None:
    """Print a shipper's reasons and ceilings."""
    house.says(lambda kit, now: operate.listed(kit, slug))


@goodwill.command("set")
@click.argument("slug")
@click.argument("code")
@click.argument("words")
@click.argument("amount")
@click.argument("unit")
@click.option("--quiet", is_flag=True, help="the recipient is not told")
@click.pass_obj
def put(house: House, slug: str, code: str, words: str, amount: str, unit: str, quiet: bool) -> None:
    """Add or change a reason: `goodwill set fern late "Late delivery" 5.00 EUR`."""
    house.says(lambda kit, now: operate.put_reason(kit, slug, code, words, amount, unit, not quiet))


@goodwill.command("remove")
@click.argument("slug")
@click.argument("code")
@click.pass_obj
def remove(house: House, slug: str, code: str) -> None:
    """Offer a reason no longer; what was given by it stays."""
    house.says(lambda kit, now: operate.remove_reason(kit, slug, code))


@goodwill.command("ceiling")
@click.argument("slug")
@click.argument("role", type=click.Choice(["agent", "lead", "admin"]))
@click.argument("amount")
@click.argument("unit")
@click.pass_obj
def ceiling(house: House, slug: str, role: str, amount: str, unit: str) -> None:
    """Set the most that a role may let one shipment get; `none` as AMOUNT takes the ceiling away."""
    house.says(lambda kit, now: operate.put_ceiling(kit, slug, role, amount, unit))


@goodwill.command("given")
@click.argument("slug")
@click.option("--days", default=31, show_default=True, type=click.IntRange(1, 400))
@click.pass_obj
def given(house: House, slug: str, days: int) -> None:
    """Print what was given lately, as CSV."""
    house.says(
        lambda kit, now: [
            table(HEAD, map(_row, operate.given(kit, slug, now - timedelta(days=days)))).rstrip()
        ]
    )


def _row(gift: Gift) -> tuple[str, ...]:
    back = gift.taken_back_at.isoformat() if gift.taken_back_at else ""
    number = f"{gift.hundredths // 100}.{gift.hundredths % 100:02d}"
    return (gift.id, str(gift.shipment_id), gift.code, number, gift.unit, gift.at.isoformat(), gift.by, back)
