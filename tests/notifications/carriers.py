"""Carriers that do as they are told."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from notifications.message import Channel, Message
from notifications.provider import Accepted, Finding, NotFound, Outcome
from notifications.receipts import Receipt


@dataclass(slots=True)
class Obedient:
    """Answers with `outcomes` one after the other, then takes everything; remembers what it was given."""

    channel: Channel = Channel.SMS
    outcomes: deque[Outcome | Exception] = field(default_factory=deque)
    findings: deque[Finding | Exception] = field(default_factory=deque)
    given: list[str] = field(default_factory=list)
    asked: list[datetime] = field(default_factory=list)
    name: str = "obedient"
    takes: Callable[[], None] = lambda: None

    def send(self, message: Message, now: datetime) -> Outcome:
        self.given.append(message.id)
        self.takes()
        outcome = self.outcomes.popleft() if self.outcomes else Accepted(f"its-{message.id}")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    def lookup(
        self, message: Message, since: datetime, now: datetime, taken: frozenset[str] = frozenset()
    ) -> Finding:
        self.asked.append(since)
        finding = self.findings.popleft() if self.findings else NotFound()
        if isinstance(finding, Exception):
            raise finding
        return finding

    def status(self, message: Message, now: datetime) -> Receipt | None:
        return None

    def receipts(self, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> list[Receipt]:
        return []
