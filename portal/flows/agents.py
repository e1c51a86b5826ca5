"""Agents are added by the operator, and named in the audit."""

import secrets
from datetime import datetime

from argon2 import PasswordHasher
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from portal.domain.roles import Role
from portal.store import agents, shippers
from portal.store.agents import Agent

HASHER = PasswordHasher()


class CannotAdd(ValueError):
    """The agent cannot be added; the text names the value and the fix."""


def hashed(password: str) -> str:
    """What is stored in place of a password (argon2id)."""
    return HASHER.hash(password.encode("utf-8", "surrogatepass"))


def actor(agent: Agent) -> str:
    """How an agent is written into the audit."""
    return agent.email[:120]


def add_agent(
    session: Session, email: str, name: str, role: str, shipper_slug: str | None, now: datetime
) -> str:
    """A new agent of one shipper, or of the operator (`shipper_slug` None: sees all); returns the password.

    Raises CannotAdd with a sentence that names the value. Somebody who left comes back with everything set anew.
    """
    try:
        address = validate_email(email.strip(), check_deliverability=False).normalized.lower()
    except EmailNotValidError as error:
        raise CannotAdd(f"{email!r} is no email address: {error}") from error
    if role not in list(Role):
        raise CannotAdd(f"There is no role {role!r}; choose one of {', '.join(Role)}.")
    if agents.by_email(session, address):
        raise CannotAdd(f"There is already an agent {address}.")
    shipper = shippers.by_slug(session, shipper_slug) if shipper_slug else None
    if shipper_slug and shipper is None:
        raise CannotAdd(f"There is no shipper {shipper_slug!r}.")
    password = secrets.token_urlsafe(12)
    called, house = name.strip()[:120], shipper.id if shipper else None
    if agents.is_taken(session, address):
        agents.come_back(session, address, called, HASHER.hash(password), role, house)
    else:
        agents.add(session, address, called, HASHER.hash(password), role, house, now)
    return password
