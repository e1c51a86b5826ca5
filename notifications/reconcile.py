"""Find out what became of sends nobody finished, before anything is sent again."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import timedelta
from typing import assert_never

from notifications.delivery import Clock
from notifications.message import Channel
from notifications.outbox import Claim, Outbox
from notifications.provider import CannotTell, Carrier, Finding, Found, NotFound
from notifications.retry import ASK_AFTER

log = logging.getLogger(__name__)

# A second text costs trust and money; a webhook bears its id, so dispatch knows it again.
RESENDS = {Channel.SMS: 1, Channel.EMAIL: 1, Channel.WEBHOOK: None}
ASK_AGAIN_AFTER = timedelta(seconds=60)
NOBODY_KNOWS = "The provider may have sent it, and it was already sent again once."


Ask = Callable[[Claim], Finding]


def reconcile(
    outbox: Outbox,
    carriers: Mapping[Channel, Carrier],
    channel: Channel,
    now: Clock,
    limit: int = 50,
    *,
    spread: Callable[[Ask, Iterable[Claim]], Iterator[Finding]] = map,
) -> int:
    """Settle messages of unknown fate on `channel`; how many were asked about. Safe to run twice.

    `spread` may be an executor's `map`.
    """
    outbox.abandon(channel, now(), ASK_AFTER[channel])
    claims = outbox.doubtful(channel, limit, now())

    def ask(claim: Claim) -> Finding:
        return _ask(carriers[channel], claim, now)

    for claim, finding in zip(claims, spread(ask, claims), strict=True):
        _settle(outbox, claim, finding, now)
    return len(claims)


def _ask(carrier: Carrier, claim: Claim, now: Clock) -> Finding:
    try:
        return carrier.lookup(claim.message, claim.started_at, now())
    except Exception as error:
        log.exception("carrier %s could not be asked about message %s", carrier.name, claim.message.id)
        return CannotTell(type(error).__name__)


def _settle(outbox: Outbox, claim: Claim, finding: Finding, now: Clock) -> None:
    match finding:
        case Found():
            outbox.adopt(claim, finding, now())
        case NotFound() if _may_resend(claim):
            outbox.requeue(claim, now())
        case NotFound():
            outbox.give_up(claim, "possible_duplicate", NOBODY_KNOWS, now())
        case CannotTell():
            outbox.ask_later(claim, now() + ASK_AGAIN_AFTER, finding.text)
        case _:
            assert_never(finding)


def _may_resend(claim: Claim) -> bool:
    allowed = RESENDS[claim.message.channel]
    return allowed is None or claim.message.resends < allowed
