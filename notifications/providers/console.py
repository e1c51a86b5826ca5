"""The carriers of a channel without an account: on trial everything is shown on screen, in public nothing leaves."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from notifications.message import Channel, Message, Standing
from notifications.provider import Accepted, Finding, Forged, Found, NotFound, Outcome, Permanent
from notifications.receipts import Receipt
from notifications.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Console:
    """Keeps nothing: the message is on the shelf already, and there it is shown."""

    channel: Channel
    name: str = "console"

    def send(self, message: Message, now: datetime) -> Outcome:
        """Delivered, under a made-up id."""
        return Accepted(f"console-{message.id}", Standing.DELIVERED)

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        """Whatever was tried did arrive."""
        return Found(f"console-{message.id}", Standing.DELIVERED)

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """There is nothing more to say."""
        return None

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """Nobody may report here."""
        raise Forged("No provider is configured for this channel.")


@dataclass(frozen=True, slots=True)
class Unset:
    """In public, a channel without an account says so with every message; it never pretends to have delivered."""

    channel: Channel
    name: str = "none"

    def send(self, message: Message, now: datetime) -> Outcome:
        """Not sent."""
        text = "No provider is configured for this channel."
        return Permanent("not_configured", text, Trouble.CONFIGURATION)

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        """Nothing ever left."""
        return NotFound()

    def status(self, message: Message, now: datetime) -> Receipt | None:
        """Nobody to ask."""
        return None

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        """Nobody may report here."""
        raise Forged("No provider is configured for this channel.")
