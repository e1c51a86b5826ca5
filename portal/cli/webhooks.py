"""Commands for the webhook by which dispatch is called."""

from typing import Any

import click

from portal.cli.asking import House, settings_or_stop
from portal.cli.whose import owner_of_slug, whose
from portal.flows import operate_webhook as operate
from portal.flows.set_up import OPERATOR


@click.group()
def webhook() -> None:
    """Where dispatch is called when a recipient asks for a change."""


@webhook.command("show")
@whose
@click.pass_obj
def webhook_show(house: House, slug: str, operator: bool) -> None:
    """Print the address, what is told, whether it is on, and the last deliveries."""
    house.keeps(lambda session, kit, now: operate.lines(session, owner_of_slug(session, slug, operator), now))


@webhook.command("set")
@whose
@click.argument("url")
@click.option("--event", "events", multiple=True, type=click.Choice(operate.TYPES), help="absent: all")
@click.pass_obj
def webhook_set(house: House, slug: str, operator: bool, url: str, events: tuple[str, ...]) -> None:
    """Set the address; the first time its secret is printed, once."""
    operate.check(url, events, settings_or_stop().webhook_allow_private)

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        put = operate.put(session, OPERATOR, owner_of_slug(session, slug, operator), url, events, now)
        lines = [f"The webhook is {url}, and switched on."]
        return [*lines, "Its secret is shown only now:", put.secret] if put.secret else lines

    house.keeps(act)


@webhook.command("rotate")
@whose
@click.option("--now", "at_once", is_flag=True, help="the old secret signs no more from now on")
@click.pass_obj
def webhook_rotate(house: House, slug: str, operator: bool, at_once: bool) -> None:
    """Make a new secret, printed once; the old one signs for a day more."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        owner = owner_of_slug(session, slug, operator)
        secret = operate.rotate(session, OPERATOR, owner, now)
        if at_once:
            operate.forget_old(session, OPERATOR, owner, now)
        return ["The new secret is shown only now:", secret]

    house.keeps(act)


@webhook.command("on")
@whose
@click.pass_obj
def webhook_on(house: House, slug: str, operator: bool) -> None:
    """Call it again."""
    _switch(house, slug, operator, on=True)


@webhook.command("off")
@whose
@click.pass_obj
def webhook_off(house: House, slug: str, operator: bool) -> None:
    """Call it no more; changes are kept and can be read by the API."""
    _switch(house, slug, operator, on=False)


def _switch(house: House, slug: str, operator: bool, on: bool) -> None:
    def act(session: Any, kit: Any, now: Any) -> list[str]:
        operate.switch(session, OPERATOR, owner_of_slug(session, slug, operator), on, now)
        return [f"The webhook is switched {'on' if on else 'off'}."]

    house.keeps(act)


@webhook.command("test")
@whose
@click.pass_obj
def webhook_test(house: House, slug: str, operator: bool) -> None:
    """Send a call that means nothing, signed like all others."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        sent = operate.test(session, kit.voice, OPERATOR, owner_of_slug(session, slug, operator), now)
        return [f"Test {sent} is on its way; `doorstep webhook show` says what came of it."]

    house.keeps(act)


@webhook.command("replay")
@whose
@click.argument("message_id")
@click.pass_obj
def webhook_replay(house: House, slug: str, operator: bool, message_id: str) -> None:
    """Send a delivery again, with the same webhook-id."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        owner = owner_of_slug(session, slug, operator)
        operate.replay(session, kit.voice, OPERATOR, owner, message_id, now)
        return [f"Delivery {message_id} is sent again."]

    house.keeps(act)
