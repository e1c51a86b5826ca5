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
class Line:
    """The account a batch leaves by: its name and how many segments it may take a second, 0 being no ceiling.

    `probe_every`: the account is stopped, and one batch in this time may find out whether it works again.
    """

    sender: str = ""
    per_second: float = 0.0
    probe_every: timedelta | None = None


ANY_LINE = Line()


@dataclass(frozen=True, slots=True)
class Claim:
    """A message taken to be sent or asked about; `number` counts its attempts: one owner for each.

    For one that is asked about, `senders` are the accounts its attempts went by, and `taken` the provider's ids
    that belong to something else: to other messages, or to tries of this one that are known to have failed.
    """

    message: Message
    number: int
    started_at: datetime
    lease_until: datetime
    senders: tuple[str, ...] = ()
    taken: frozenset[str] = frozenset()


class Taken(list[Claim]):
    """A batch of claims; `more_at` is when it is worth coming back, None when nothing else is due."""

    more_at: datetime | None = None


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

    def claim(self, channel: Channel, limit: int, worker: str, now: datetime, line: Line = ANY_LINE) -> Taken:
        """Take due messages, no more than fit the line: lease and attempt row committed before this returns.

        On the way, what is no longer true is marked expired, what somebody said stop to is stopped.
        """

    def expire(self, channel: Channel, now: datetime) -> int:
        """While no account works: settle what is no longer true; how many."""

    def pass_on(self, claim: Claim, done: Done, line: Line, worker: str) -> Claim | None:
        """The same message by another account at once: this try is written down, the next one begun.

        None when the lease was lost, or when it may not leave any more.
        """

    def give_back(self, claims: Sequence[Claim]) -> None:
        """These were taken but never tried; their attempt rows go."""

    def record(self, done: Sequence[Done]) -> None:
        """Write outcomes down; one that comes from a lost lease changes only what it proves."""

    def abandon(self, channel: Channel, now: datetime, ask_after: timedelta) -> int:
        """Sends whose lease ran out become unknown, to be asked about `ask_after` later; how many."""

    def doubtful(self, channel: Channel, limit: int, now: datetime) -> list[Claim]:
        """Take messages of unknown fate whose time to ask has come, leased like any other."""

    def adopt(self, claim: Claim, found: Found, sender: str, now: datetime) -> bool:
        """The carrier has it. False when what was found turned out to be another message's."""

    def requeue(self, claim: Claim, now: datetime) -> None:
        """The carrier does not have it: once more from the shelf, counted as a resend."""

    def ask_later(self, claim: Claim, at: datetime, text: str) -> None:
        """The carrier could not be asked."""

    def give_up(self, claim: Claim, code: str, text: str, now: datetime) -> None:
        """Nobody knows, and it may not be sent again."""

    def unconfirmed(self, channel: Channel, limit: int, now: datetime) -> list[Message]:
        """Take messages that a carrier took long ago without saying what became of them, to ask about each."""
