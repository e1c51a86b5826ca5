"""Empty what is due on one channel: take a batch, call the carrier with nothing held open, write down."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from notifications.message import Channel, Message
from notifications.outbox import Claim, Done, Outbox
from notifications.provider import Accepted, Carrier, Outcome, Permanent, Temporary, Trouble, Unknown
from notifications.retry import ASK_AFTER, next_try

log = logging.getLogger(__name__)

# The longest a call may take (connect and read), with room to write it down.
CALL_TAKES = timedelta(seconds=25)
WRITE_EVERY = 20

# Failures that say something about more than their message, and so must be heard by the house.
HEARD = {Trouble.CONSENT, Trouble.GONE}

Clock = Callable[[], datetime]
Try = Callable[[Claim], Outcome | None]
OnAnswer = Callable[[Message, Mapping[str, Any]], None]
OnFailure = Callable[[Message, Permanent], None]


def _ignore(message: Message, said: Any) -> None:
    """Nobody listens."""


def deliver_due(
    outbox: Outbox,
    carriers: Mapping[Channel, Carrier],
    channel: Channel,
    now: Clock,
    limit: int = 50,
    *,
    worker: str = "voice",
    on_answer: OnAnswer = _ignore,
    on_failure: OnFailure = _ignore,
    spread: Callable[[Try, Iterable[Claim]], Iterator[Outcome | None]] = map,
) -> int:
    """Send what is due on `channel`, at most `limit` messages; how many were tried.

    `on_answer` gets what a webhook's 2xx body said, `on_failure` a failure that speaks of consent or of an
    endpoint that is gone: both before the outcome is written down, so that a crash repeats rather than loses
    them. `spread` may be an executor's `map`.
    """
    carrier = carriers[channel]
    claims = outbox.claim(channel, limit, worker, now())

    def attempt(claim: Claim) -> Outcome | None:
        started = now()
        return None if claim.lease_until - started < CALL_TAKES else _send(carrier, claim.message, started)

    done: list[Done] = []
    untried: list[Claim] = []
    try:
        for claim, outcome in zip(claims, spread(attempt, claims), strict=True):
            if outcome is None:
                untried.append(claim)
                continue
            heard = _told(claim.message, outcome, on_answer, on_failure)
            done.append(_done(carrier, claim, heard, now()))
            if len(done) >= WRITE_EVERY:
                outbox.record(done)
                done = []
    finally:
        outbox.record(done)
        if untried:
            outbox.give_back(untried)
    return len(claims) - len(untried)


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


def _done(carrier: Carrier, claim: Claim, outcome: Outcome, at: datetime) -> Done:
    done = Done(claim, carrier.name, outcome, at)
    match outcome:
        case Temporary():
            next_at = next_try(carrier.channel, claim.number, at, outcome.retry_after)
            if next_at is None:
                words = f"Parked after {claim.number} tries. {outcome.text}".strip()
                return replace(done, outcome=replace(outcome, text=words))
            return replace(done, next_at=next_at)
        case Unknown():
            return replace(done, next_at=at + ASK_AFTER[carrier.channel])
        case _:
            return done
