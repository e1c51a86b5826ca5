"""The shelf in memory: as careful as the one in the database, to test those who use it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from notifications.message import UNFINISHED, Attempt, Channel, Message, Rule, Standing
from notifications.outbox import ANY_LINE, LEASE, Claim, Done, Line, Taken
from notifications.pace import Pace
from notifications.provider import Accepted, Found, Permanent, Temporary, Unknown


@dataclass(slots=True)
class MemoryShelf:
    """Messages by id, in the order in which they were put."""

    messages: dict[str, Message] = field(default_factory=dict)
    attempts: dict[tuple[str, int], Attempt] = field(default_factory=dict)
    stopped: set[str] = field(default_factory=set)
    free_at: dict[str, datetime] = field(default_factory=dict)

    def put(self, *messages: Message) -> None:
        """Keep messages."""
        self.messages |= {one.id: one for one in messages}

    def __getitem__(self, message: Message) -> Message:
        """A message as it stands now."""
        return self.messages[message.id]

    def claim(self, channel: Channel, limit: int, worker: str, now: datetime, line: Line = ANY_LINE) -> Taken:
        taken, due = Taken(), self._due(channel, now)
        pace = Pace(line.per_second, max(self.free_at.get(line.sender, now), now), now)
        some = due[:limit]
        if line.per_second:
            some = some[: pace.fits(one.segments for one in some)]
        for one in some:
            if one.expires_at and one.expires_at <= now:
                self._set(one, standing=Standing.EXPIRED, stopped_by=Rule.TOO_LATE, settled_at=now)
            elif one.to in self.stopped:
                self._set(one, standing=Standing.STOPPED, stopped_by=Rule.OPTED_OUT, settled_at=now)
            else:
                taken.append(self._begin(one, worker, now, line))
        if line.per_second:
            pace = pace.after(sum(max(claim.message.segments, 1) for claim in taken))
            self.free_at[line.sender] = pace.free_at
        if len(some) < len(due):
            taken.more_at = pace.room_at if line.per_second else now
        return taken

    def _begin(self, message: Message, worker: str, now: datetime, line: Line) -> Claim:
        number = message.attempts + 1
        self._set(
            message, standing=Standing.SENDING, attempts=number, lease_until=now + LEASE, provider=line.sender
        )
        self.attempts[message.id, number] = Attempt(message.id, number, worker, now, sender=line.sender)
        return Claim(message, number, now, now + LEASE)

    def expire(self, channel: Channel, now: datetime) -> int:
        old = [one for one in self._due(channel, now) if one.expires_at and one.expires_at <= now]
        for one in old:
            self._set(one, standing=Standing.EXPIRED, stopped_by=Rule.TOO_LATE, settled_at=now)
        return len(old)

    def pass_on(self, claim: Claim, done: Done, line: Line, worker: str) -> Claim | None:
        now_is = self[claim.message]
        if now_is.attempts != claim.number or now_is.standing is not Standing.SENDING:
            return None
        return self._begin(now_is, worker, done.at, line)

    def give_back(self, claims: Sequence[Claim]) -> None:
        for claim in claims:
            self._set(claim.message, standing=Standing.QUEUED, attempts=claim.number - 1, lease_until=None)
            del self.attempts[claim.message.id, claim.number]

    def record(self, done: Sequence[Done]) -> None:
        for one in done:
            self._record(one)

    def abandon(self, channel: Channel, now: datetime, ask_after: timedelta) -> int:
        lost = [
            one
            for one in self.messages.values()
            if one.channel is channel and one.standing is Standing.SENDING and one.lease_until < now  # type: ignore[operator]
        ]
        for one in lost:
            self._set(one, standing=Standing.UNKNOWN, not_before=now + ask_after, lease_until=None)
        return len(lost)

    def doubtful(self, channel: Channel, limit: int, now: datetime) -> list[Claim]:
        asked = [one for one in self._standing(channel, Standing.UNKNOWN) if one.not_before <= now][:limit]
        for one in asked:
            self._set(one, not_before=now + LEASE)
        return [self._doubt(one, now) for one in asked]

    def _doubt(self, message: Message, now: datetime) -> Claim:
        tries = [one for (of, _), one in self.attempts.items() if of == message.id]
        senders = tuple(dict.fromkeys(one.sender for one in tries))
        named = senders if all(senders) else ()
        return Claim(message, message.attempts, tries[0].started_at, now + LEASE, named)

    def adopt(self, claim: Claim, found: Found, sender: str, now: datetime) -> bool:
        if any(one.provider_id == found.provider_id for one in self.messages.values()):
            return False
        self._record(Done(claim, sender, Accepted(found.provider_id, found.standing), now))
        return True

    def requeue(self, claim: Claim, now: datetime) -> None:
        if self._is_doubted(claim):
            resends = claim.message.resends + 1
            self._set(claim.message, standing=Standing.QUEUED, not_before=now, resends=resends)

    def ask_later(self, claim: Claim, at: datetime, text: str) -> None:
        if self._is_doubted(claim):
            self._set(claim.message, not_before=at, error_text=text)

    def give_up(self, claim: Claim, code: str, text: str, now: datetime) -> None:
        if self._is_doubted(claim):
            self._set(
                claim.message, standing=Standing.FAILED, error_code=code, error_text=text, settled_at=now
            )

    def unconfirmed(self, channel: Channel, limit: int, now: datetime) -> list[Message]:
        return []

    def _record(self, done: Done) -> None:
        message, outcome = self[done.claim.message], done.outcome
        if message.attempts != done.claim.number:
            return
        match outcome:
            case Accepted():
                if message.standing in (*UNFINISHED, Standing.EXPIRED):
                    self._set(message, standing=outcome.standing)
                provider_id = message.provider_id or outcome.provider_id
                self._set(
                    message, provider_id=provider_id, sent_at=message.sent_at or done.at, lease_until=None
                )
            case _ if message.standing is not Standing.SENDING:
                return
            case Temporary() if done.next_at is not None:
                self._set(message, standing=Standing.QUEUED, not_before=done.next_at, error_code=outcome.code)
            case Temporary() | Permanent():
                self._set(message, standing=Standing.FAILED, error_code=outcome.code, settled_at=done.at)
            case Unknown():
                self._set(
                    message, standing=Standing.UNKNOWN, not_before=done.next_at, error_code=outcome.code
                )

    def _due(self, channel: Channel, now: datetime) -> list[Message]:
        waiting = self._standing(channel, Standing.QUEUED)
        due = [one for one in waiting if one.not_before <= now and not self._must_wait(one)]
        return sorted(due, key=lambda one: one.not_before)

    def _must_wait(self, message: Message) -> bool:
        """Whether an earlier one of the same order is unfinished."""
        for one in self.messages.values():
            if one.id == message.id or not message.order_key:
                return False
            if one.order_key == message.order_key and one.standing in UNFINISHED:
                return True
        return False

    def _standing(self, channel: Channel, standing: Standing) -> list[Message]:
        return [one for one in self.messages.values() if one.channel is channel and one.standing is standing]

    def _is_doubted(self, claim: Claim) -> bool:
        now_is = self[claim.message]
        return now_is.attempts == claim.number and now_is.standing is Standing.UNKNOWN

    def _set(self, message: Message, **values: Any) -> None:
        self.messages[message.id] = replace(self.messages[message.id], **values)
