"""What an outcome makes of a message and its attempt: guarded updates, with their parameters."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, case, func, literal, or_, update

from notifications.message import UNFINISHED, Channel, Standing
from notifications.outbox import Done
from notifications.provider import Accepted, Permanent, Temporary, Unknown
from portal.store.doubts import asked_next
from portal.store.outbox_rows import ATTEMPTS, MESSAGES, AttemptRow, MessageRow

# A carrier's yes holds whatever we believed meanwhile, unless a receipt already said more.
# Not `in_`: its list grows at execution, which executemany cannot do.
_STILL_OPEN = or_(*(MessageRow.standing == standing for standing in (*UNFINISHED, Standing.EXPIRED)))
_OF_CLAIM = (MessageRow.id == bindparam("claimed"), MessageRow.attempts == bindparam("number"))
MOMENT = MESSAGES.c.not_before.type
TAKEN = (
    update(MESSAGES)
    .where(*_OF_CLAIM)
    .values(
        standing=case((_STILL_OPEN, bindparam("told")), else_=MessageRow.standing),
        # of a text that was taken: when its provider is asked what became of it
        not_before=func.coalesce(bindparam("asked", type_=MOMENT), MessageRow.not_before),
        fallback_at=case((bindparam("arrived"), None), else_=MessageRow.fallback_at),
        provider=bindparam("by"),
        provider_id=case((MessageRow.provider_id == "", bindparam("by_id")), else_=MessageRow.provider_id),
        sent_at=func.coalesce(MessageRow.sent_at, bindparam("at", type_=MOMENT)),
        settled_at=func.coalesce(MessageRow.settled_at, bindparam("settled", type_=MOMENT)),
        lease_until=None,
        error_code="",
        error_text="",
    )
)
NOT_TAKEN = (
    update(MESSAGES)
    .where(*_OF_CLAIM, MessageRow.standing == Standing.SENDING)
    .values(
        standing=bindparam("told"),
        provider=bindparam("by"),
        not_before=func.coalesce(bindparam("next_at", type_=MOMENT), MessageRow.not_before),
        settled_at=bindparam("settled"),
        # where facts were kept, the other channel says what failed for good: its sweep looks from now on
        fallback_at=case(
            (
                MessageRow.facts.is_not(None),
                func.coalesce(bindparam("failed_at", type_=MOMENT), MessageRow.fallback_at),
            ),
            else_=MessageRow.fallback_at,
        ),
        lease_until=None,
        error_code=bindparam("code"),
        error_text=bindparam("words"),
    )
)
ATTEMPT_ENDED = (
    update(ATTEMPTS)
    .where(AttemptRow.message_id == bindparam("claimed"), AttemptRow.number == bindparam("count"))
    .values(
        ended_at=bindparam("at"),
        outcome=bindparam("became"),
        code=bindparam("said_code"),
        text=bindparam("said_words"),
    )
)


def fate(done: Done) -> dict[str, Any]:
    """What an outcome makes of a message, as parameters of `TAKEN` or `NOT_TAKEN`."""
    claim, outcome = done.claim, done.outcome
    found: dict[str, Any] = {"claimed": claim.message.id, "number": claim.number, "by": done.provider}
    settled: datetime | None
    match outcome:
        case Accepted():
            arrived = outcome.standing is Standing.DELIVERED
            asked = not arrived and claim.message.channel is Channel.SMS
            return found | {
                "told": outcome.standing,
                "by_id": outcome.provider_id,
                "at": done.at,
                "settled": done.at if arrived else None,
                "arrived": arrived,
                "asked": asked_next(done.at, done.at) if asked else None,
            }
        case Temporary() if done.next_at is None:
            told, settled = Standing.FAILED, done.at
        case Temporary():
            told, settled = Standing.QUEUED, None
        case Permanent():
            told, settled = Standing.FAILED, done.at
        case Unknown():
            told, settled = Standing.UNKNOWN, None
    found |= {"told": told, "settled": settled, "next_at": done.next_at, "failed_at": settled}
    return found | {"code": outcome.code[:60], "words": outcome.text}


def falls(now: datetime) -> Any:
    """When the other channel says what does not get through: at once where its facts were kept, else never."""
    return case((MessageRow.facts.is_not(None), literal(now, MOMENT)), else_=None)


def ended(done: Done) -> dict[str, Any]:
    """What an outcome makes of the attempt, as parameters of `ATTEMPT_ENDED`."""
    outcome = done.outcome
    code, words = ("", "") if isinstance(outcome, Accepted) else (outcome.code[:60], outcome.text)
    return {
        "claimed": done.claim.message.id,
        "count": done.claim.number,
        "at": done.at,
        "became": type(outcome).__name__.lower(),
        "said_code": code,
        "said_words": words,
    }
