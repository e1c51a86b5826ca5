"""Whether a text that a network failed to deliver is sent once more, and when."""

import random
from collections.abc import Callable
from datetime import datetime

from notifications.facts_json import USUAL
from notifications.message import Channel, Message
from notifications.notice import RULES, Notice
from notifications.policy import next_decent
from notifications.receipts import Receipt
from notifications.trouble import ONCE_MORE_AFTER

RESENDS = 1


def once_more_at(
    message: Message, receipt: Receipt, now: datetime, chance: Callable[[], float] = random.random
) -> datetime | None:
    """When a text whose receipt tells a failure is tried again; None: it has failed for good.

    Once, if the failure is of a kind that passes, the text is still true by then, and it is day at the door.
    """
    pauses = ONCE_MORE_AFTER.get(receipt.trouble) if receipt.trouble else None
    if message.channel is not Channel.SMS or pauses is None or message.resends >= RESENDS:
        return None
    shortest, longest = pauses
    at = _decent(message, now + shortest + (longest - shortest) * chance())
    return at if message.expires_at is None or at < message.expires_at else None


def _decent(message: Message, at: datetime) -> datetime:
    if message.facts is None or message.notice not in list(Notice) or RULES[Notice(message.notice)].urgent:
        return at
    return next_decent(at, message.facts.get("timezone", USUAL["timezone"]))
