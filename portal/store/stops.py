"""Stops and claims take turns: every claim of messages either ended before a stop was heard, or sees it.

SQLite has one writer at a time anyway; PostgreSQL gets a lock that claims share and a stop has alone.
"""

from sqlalchemy import text
from sqlalchemy.orm import Session

STOPS_LOCK = 7_220_403
SHARED = text("SELECT pg_advisory_xact_lock_shared(:lock)")
ALONE = text("SELECT pg_advisory_xact_lock(:lock)")


def stops_wait(session: Session) -> None:
    """For who claims messages: whoever says stop from now on waits until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(SHARED, {"lock": STOPS_LOCK})


def claims_wait(session: Session) -> None:
    """For who keeps a stop: claims under way end first, and new ones wait until this transaction ends."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(ALONE, {"lock": STOPS_LOCK})
