"""What every carrier can do, and the four ways a call to one can end, named by what we do next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from notifications.message import Channel, Message, Standing
from notifications.receipts import Receipt
from notifications.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier has it. `answer` is what a webhook's 2xx body said, such as `{"decision": "accepted"}`."""

    provider_id: str = ""
    standing: Standing = Standing.SENT
    answer: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Temporary:
    """The carrier surely does not have it; try again, not before `retry_after` if it said so."""

    code: str
    text: str = ""
    retry_after: timedelta | None = None
    trouble: Trouble = Trouble.BUSY


@dataclass(frozen=True, slots=True)
class Permanent:
    """It will never go this way."""

    code: str
    text: str = ""
    trouble: Trouble = Trouble.OTHER


@dataclass(frozen=True, slots=True)
class Unknown:
    """The carrier may have it: ask before sending again."""

    code: str
    text: str = ""


Outcome = Accepted | Temporary | Permanent | Unknown


@dataclass(frozen=True, slots=True)
class Found:
    """The carrier has the message after all."""

    provider_id: str
    standing: Standing = Standing.SENT


@dataclass(frozen=True, slots=True)
class NotFound:
    """The carrier does not have it."""


@dataclass(frozen=True, slots=True)
class CannotTell:
    """The carrier could not be asked; ask again later."""

    text: str = ""


Finding = Found | NotFound | CannotTell


class Forged(Exception):
    """A callback whose signature does not hold."""


class Carrier(Protocol):
    """One provider, both directions."""

    @property
    def name(self) -> str:
        """Short name, as stored with its messages."""

    @property
    def channel(self) -> Channel:
        """What it carries."""

    def send(self, message: Message, now: datetime) -> Outcome:
        """Hand one message over; never raises for what the network or the provider does."""

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        """Whether a message that was tried at `since` arrived at the provider; the ids `taken` are not it."""

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """What the provider says of a message it took; None when it cannot be asked."""

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """Read a callback; `url` is the public one, `body` untouched. Raises `Forged`."""
