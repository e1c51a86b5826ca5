"""Signing in: a password, then a code where one is asked; every step opens a new session and ends the one before."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.flows import second_factor
from portal.flows.agents import HASHER, actor, hashed
from portal.flows.second_factor import Wait
from portal.store import agents, audit, browsers, sign_in_tries
from portal.store.agents import Agent
from portal.store.browsers import CODE_AWAITED, FULL, TO_ENROLL, Browser

TRIES, TRIES_OF_NETWORK = 5, 30
TRIES_WITHIN = timedelta(minutes=15)
SIGNED_IN_FOR = timedelta(hours=12)
HALFWAY_FOR = timedelta(minutes=15)
IDLE_FOR = timedelta(hours=2)
FRESH_FOR = timedelta(minutes=15)
SEEN_IS_NOTED_EVERY = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class House:
    """What signing in needs to know: whether everybody has a second factor, and how much faster the day is played."""

    secret: bytes
    code_required: bool
    speed: float = 1.0


@dataclass(frozen=True, slots=True)
class Device:
    """A browser in which this agent signed in before; `id` is random, and empty in a browser that nobody knows."""

    id: str = ""
    agent_id: int = 0


@dataclass(frozen=True, slots=True)
class Try:
    """A sign-in to be checked; `agent` is None where nobody has this address."""

    agent: Agent | None
    device: str
    network: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session: its token goes into the cookie; `level` says what is still to be done."""

    token: str
    level: str


def begin(session: Session, email: str, device: Device, network: str, now: datetime) -> Try | Wait:
    """Count a try and look the address up. The password is checked later, outside of any transaction.

    A browser that the agent signed in with before has a count of its own: what strangers try elsewhere never locks
    it. All others share the count of the address and that of their network.
    """
    email = email.strip().lower()
    agent = agents.by_email(session, email)
    known = device.id if agent and device.agent_id == agent.id else ""
    for kind, mark, allowed in _counts(email, known, network):
        if until := sign_in_tries.count(session, kind, mark, now, TRIES_WITHIN, allowed):
            return Wait(until)
    return Try(agent, known, network, now)


def _counts(email: str, device: str, network: str) -> list[tuple[str, str, int]]:
    """What a try counts for: (kind, mark, how many are allowed)."""
    if device:
        return [("device", device, TRIES)]
    return [("network", network, TRIES_OF_NETWORK), ("email", email, TRIES)]


@lru_cache(maxsize=1)
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(16))


def is_right(agent: Agent | None, password: str) -> bool:
    """Whether the password is the agent's. An unknown address costs the same time as a wrong password."""
    known = agent.password if agent and agent.password else _nobodys_hash()
    try:
        HASHER.verify(known, password.encode("utf-8", "surrogatepass"))
    except (VerificationError, InvalidHashError):
        return False
    return agent is not None and known == agent.password


def admit(
    session: Session, house: House, attempt: Try, password: str, browser: str, former: str, now: datetime
) -> Opened:
    """The password was right: a fresh session, as far as the second factor lets it come.

    Only this try is not counted: whoever guesses gets no more tries because the agent signs in meanwhile.
    """
    agent = attempt.agent
    if agent is None:
        raise ValueError("nobody has this address")
    if HASHER.check_needs_rehash(agent.password):
        agents.set_password(session, agent.id, hashed(password))
    for kind, mark, _ in _counts(agent.email, attempt.device, attempt.network):
        sign_in_tries.take_back(session, kind, mark, attempt.at)
    level = _level(session, house, agent)
    if level == TO_ENROLL:
        # the key is shown to one browser alone: who else knows the password must not copy it and wait
        browsers.end_halfway(session, agent.id, TO_ENROLL)
        second_factor.offer(session, house.secret, agent, now)
    return open_session(session, house, agent, level, browser, former, now)


def _level(session: Session, house: House, agent: Agent) -> str:
    if second_factor.is_enrolled(session, agent):
        return CODE_AWAITED
    return TO_ENROLL if house.code_required else FULL


def open_session(
    session: Session,
    house: House,
    agent: Agent,
    level: str,
    browser: str,
    former: str,
    now: datetime,
    how: str = "",
    proven_at: datetime | None = None,
) -> Opened:
    """A session with a new token; `former` is the token it replaces. `how` the agent was known goes into the audit.

    `proven_at` is when password and code were last given, both: None for now.
    """
    if former:
        browsers.end(session, fingerprint(former))
    token = secrets.token_urlsafe(32)
    lasts = (SIGNED_IN_FOR if level == FULL else HALFWAY_FOR) * house.speed
    browsers.open_session(session, fingerprint(token), agent.id, now, now + lasts, level, browser, proven_at)
    if level == FULL:
        audit.record(
            session, actor(agent), "signed_in", now, shipper_id=agent.shipper_id, by=how or "password"
        )
    return Opened(token, level)


def halfway(session: Session, token: str, level: str, now: datetime) -> Browser | None:
    """The browser that has come to this level and no further."""
    found = browsers.find(session, fingerprint(token), now) if token else None
    return found if found and found.level == level else None


def recognise(session: Session, house: House, token: str, now: datetime) -> Browser | None:
    """Whose browser shows this token, if it is signed in and was used lately."""
    found = halfway(session, token, FULL, now)
    return found if found and now - found.seen_at <= IDLE_FOR * house.speed else None


def not_fresh(house: House, now: datetime) -> datetime:
    """What stands as `proven_at` where nobody knows when somebody last proved who they are."""
    return now - SIGNED_IN_FOR * house.speed


def is_fresh(house: House, browser: Browser, now: datetime) -> bool:
    """Whether password and code were given a short while ago, as for what cannot be taken back."""
    return now - browser.proven_at <= FRESH_FOR * house.speed


def is_noted(house: House, browser: Browser, now: datetime) -> bool:
    """Whether this look was soon enough after the last that was noted."""
    return now - browser.seen_at <= SEEN_IS_NOTED_EVERY * house.speed


def sign_out(session: Session, agent: Agent, token: str, now: datetime) -> None:
    """End this browser's session."""
    browsers.end(session, fingerprint(token))
    audit.record(session, actor(agent), "signed_out", now, shipper_id=agent.shipper_id)
