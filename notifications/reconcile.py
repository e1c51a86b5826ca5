"""Find out what became of sends nobody finished, before anything is sent again."""

import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from typing import assert_never

from notifications.delivery import Clock
from notifications.message import Channel
from notifications.outbox import Claim, Outbox
from notifications.provider import CannotTell, Finding, Found, NotFound
from notifications.retry import ASK_AFTER
from notifications.senders import Sender, Switchboard

log = logging.getLogger(__name__)

# A second text costs trust and money, a lost email more than a second one; a webhook bears its id, so dispatch
# knows it again.
RESENDS = {Channel.SMS: 1, Channel.EMAIL: 2, Channel.WEBHOOK: None}
ASK_AGAIN_AFTER = timedelta(seconds=60)
# An account that could not be asked so often is not asked again in this run: each try may take its ten seconds.
DEAF_AFTER = 5
# How long past its validity a message is still asked about where nobody answers.
ASKED_UNTIL = timedelta(hours=1)
ASKED_FOR_EVER = timedelta(days=1)
NOBODY_KNOWS = "The provider may have sent it, and it was sent again as often as it may be."
NOBODY_ANSWERED = "The provider may have sent it and could not be asked while it was still true."


Told = tuple[str, Finding]
Ask = Callable[[Claim], Told]


def reconcile(
    outbox: Outbox,
    board: Switchboard,
    channel: Channel,
    now: Clock,
    limit: int = 50,
    *,
    spread: Callable[[Ask, Iterable[Claim]], Iterator[Told]] = map,
) -> int:
    """Settle messages of unknown fate on `channel`; how many were asked about. Safe to run twice.

    `spread` may be an executor's `map`.
    """
    outbox.abandon(channel, now(), ASK_AFTER[channel])
    claims = outbox.doubtful(channel, limit, now())
    asked = _Asked(board, now)
    for claim, (sender, finding) in zip(claims, spread(asked.about, claims), strict=True):
        _settle(outbox, claim, sender, finding, now)
    return len(claims)


class _Asked:
    """Asks the accounts, in many threads; remembers what it found: one text is not two messages."""

    def __init__(self, board: Switchboard, now: Clock) -> None:
        self._board, self._now = board, now
        self._taken: set[str] = set()
        self._deaf: Counter[str] = Counter()

    def about(self, claim: Claim) -> Told:
        """Which account has it, and what all that may have it say of it."""
        channel = claim.message.channel
        names = claim.senders or tuple(sender.name for sender in self._board.of(channel))
        findings = {name: self._ask(self._board.named(channel, name), claim) for name in names}
        for name, finding in findings.items():
            if isinstance(finding, Found):
                self._taken.add(finding.provider_id)
                return name, finding
        unclear = (one for one in findings.values() if isinstance(one, CannotTell))
        return "", next(unclear, NotFound())

    def _ask(self, sender: Sender | None, claim: Claim) -> Finding:
        if sender is None:
            return CannotTell("Its account is not set up any more.")
        if self._deaf[sender.name] >= DEAF_AFTER:
            return CannotTell("The provider does not answer.")
        finding = self._lookup(sender, claim)
        self._deaf[sender.name] = self._deaf[sender.name] + 1 if isinstance(finding, CannotTell) else 0
        return finding

    def _lookup(self, sender: Sender, claim: Claim) -> Finding:
        taken = claim.taken | self._taken
        try:
            return sender.carrier.lookup(claim.message, claim.started_at, self._now(), taken)
        except Exception as error:
            log.exception("carrier %s could not be asked about message %s", sender.name, claim.message.id)
            return CannotTell(type(error).__name__)


def _settle(outbox: Outbox, claim: Claim, sender: str, finding: Finding, now: Clock) -> None:
    match finding:
        case Found():
            if not outbox.adopt(claim, finding, sender, now()):
                outbox.ask_later(claim, now() + ASK_AGAIN_AFTER, "It was another message's.")
        case NotFound() if _may_resend(claim):
            outbox.requeue(claim, now())
        case NotFound():
            outbox.give_up(claim, "possible_duplicate", NOBODY_KNOWS, now())
        case CannotTell() if _asked_long_enough(claim, now):
            outbox.give_up(claim, "nobody_knows", NOBODY_ANSWERED, now())
        case CannotTell():
            outbox.ask_later(claim, now() + ASK_AGAIN_AFTER, finding.text)
        case _:
            assert_never(finding)


def _may_resend(claim: Claim) -> bool:
    allowed = RESENDS[claim.message.channel]
    return allowed is None or claim.message.resends < allowed


def _asked_long_enough(claim: Claim, now: Clock) -> bool:
    """It would not be sent again any more, whatever came out."""
    expires_at = claim.message.expires_at
    until = expires_at + ASKED_UNTIL if expires_at else claim.started_at + ASKED_FOR_EVER
    return now() > until
