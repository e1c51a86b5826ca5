"""Empty what is due on one channel: take some, call the carrier with nothing held open, write down as it comes."""

import logging
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from notifications.handover import Handover
from notifications.message import Channel, Message
from notifications.outbox import Claim, Done, Outbox
from notifications.provider import Accepted, Carrier, Outcome, Permanent, Temporary, Unknown
from notifications.retry import ASK_AFTER, next_try
from notifications.senders import Chosen, Sender, Switchboard
from notifications.trouble import Trouble

log = logging.getLogger(__name__)

# The longest a call may take (connect and read), with room to write it down.
CALL_TAKES = timedelta(seconds=25)
# What is finished is written down this soon: what is not written when a worker dies must be asked about.
WRITE_EVERY, WRITE_WITHIN_SECONDS = 20, 0.25
# While calls are in the air, others may come due: they do not wait for the slowest of these.
LOOK_AGAIN_SECONDS = 0.2

# Failures that say something about more than their message, and so must be heard by the house.
HEARD = {Trouble.CONSENT, Trouble.CONTACT, Trouble.GONE}

# This account cannot carry this message, and another one may.
NOT_THIS_WAY = {Trouble.ROUTE, Trouble.SENDER}

Clock = Callable[[], datetime]
OnAnswer = Callable[[Message, Mapping[str, Any]], None]
OnFailure = Callable[[Message, Permanent], None]


def _ignore(message: Message, said: Any) -> None:
    """Nobody listens."""


class Inline(Executor):
    """No threads: a call is made when it is handed in."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call it now."""
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of a claim; `outcome` None: it was not tried after all."""

    claim: Claim
    chosen: Chosen
    outcome: Outcome | None


def deliver_due(
    outbox: Outbox,
    board: Switchboard,
    channel: Channel,
    now: Clock,
    limit: int = 50,
    *,
    worker: str = "voice",
    on_answer: OnAnswer = _ignore,
    on_failure: OnFailure = _ignore,
    pool: Executor | None = None,
    pause: Callable[[float], None] = time.sleep,
    patience_seconds: float = float("inf"),
) -> int:
    """Send what is due on `channel`, at most `limit` messages in hand at once; how many were tried.

    `on_answer` gets what a webhook's 2xx body said, `on_failure` a failure that speaks of consent, of a contact
    or of an endpoint that is gone: both before the outcome is written down, so that a crash repeats rather than
    loses them. Where an account has a ceiling, `pause` waits until there is room again; nothing new is begun
    after `patience_seconds`.
    """
    run = _Run(outbox, board, channel, now, worker, on_answer, on_failure, pool or Inline())
    ends = time.monotonic() + patience_seconds
    try:
        while True:
            if run.has_room(limit) and time.monotonic() < ends:
                run.take(limit)
            if run.flying:
                run.gather()
                continue
            run.write()
            if run.more_at is None or time.monotonic() >= ends:
                return run.tried
            if (wait := (run.more_at - now()).total_seconds()) > 0:
                pause(wait)
    finally:
        while run.flying:
            run.gather()
        run.write()


@dataclass(slots=True)
class _Run:
    """One run: what is in the air, and what came back and is not written down yet."""

    outbox: Outbox
    board: Switchboard
    channel: Channel
    now: Clock
    worker: str
    on_answer: OnAnswer
    on_failure: OnFailure
    pool: Executor
    tried: int = 0
    flying: int = 0
    more_at: datetime | None = field(init=False)
    landed: Handover[Tried] = field(default_factory=Handover)
    done: list[Done] = field(default_factory=list)
    untried: list[Claim] = field(default_factory=list)
    look_at: float = 0.0

    def __post_init__(self) -> None:
        self.more_at = self.now()

    def has_room(self, limit: int) -> bool:
        """Whether it is time to take more."""
        if self.flying and self.more_at is None and time.monotonic() >= self.look_at:
            self.more_at = self.now()
        return self.flying <= limit // 2 and self.more_at is not None and self.more_at <= self.now()

    def take(self, limit: int) -> None:
        """Take what is due by the first account that may send, and let it fly."""
        self.look_at = time.monotonic() + LOOK_AGAIN_SECONDS
        passed: set[str] = set()
        while chosen := self.board.choose(self.channel, self.now(), passed):
            room = 1 if chosen.probe else limit - self.flying
            taken = self.outbox.claim(self.channel, room, self.worker, self.now(), chosen.line)
            self.more_at = taken.more_at
            self.flying += len(taken)
            for claim in taken:
                self.pool.submit(self._fly, claim, chosen)
            if taken:
                return
            self.board.unused(chosen)
            if not chosen.stopped:
                return
            # somebody else is finding out about it
            passed.add(chosen.sender.name)
        self.outbox.expire(self.channel, self.now())
        self.more_at = None

    def gather(self) -> None:
        """Wait for what comes back; written down are many at once, or what is there after a moment."""
        for tried in self.landed.take(min(WRITE_EVERY, self.flying), WRITE_WITHIN_SECONDS):
            self._land(tried)
        self.write()

    def write(self) -> None:
        """Write down what came back; what could not be written is kept for the next time."""
        at = self.now()
        back = bool(self.untried) or any(one.next_at and one.next_at <= at for one in self.done)
        if self.done:
            self.outbox.record(self.done)
            self.done = []
        if self.untried:
            self.outbox.give_back(self.untried)
            self.untried = []
        if back:
            # due again already: another account may take them
            self.more_at = min(self.more_at or at, at)

    def _land(self, tried: Tried) -> None:
        self.flying -= 1
        claim, chosen, outcome = tried.claim, tried.chosen, tried.outcome
        if outcome is None:
            self.untried.append(claim)
            self.board.unused(chosen)
            return
        self.tried += 1
        heard = _told(claim.message, outcome, self.on_answer, self.on_failure)
        self.done.append(_done(chosen.sender, claim, heard, self.now()))

    def _fly(self, claim: Claim, chosen: Chosen) -> None:
        """Runs in a thread of the pool."""
        try:
            tried = self._try(claim, chosen)
        except Exception as error:
            log.exception("message %s was lost on its way", claim.message.id)
            tried = Tried(claim, chosen, Unknown("crashed", type(error).__name__))
        self.landed.put(tried)

    def _try(self, claim: Claim, chosen: Chosen) -> Tried:
        started = self.now()
        if claim.lease_until - started < CALL_TAKES or not self.board.open_to(chosen):
            return Tried(claim, chosen, None)
        outcome = self._send(chosen, claim.message, started)
        if isinstance(outcome, Permanent | Temporary) and outcome.trouble in NOT_THIS_WAY:
            return self._by_another(claim, chosen, outcome)
        return Tried(claim, chosen, outcome)

    def _by_another(self, claim: Claim, chosen: Chosen, refused: Permanent | Temporary) -> Tried:
        """This account cannot reach the number; another one may."""
        other, at = self.board.choose(self.channel, self.now(), {chosen.sender.name}), self.now()
        if other is None or other.probe:
            if other:
                self.board.unused(other)
            return Tried(claim, chosen, refused)
        again = self.outbox.pass_on(claim, _done(chosen.sender, claim, refused, at), other.line, self.worker)
        if again is None:
            return Tried(claim, chosen, refused)
        return Tried(again, other, self._send(other, again.message, at))

    def _send(self, chosen: Chosen, message: Message, started: datetime) -> Outcome:
        outcome = _send(chosen.sender.carrier, message, started)
        if isinstance(outcome, Temporary) and self.board.concerns_one(chosen, message, outcome):
            outcome = Permanent(outcome.code, outcome.text, Trouble.ROUTE)
        try:
            self.board.heard(chosen, message, outcome, self.now())
        except Exception:
            # what became of the message matters more than what becomes of the account
            log.exception("what message %s told of its sender was not kept", message.id)
        return outcome


def _send(carrier: Carrier, message: Message, now: datetime) -> Outcome:
    try:
        return carrier.send(message, now)
    except Exception as error:
        # a carrier's own fault must neither stop the others' mail nor send this one twice
        log.exception("carrier %s failed on message %s", carrier.name, message.id)
        return Unknown("crashed", type(error).__name__)


def _told(message: Message, outcome: Outcome, on_answer: OnAnswer, on_failure: OnFailure) -> Outcome:
    """The outcome, once the house has heard what it says beyond its message."""
    try:
        match outcome:
            case Accepted(answer=answer) if answer:
                on_answer(message, answer)
            case Permanent(trouble=trouble) if trouble in HEARD:
                on_failure(message, outcome)
    except Exception as error:
        log.exception("what came back for message %s was not taken in", message.id)
        if message.channel is Channel.WEBHOOK:
            return Temporary("answer_not_taken", type(error).__name__, trouble=Trouble.OTHER)
    return outcome


def _done(sender: Sender, claim: Claim, outcome: Outcome, at: datetime) -> Done:
    done = Done(claim, sender.name, outcome, at)
    match outcome:
        case Temporary(trouble=Trouble.CONFIGURATION) if sender.watched:
            # nothing is wrong with the message: it goes by the next account, or waits until this one works
            return replace(done, next_at=at)
        case Temporary():
            next_at = next_try(sender.channel, claim.number, at, outcome.retry_after)
            if next_at is None:
                words = f"Parked after {claim.number} tries. {outcome.text}".strip()
                return replace(done, outcome=replace(outcome, text=words))
            return replace(done, next_at=next_at)
        case Unknown():
            return replace(done, next_at=at + ASK_AFTER[sender.channel])
        case _:
            return done
