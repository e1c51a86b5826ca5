"""An agent's second factor: set up with an authenticator, asked at every sign-in, replaced by paper when it is lost."""

import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp
from sqlalchemy.orm import Session

from portal.domain.second_factor import (
    RECOVERY_CODES,
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    digits_of,
    recovery_of,
    recovery_seal,
    steps_that_count,
    written,
)
from portal.flows.sealing import CannotOpen, seal, unseal
from portal.store import audit, second_factors, sign_in_tries
from portal.store.agents import Agent
from portal.store.second_factors import SecondFactor

PURPOSE = "second factor"
TRIES, TRIES_WITHIN = 5, timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Offered:
    """A key that an authenticator may take: as text, and as what its QR code says."""

    key: str
    uri: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Too many codes were guessed; the next may be typed then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Guess:
    """A guess that was counted, and may be looked at."""

    mark: str
    at: datetime


def is_enrolled(session: Session, agent: Agent) -> bool:
    """Whether the agent has an authenticator that counts."""
    found = second_factors.of_agent(session, agent.id)
    return found is not None and found.confirmed_at is not None


def offer(session: Session, secret: bytes, agent: Agent, now: datetime) -> None:
    """Make a fresh key for an agent who has none that counts; `offered` shows it until its first right code."""
    second_factors.offer(session, agent.id, seal(secret, PURPOSE, agent.id, pyotp.random_base32()), now)


def offered(session: Session, secret: bytes, agent: Agent, issuer: str) -> Offered | None:
    """The key that waits for its first code; None when there is none. One that counts is never shown again."""
    found = second_factors.of_agent(session, agent.id)
    if found is None or found.confirmed_at is not None:
        return None
    try:
        key = unseal(secret, PURPOSE, agent.id, found.sealed)
    except CannotOpen:
        return None
    return Offered(key, pyotp.TOTP(key).provisioning_uri(name=agent.email, issuer_name=issuer))


def count_guess(session: Session, agent: Agent, device: str, now: datetime) -> Guess | Wait:
    """Count a guess at a code before it is looked at; a browser that is known counts for itself.

    To be committed before `check`, so that whatever happens there, the guess was counted.
    """
    mark = f"{agent.id}:{device}"
    until = sign_in_tries.count(session, "code", mark, now, TRIES_WITHIN, TRIES)
    return Wait(until) if until else Guess(mark, now)


def check(session: Session, secret: bytes, agent: Agent, typed: str, code_at: datetime, guess: Guess) -> str:
    """How a typed code is right: "authenticator" or "recovery"; empty when it is not. A right one is used up.

    `code_at` is the time that phones have. Only a right guess is taken back from the count.
    """
    found = second_factors.of_agent(session, agent.id)
    if found is None:
        return ""
    how = ""
    if digits := digits_of(typed):
        how = "authenticator" if _fits(session, secret, found, digits, code_at) else ""
    elif (code := recovery_of(typed)) and found.confirmed_at is not None:
        used = second_factors.use_code(session, agent.id, recovery_seal(secret, agent.id, code), guess.at)
        how = "recovery" if used else ""
    if how:
        sign_in_tries.take_back(session, "code", guess.mark, guess.at)
    return how


def _fits(session: Session, secret: bytes, factor: SecondFactor, digits: str, now: datetime) -> bool:
    """Each step once: the database takes the first of those who use it at the same moment."""
    try:
        totp = pyotp.TOTP(unseal(secret, PURPOSE, factor.agent_id, factor.sealed))
    except CannotOpen:
        return False
    for step in steps_that_count(now, factor.last_step):
        if hmac.compare_digest(totp.generate_otp(step), digits):
            return second_factors.use_step(session, factor.agent_id, step, now)
    return False


def fresh_codes(session: Session, secret: bytes, agent: Agent, now: datetime) -> list[str]:
    """Ten codes for the day the phone is lost, as they are shown, once; former ones are good no longer."""
    codes = [
        "".join(secrets.choice(RECOVERY_LETTERS) for _ in range(RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    second_factors.put_codes(session, agent.id, [recovery_seal(secret, agent.id, code) for code in codes])
    audit.record(session, agent.email[:120], "recovery_codes_made", now, shipper_id=agent.shipper_id)
    return [written(code) for code in codes]


def remove(session: Session, agent: Agent, by: str, now: datetime) -> None:
    """The agent signs in by password alone, or sets up another; `by` says who decided it."""
    second_factors.remove(session, agent.id)
    audit.record(session, by, "second_factor_removed", now, shipper_id=agent.shipper_id, agent_id=agent.id)
