"""Whom a message goes to: what we have on file, what they chose, and where their clock stands."""

from dataclasses import dataclass
from datetime import time

from notifications.message import Channel
from notifications.notice import CODES, Notice, Topic

# What still goes by a channel that a shipper was told not to use: a code they ask for themselves, and by email
# that somebody moved their parcel or put another contact in their place, for it may have been a stranger.
ALL_THE_SAME = {
    Channel.SMS: CODES,
    Channel.EMAIL: {
        *CODES,
        Notice.CHANGE_ASKED,
        Notice.CHANGE_WITHDRAWN,
        Notice.CONTACT_CHANGED,
    },
    Channel.WEBHOOK: set[Notice](),
}


@dataclass(frozen=True, slots=True)
class Contact:
    """A person we may tell. `phone` is E.164, `timezone` the door's (IANA), `channels` None: no choice.

    `stopped` holds the channels on which they said stop, `unreachable` those known not to work, `unconsented`
    those for which the law asks a consent that is not recorded, `declined` the kinds of news they do not want.
    `day` is when their day begins and ends, local; None: as usual.
    """

    name: str = ""
    phone: str | None = None
    email: str | None = None
    language: str = "en"
    channels: frozenset[Channel] | None = None
    timezone: str = "UTC"
    stopped: frozenset[Channel] = frozenset()
    unreachable: frozenset[Channel] = frozenset()
    unconsented: frozenset[Channel] = frozenset()
    withdrawn: frozenset[Channel] = frozenset()
    declined: frozenset[Topic] = frozenset()
    day: tuple[time, time] | None = None

    def address(self, channel: Channel) -> str:
        """Where this channel reaches them; empty if it does not."""
        match channel:
            case Channel.SMS:
                return self.phone or ""
            case Channel.EMAIL:
                return self.email or ""
            case Channel.WEBHOOK:
                return ""
