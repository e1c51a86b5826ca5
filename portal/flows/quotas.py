"""What an agent may do only so often: kept in the database, so that many at once are counted one by one."""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.reveals import STOPS_AFTER
from portal.store import quotas
from portal.store.agents import Agent

HOUR = timedelta(hours=1)
# What -> how often within which time. An agent with a caller on the line searches about once a minute.
LIMITS: dict[str, tuple[int, timedelta]] = {
    "export": (30, HOUR),
    "reveal": (STOPS_AFTER, HOUR),
    "search": (1_000, HOUR),
    # of these, by digits alone or an email that nothing has exactly: so few that nobody finds out a masked number
    # digit by digit or a locker's code by trying, and more than an agent with callers on the line needs
    "feel": (100, HOUR),
}


def take(session: Session, agent: Agent, what: str, now: datetime) -> datetime | None:
    """Count one more of `what` (a key of LIMITS). None: go on; else it is not done, and this is when it may be."""
    allowed, within = LIMITS[what]
    return quotas.take(session, agent.id, what, now, within, allowed)
