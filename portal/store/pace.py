"""What a batch may take of an account's ceiling, reserved in the batch's own transaction for all workers."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.message import Channel, Message
from notifications.outbox import Line
from notifications.pace import Pace
from portal.store import senders


@dataclass(frozen=True, slots=True)
class Room:
    """How much may leave by a line now; `pace` None: as much as is asked for."""

    line: Line
    now: datetime
    pace: Pace | None = None

    @property
    def shut(self) -> bool:
        """Whether nothing may leave yet."""
        return self.pace is not None and self.pace.shut

    def cut(self, messages: list[Message]) -> list[Message]:
        """As many of these as fit."""
        if self.pace is None:
            return messages
        return messages[: self.pace.fits(one.segments for one in messages)]

    def take(self, session: Session, messages: Iterable[Message], more: bool) -> datetime | None:
        """These leave. When it is worth coming back; None when there is nothing more."""
        if self.pace is None:
            return self.now if more else None
        after = self.pace.after(sum(max(one.segments, 1) for one in messages))
        if after != self.pace:
            senders.take_until(session, self.line, after.free_at)
        return after.room_at if more or self.pace.shut else None


def room(session: Session, line: Line, channel: Channel, now: datetime) -> Room:
    """How much may leave by this line; the account's row is held until the end of the transaction."""
    if not line.per_second:
        return Room(line, now)
    return Room(line, now, Pace(line.per_second, senders.free_at(session, line, channel, now), now))
