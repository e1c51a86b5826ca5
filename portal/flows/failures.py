"""What a failure says beyond its message: whom it concerns, and what the house keeps of that."""

from collections.abc import Iterable
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from notifications.message import Message, Standing
from notifications.receipts import Receipt
from notifications.senders import PROBE_EVERY, Health, Report
from notifications.trouble import Trouble
from portal.store import contacts, doubts, senders

log = structlog.get_logger()


def heard(session: Session, told: Iterable[tuple[Receipt, Message]], now: datetime) -> list[Report]:
    """Receipts came: an address does not work, an account has a wrong setting, or works again.

    The accounts whose health changed. `told` has each message as it stood before.
    """
    told = list(told)
    for receipt, message in told:
        if receipt.trouble is Trouble.CONTACT and message.to:
            contacts.mark_unreachable(session, message.channel, message.to, receipt.code, receipt.text, now)
    stopped = [one for one in told if one[0].trouble is Trouble.CONFIGURATION]
    arrived = [message for receipt, message in told if receipt.standing is Standing.DELIVERED]
    changed = [_stop(session, receipt, message, now) for receipt, message in stopped]
    return [one for one in changed if one] + works(session, arrived, now)


def works(session: Session, arrived: Iterable[Message], now: datetime) -> list[Report]:
    """These were sent and did not fail: an account whose receipts had told of a wrong setting works again."""
    arrived = list(arrived)
    stopped = senders.stopped_by_receipts(session) if arrived else {}
    by_them = [one for one in arrived if one.provider in stopped]
    tried = doubts.last_tried(session, by_them) if by_them else {}
    proven = {
        one.provider: one.channel
        for one in by_them
        if one.id in tried and tried[one.id] > stopped[one.provider]
    }
    well = [Report(name, channel, Health.WELL, now, by_receipt=True) for name, channel in proven.items()]
    return [report for report in well if senders.note(session, report, {Health.STOPPED})]


def tell(changed: Iterable[Report]) -> None:
    """One line for an account whose health changed."""
    for report in changed:
        log.warning("sender_changed", provider=report.name, status=report.health.value, code=report.code)


def _stop(session: Session, receipt: Receipt, message: Message, now: datetime) -> Report | None:
    """The account is stopped, unless this text left before somebody put the setting right."""
    report = Report(
        message.provider or receipt.provider,
        message.channel,
        Health.STOPPED,
        now,
        now + PROBE_EVERY,
        receipt.code,
        receipt.text,
        by_receipt=True,
    )
    known = senders.reports(session).get(report.name)
    if known and known.health is Health.WELL:
        tried_at = doubts.last_tried(session, [message]).get(message.id, now)
        if tried_at < known.since:
            return None
    return report if senders.note(session, report, set(Health)) else None
