"""Commands of an operator: the database's history, the doctor, shippers, keys and agents."""

import sys
from typing import Any

import click
import flask_migrate

from portal.cli.asking import House, settings_or_stop
from portal.domain.roles import Role
from portal.flows import doctor as examining
from portal.flows import operate, operate_keys
from portal.flows.shipper_rules import set_rules


@click.group("db")
def database() -> None:
    """The database's history."""


@database.command()
@click.option("--to", "revision", default="head", show_default=True, help="a version's number")
@click.pass_obj
def upgrade(house: House, revision: str) -> None:
    """Bring the tables up to this version."""
    with house.app().app_context():
        flask_migrate.upgrade(revision=revision)
    click.echo("The database is up to date.")


@database.command()
@click.option("--to", "revision", default="-1", show_default=True, help="a version's number, or steps back")
@click.pass_obj
def downgrade(house: House, revision: str) -> None:
    """Take the tables back; what newer tables hold is lost."""
    with house.app().app_context():
        flask_migrate.downgrade(revision=revision)
    click.echo(f"The database went back to {revision}.")


@database.command()
@click.argument("words")
@click.pass_obj
def revision(house: House, words: str) -> None:
    """For developers: write the next migration from the tables as they are."""
    with house.app().app_context():
        flask_migrate.migrate(message=words)


@click.command()
@click.pass_obj
def doctor(house: House) -> None:
    """Check the set-up; names the setting and the fix."""
    findings = examining.examine(settings_or_stop())
    for finding in findings:
        click.echo(f"{'ok ' if finding.well else 'FIX'} {finding.sentence}")
    if not all(finding.well for finding in findings):
        sys.exit(1)


@click.group()
def shipper() -> None:
    """The brands in the house."""


@shipper.command("add")
@click.argument("name")
@click.option("--slug", default="", help="short name; made from NAME when absent")
@click.option("--language", default="en", show_default=True, help="of its recipients, unless they have one")
@click.option("--timezone", default="UTC", show_default=True, help="IANA zone of its doors")
@click.option(
    "--country", default="US", show_default=True, help="two letters, for phone numbers without country code"
)
@click.option("--color", default="", help="brand color, #rrggbb")
@click.option("--support-phone", default="", help="shown to recipients")
@click.option("--support-email", default="", help="shown to recipients")
@click.pass_obj
def shipper_add(house: House, /, name: str, **more: str) -> None:
    """Add a shipper."""
    house.says(lambda kit, now: operate.add_shipper(kit, name, **more))


@shipper.command("ceiling")
@click.argument("slug")
@click.argument("amount")
@click.pass_obj
def shipper_ceiling(house: House, slug: str, amount: str) -> None:
    """Set what a shipper's messages may cost in a month, in the currency of SMS_PRICES; 0 takes it away."""
    house.says(lambda kit, now: operate.set_ceiling(kit, slug, amount))


@shipper.command("rules")
@click.argument("slug")
@click.argument("rules", nargs=-1, metavar="[NAME=VALUE]...")
@click.pass_obj
def shipper_rules(house: House, slug: str, rules: tuple[str, ...]) -> None:
    """Set what a shipper allows, or print it: hold_days=7, map.van=stops:10, hold_days=usual to take it back."""
    house.says(lambda kit, now: set_rules(kit, slug, rules))


@click.group()
def key() -> None:
    """Keys of the dispatch API."""


@key.command("add")
@click.option("--shipper", "slug", default="", help="whose; absent: the operator's, for every shipper")
@click.option(
    "--scope", "scopes", multiple=True, help="may be given several times; absent: all of dispatch's"
)
@click.option("--label", default="", help="what it is for")
@click.pass_obj
def key_add(house: House, slug: str, scopes: tuple[str, ...], label: str) -> None:
    """Make a key; it is printed once."""
    house.says(lambda kit, now: operate.add_key(kit, slug, list(scopes), label, now))


@key.command("list")
@click.pass_obj
def key_list(house: House) -> None:
    """Say whose they are, what they open, and when each was used last."""

    def act(session: Any, kit: Any, now: Any) -> list[str]:
        slugs = {one.id: one.slug for one in kit.voice.shippers(session).values()}
        return operate_keys.lines(session, slugs)

    house.keeps(act)


@key.command("revoke")
@click.argument("key_id", type=int)
@click.pass_obj
def key_revoke(house: House, key_id: int) -> None:
    """End a key by its number."""
    house.says(lambda kit, now: operate.revoke_key(kit, key_id, now))


@click.group()
def agent() -> None:
    """People who help: console and desk."""


@agent.command("add")
@click.argument("email")
@click.option("--name", default="", help="as colleagues read it in notes")
@click.option("--role", type=click.Choice([role.value for role in Role]), default="agent", show_default=True)
@click.option("--shipper", "slug", default="", help="whose; absent: every shipper's")
@click.pass_obj
def agent_add(house: House, email: str, name: str, role: str, slug: str) -> None:
    """Add an agent; the password is printed once."""
    house.says(lambda kit, now: operate.add_agent(kit, email, name, role, slug, now))
