"""Whom a message goes to: what we have on file, what they chose, and where their clock stands."""

from dataclasses import dataclass

from notifications.message import Channel


@dataclass(frozen=True, slots=True)
class Contact:
    """A person we may tell. `phone` is E.164, `timezone` the door's (IANA), `channels` None: no choice."""

    name: str = ""
    phone: str | None = None
    email: str | None = None
    language: str = "en"
    channels: frozenset[Channel] | None = None
    timezone: str = "UTC"
    stopped: frozenset[Channel] = frozenset()

    def address(self, channel: Channel) -> str:
        """Where this channel reaches them; empty if it does not."""
        match channel:
            case Channel.SMS:
                return self.phone or ""
            case Channel.EMAIL:
                return self.email or ""
            case Channel.WEBHOOK:
                return ""
