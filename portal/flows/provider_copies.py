"""Copies of texts at their provider: asked to be erased, again and again, parked when somebody has to look."""

from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Protocol, assert_never

import structlog
from sqlalchemy.orm import Session

from notifications.provider import Accepted, Outcome, Permanent, Temporary, Unknown
from notifications.senders import Switchboard
from portal.store import erasures

log = structlog.get_logger()

AT_ONCE = 25
# Longer than all calls of a run may take; whoever dies lets the next one go on after that.
CLAIMED_FOR = timedelta(minutes=10)
LONGEST_PAUSE = timedelta(hours=6)
MOST_TRIES = 20


class House(Protocol):
    """What erasing copies needs of the kit."""

    @property
    def senders(self) -> Switchboard: ...
    def now(self) -> datetime: ...
    def transaction(self) -> AbstractContextManager[Session]: ...


def erase_some(house: House) -> int:
    """Ask for what is due; how many were asked for. No transaction is open during a call."""
    now = house.now()
    with house.transaction() as session:
        due = erasures.claim_copies(session, now, now + CLAIMED_FOR, AT_ONCE)
    for provider, provider_id, tries in due:
        answer = house.senders.erase_copy(provider, provider_id, house.now())
        with house.transaction() as session:
            _note(session, provider, provider_id, tries, answer, house.now())
    return len(due)


def _note(
    session: Session, provider: str, provider_id: str, tries: int, answer: Outcome, now: datetime
) -> None:
    match answer:
        case Accepted():
            erasures.copy_is_gone(session, provider, provider_id)
        case Temporary() | Unknown() if tries + 1 < MOST_TRIES:
            pause = min(timedelta(minutes=2 ** min(tries, 12)), LONGEST_PAUSE)
            erasures.copy_stays(session, provider, provider_id, answer.code, now + pause)
        case Temporary() | Unknown() | Permanent():
            erasures.park_copy(session, provider, provider_id, answer.code, now)
            log.warning("copy_not_erased", provider=provider, message=provider_id, code=answer.code)
        case _:
            assert_never(answer)
