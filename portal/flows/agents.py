"""Agents come and go: they are added, sign in, are recognised, and sign out."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.domain.roles import Role
from portal.store import agents, audit, browsers, shippers, sign_in_tries
from portal.store.agents import Agent

TRIES = 5
TRIES_WITHIN = timedelta(minutes=15)
SIGNED_IN_FOR = timedelta(hours=12)
HASHER = PasswordHasher()


class CannotAdd(ValueError):
    """The agent cannot be added; the text names the value and the fix."""


@dataclass(frozen=True, slots=True)
class Try:
    """A sign-in to be checked; `agent` is None where nobody has this address."""

    agent: Agent | None


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many tries for this address, whether somebody has it or not."""

    until: datetime


def begin(session: Session, email: str, now: datetime) -> Try | Wait:
    """Count a try and look the address up. The password is checked later, outside of any transaction."""
    if until := sign_in_tries.count(session, "email", email.strip().lower(), now, TRIES_WITHIN, TRIES):
        return Wait(until)
    return Try(agents.by_email(session, email))


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(16))


def is_right(attempt: Try, password: str) -> bool:
    """Whether the password is the agent's. An unknown address costs the same time as a wrong password."""
    known = attempt.agent.password if attempt.agent else _nobodys_hash()
    try:
        HASHER.verify(known, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return attempt.agent is not None


def admit(
    session: Session,
    agent: Agent,
    password: str,
    now: datetime,
    former_token: str = "",
    lasts: timedelta = SIGNED_IN_FOR,
) -> str:
    """The password was right: a fresh session; its token goes into the cookie, the former session ends."""
    if former_token:
        browsers.end(session, fingerprint(former_token))
    if HASHER.check_needs_rehash(agent.password):
        agents.set_password(session, agent.id, HASHER.hash(password.encode("utf-8", "surrogatepass")))
    sign_in_tries.forget(session, "email", agent.email)
    token = secrets.token_urlsafe(32)
    browsers.open_session(session, fingerprint(token), agent.id, now, now + lasts)
    audit.record(session, actor(agent), "signed_in", now, shipper_id=agent.shipper_id)
    return token


def recognise(session: Session, token: str, now: datetime) -> Agent | None:
    """Whose browser shows this token, if their session is still good."""
    found = browsers.find(session, fingerprint(token), now) if token else None
    return found.agent if found else None


def sign_out(session: Session, agent: Agent, token: str, now: datetime) -> None:
    """End this browser's session."""
    browsers.end(session, fingerprint(token))
    audit.record(session, actor(agent), "signed_out", now, shipper_id=agent.shipper_id)


def actor(agent: Agent) -> str:
    """How an agent is written into the audit."""
    return agent.email[:120]


def add_agent(
    session: Session, email: str, name: str, role: str, shipper_slug: str | None, now: datetime
) -> str:
    """A new agent of one shipper, or of the operator (`shipper_slug` None: sees all); returns the password.

    Raises CannotAdd with a sentence that names the value.
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
    agents.add(
        session,
        address,
        name.strip()[:120],
        HASHER.hash(password),
        role,
        shipper.id if shipper else None,
        now,
    )
    return password
