"""Whose things a command is about: a shipper's, or the operator's own."""

from collections.abc import Callable

import click
from sqlalchemy.orm import Session

from portal.flows.operate import shipper_named


def whose(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--shipper SLUG` and `--operator`, one of which must be said."""
    command = click.option("--operator", is_flag=True, help="the operator's own, for every shipper")(command)
    return click.option("--shipper", "slug", default="", help="whose it is")(command)


def owner_of_slug(session: Session, slug: str, operator: bool) -> int:
    """The owner that was said, 0 for the operator."""
    if bool(slug) == operator:
        raise click.UsageError("Say whose it is: --shipper SLUG, or --operator.")
    return shipper_named(session, slug).id if slug else 0
