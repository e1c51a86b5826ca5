"""Commands for how a shipper looks, and for what of it is set up."""

from pathlib import Path
from typing import Any

import click

from portal.cli.asking import House
from portal.flows import logos, operate_brand, set_up, set_up_state
from portal.flows.operate import shipper_named
from portal.flows.set_up import OPERATOR


@click.command("list")
@click.pass_obj
def shipper_list(house: House) -> None:
    """Say which shippers there are, and what of each needs a look."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        lines = []
        for one in sorted(kit.voice.shippers(session).values(), key=lambda one: one.slug):
            states = set_up_state.look(session, one, now)
            missing = [state.sentence for state in states if state.how is set_up_state.How.MISSING]
            lines.append("  ".join([one.slug, one.name, *missing]))
        return lines or ["There is no shipper yet."]

    house.keeps(act)


@click.command("check")
@click.argument("slug")
@click.pass_obj
def shipper_check(house: House, slug: str) -> None:
    """Say what of a shipper is set up and what is missing."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        states = set_up_state.look(session, shipper_named(session, slug), now)
        return [f"{state.how:8} {state.noun:8} {state.sentence}" for state in states]

    house.keeps(act)


@click.command("brand")
@click.argument("slug")
@click.option("--name", help="as recipients read it")
@click.option("--language", help="of its recipients, unless they have one")
@click.option("--timezone", help="IANA zone of its doors")
@click.option("--country", help="two letters")
@click.option("--color", help="#rrggbb")
@click.option("--text-color", help="#rrggbb, the ink on its button")
@click.option("--support-email", help="shown to recipients; replies to emails go there")
@click.option("--support-phone", help="shown to recipients")
@click.option("--support-hours", help="of that phone, in words")
@click.option("--email-name", help="the name emails come from")
@click.option("--sms-sender", help="the name texts come from; nobody can answer those")
@click.option(
    "--logo", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PNG, JPEG or WebP"
)
@click.option("--no-logo", is_flag=True, help="show the name instead")
@click.pass_obj
def shipper_brand(house: House, /, slug: str, logo: Path | None, no_logo: bool, **typed: str | None) -> None:
    """Set how a shipper is called and looks, or print it; an empty value ("") takes one back."""
    if logo and no_logo:
        raise click.UsageError("Give --logo or --no-logo, not both.")
    wanted = {name: text for name, text in typed.items() if text is not None}
    drawn = logos.drawn(logo.read_bytes()) if logo else None

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        found = shipper_named(session, slug)
        if wanted:
            operate_brand.change(session, OPERATOR, found, wanted, kit.voice.renderer.languages, now)
            found = shipper_named(session, slug)
        if drawn or no_logo:
            operate_brand.put_logo(session, OPERATOR, found, drawn, now)
            found = shipper_named(session, slug)
        return operate_brand.lines(found)

    house.keeps(act)


@click.command("history")
@click.argument("slug", required=False, default="")
@click.option("--most", type=click.IntRange(1, 1_000), default=50, show_default=True)
@click.pass_obj
def shipper_history(house: House, slug: str, most: int) -> None:
    """Say who changed what of a shipper's set-up, newest first; without SLUG, of the operator's own."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        owner = shipper_named(session, slug).id if slug else 0
        found = set_up.history(session, owner, limit=most)
        return [set_up.line(entry) for _, entry in found] or ["Nothing was changed yet."]

    house.keeps(act)


COMMANDS = (shipper_list, shipper_check, shipper_brand, shipper_history)
