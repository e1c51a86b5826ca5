"""Commands for the rights of a person: all we hold, handed over or forgotten; and forgotten again after a restore."""

from pathlib import Path

import click

from portal.cli.asking import House
from portal.flows import forgetting
from portal.flows.erasing import REASONS
from portal.flows.forgetting import Terms

WHO = (
    click.option("--phone", "phones", multiple=True, help="in any spelling; may be given several times"),
    click.option("--email", "emails", multiple=True, help="may be given several times"),
    click.option("--shipper", "slug", default="", help="only what this shipper holds; absent: all of it"),
)


def _who(command: click.decorators.FC) -> click.decorators.FC:
    for option in reversed(WHO):
        command = option(command)
    return command


@click.group("export")
def exports() -> None:
    """Hand over what is held."""


@exports.command("person")
@_who
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), default="person.zip", show_default=True
)
@click.pass_obj
def export_person(
    house: House, phones: tuple[str, ...], emails: tuple[str, ...], slug: str, out: Path
) -> None:
    """Write all that is held about somebody into a zip."""
    house.says(lambda kit, now: forgetting.export(kit, phones, emails, slug, out))


@click.group("erase")
def erases() -> None:
    """Forget people."""


@erases.command("person")
@_who
@click.option("--reason", type=click.Choice([*REASONS]), default="asked", show_default=True)
@click.option("--case", "case_ref", default="", help="your own number of the request; no name")
@click.option(
    "--even-open", is_flag=True, help="also what is still under way: links end, what waits is dropped"
)
@click.option("--dry-run", is_flag=True, help="only say what would be erased")
@click.option("--yes", is_flag=True, help="do not ask")
@click.pass_obj
def erase_person(
    house: House,
    phones: tuple[str, ...],
    emails: tuple[str, ...],
    slug: str,
    reason: str,
    case_ref: str,
    even_open: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Forget somebody, for good; what was delivered when stays, of no one by name."""

    def sure(lines: list[str]) -> bool:
        for line in lines:
            click.echo(line)
        return yes or click.confirm("Erase this for good?")

    terms = Terms(reason, case_ref, even_open, dry_run)
    house.says(lambda kit, now: forgetting.erase(kit, phones, emails, slug, terms, sure))


@erases.command("replay")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=None,
    help="the file of those forgotten; absent: the one in FILES_DIR",
)
@click.pass_obj
def erase_replay(house: House, file: Path | None) -> None:
    """After a restore: forget again who was forgotten since the backup."""
    house.says(lambda kit, now: forgetting.replay(kit, file))


@erases.command("status")
@click.pass_obj
def erase_status(house: House) -> None:
    """What is under way, and what a provider did not erase."""
    house.says(lambda kit, now: forgetting.status(kit))


@erases.command("retry")
@click.pass_obj
def erase_retry(house: House) -> None:
    """Ask providers once more for the copies that are parked."""
    house.says(lambda kit, now: forgetting.retry(kit))
