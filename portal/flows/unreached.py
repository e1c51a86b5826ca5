"""Does every change reach dispatch? What nobody there is known to have after two minutes is an alarm (I11)."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.store import pulls, reached
from portal.store.reached import Untold

ALARM_AFTER = timedelta(minutes=2)
# Longer than a webhook is tried; what is older waits for nobody any more.
LOOKED_BACK = timedelta(days=5)


def untold(session: Session, shipper_id: int | None, now: datetime) -> Untold:
    """What dispatch is not known to have, within a shipper's scope (None: the operator's)."""
    return reached.untold(session, shipper_id, now - LOOKED_BACK)


def alarm(session: Session, shipper_id: int | None, now: datetime) -> str:
    """The sentence for operators when a change waits too long without anybody at dispatch; empty: all is well."""
    found = untold(session, shipper_id, now)
    if found.since is None or now - found.since < ALARM_AFTER:
        return ""
    changes = "1 change is" if found.count == 1 else f"{found.count} changes are"
    minutes = int((now - found.since).total_seconds() // 60)
    return (
        f"{changes} not known to have reached dispatch, the first for {minutes} minutes: "
        "no webhook was taken, nothing was pulled, and nobody has answered."
    )


def note_pulls(session: Session, now: datetime) -> int:
    """What dispatch has read by itself, it has. Safe to run twice. Returns how many changes."""
    return reached.by_pull(session, now - LOOKED_BACK)


def reads_on(session: Session, shipper_id: int | None, after: int) -> bool:
    """Whether a dispatch that goes on after this number has read more than we knew."""
    return pulls.is_news(session, shipper_id, after)


def has_read(session: Session, shipper_id: int | None, after: int, now: datetime) -> None:
    """A dispatch went on after this number; the clock draws the conclusions."""
    pulls.note(session, shipper_id, after, now)
