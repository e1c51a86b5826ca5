"""The shelf as the voice needs it: take what is due, write down what came of it, find what was left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from notifications.message import Channel, Message
from notifications.provider import Found, Outcome

# A worker owns what it took for this long; no call begins that the rest of it cannot cover.
LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claim:
    """A message taken to be sent or asked about; `number` counts its attempts: one owner for each."""

    message: Message
    number: int
    started_at: datetime
    lease_until: datetime


@dataclass(frozen=True, slots=True)
class Done:
    """What came of one claim; `next_at` is when to try (or ask) again, None when there is no next time."""

    claim: Claim
    provider: str
    outcome: Outcome
    at: datetime
    next_at: datetime | None = None


class Outbox(Protocol):
    """Every method is its own short transaction; none is open while a carrier is called."""

    def claim(self, channel: Channel, limit: int, worker: str, now: datetime) -> list[Claim]:
        """Take due messages: lease and attempt row committed before this returns.

        On the way, what is no longer true is marked expired, what somebody said stop to is stopped.
        """

    def give_back(self, claims: Sequence[Claim]) -> None:
        """These were taken but never tried; their attempt rows go."""

    def record(self, done: Sequence[Done]) -> None:
        """Write outcomes down; one that comes from a lost lease changes only what it proves."""

    def abandon(self, channel: Channel, now: datetime, ask_after: timedelta) -> int:
        """Sends whose lease ran out become unknown, to be asked about `ask_after` later; how many."""

    def doubtful(self, channel: Channel, limit: int, now: datetime) -> list[Claim]:
        """Take messages of unknown fate whose time to ask has come, leased like any other."""

    def adopt(self, claim: Claim, found: Found, now: datetime) -> None:
        """The carrier has it."""

    def requeue(self, claim: Claim, now: datetime) -> None:
        """The carrier does not have it: once more from the shelf, counted as a resend."""

    def ask_later(self, claim: Claim, at: datetime, text: str) -> None:
        """The carrier could not be asked."""

    def give_up(self, claim: Claim, code: str, text: str, now: datetime) -> None:
        """Nobody knows, and it may not be sent again."""
