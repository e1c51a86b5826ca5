"""What is kept no longer than it is needed: words, names, proof, calls and the audit of each shipper go in their time.

Each piece is a short transaction, and every question has an index that holds only what is left to do.
"""

import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy.orm import Session

from portal.config import Settings
from portal.db import Database, touched
from portal.domain import retention as rules
from portal.domain.retention import Keep, days_before, months_before
from portal.flows import erasing
from portal.flows.announce import Voice
from portal.store import erasures, growing_old, person_marks, retention
from portal.store.drawer import Drawer
from portal.store.retention import ACTS, PROOFS, WEBHOOKS

AT_ONCE = 50
LOOKED_AT_ONCE = 2_000
# A run ends before anybody misses its heartbeat; the next one goes on.
PATIENCE_SECONDS = 45.0
# Nothing was kept before there was anything to keep.
LONG_AGO = timedelta(days=3_650)

Piece = Callable[[Session], int]
PAGES = {
    WEBHOOKS: retention.blank_late_messages,
    PROOFS: retention.blank_proofs,
    ACTS: retention.blank_later_acts,
}


class House(Protocol):
    """What keeping needs of the kit."""

    @property
    def settings(self) -> Settings: ...
    @property
    def drawer(self) -> Drawer: ...
    @property
    def voice(self) -> Voice: ...
    @property
    def database(self) -> Database: ...
    def now(self) -> datetime: ...
    def transaction(self) -> AbstractContextManager[Session]: ...
    def reading(self) -> AbstractContextManager[Session]: ...


def tidy(house: House) -> int:
    """Let go of all that is due, as far as the time of one run goes; how many rows or deliveries."""
    until = time.monotonic() + PATIENCE_SECONDS
    with house.reading() as session:
        keeps = {one.id: _keep(house, one.rules.keep) for one in house.voice.shippers(session).values()}
    gone = erasing.look_over(house)
    for shipper_id, keep in keeps.items():
        gone += _of_shipper(house, shipper_id, keep, until)
    for keep_for, those in _alike(keeps, "webhooks_days").items():
        gone += _pages(house, WEBHOOKS, those, keep_for, until)
    for keep_for, those in _alike(keeps, "proof_days").items():
        gone += _pages(house, PROOFS, those, keep_for, until)
    for keep_for, those in _alike(keeps, "contacts_days").items():
        gone += _pages(house, ACTS, those, keep_for, until)
    return gone + _of_the_house(house, until)


def _keep(house: House, keep: Keep) -> Keep:
    return replace(keep, proof_days=keep.proof_days or house.settings.proof_days)


def _alike(keeps: Mapping[int, Keep], name: str) -> dict[int, list[int]]:
    """Shippers by how many days they keep this: those alike are looked at together."""
    found: dict[int, list[int]] = {}
    for shipper_id, keep in keeps.items():
        found.setdefault(getattr(keep, name), []).append(shipper_id)
    return found


def _of_shipper(house: House, shipper_id: int, keep: Keep, until: float) -> int:
    now = house.now()
    # what nobody told anything about, or did anything about, for so long is over
    since = now - rules.SILENT_FOR

    def words(session: Session) -> int:
        ids = retention.words_due(session, shipper_id, days_before(now, keep.messages_days), since, AT_ONCE)
        if ids and keep.provider_copies:
            erasures.queue_copies(session, person_marks.copies_of(session, ids), now)
        if ids:
            retention.blank_words(session, ids, now)
            touched(session, ids)
        return len(ids)

    def contacts(session: Session) -> int:
        ids = retention.contacts_due(
            session, shipper_id, days_before(now, keep.contacts_days), since, AT_ONCE
        )
        return _forget(session, ids, keep, now)

    def silent(session: Session) -> int:
        ids = retention.never_ended(session, shipper_id, since, since, AT_ONCE)
        return _forget(session, ids, keep, now)

    def audits(session: Session) -> int:
        before = months_before(now, keep.audit_months)
        return retention.forget_audit(session, shipper_id, before, LOOKED_AT_ONCE)

    pieces: list[tuple[Piece, int]] = [(words, AT_ONCE), (contacts, AT_ONCE), (silent, AT_ONCE)]
    pieces.append((audits, LOOKED_AT_ONCE))
    return sum(_in_pieces(house, piece, full, until) for piece, full in pieces)


def _forget(session: Session, ids: list[int], keep: Keep, now: datetime) -> int:
    if ids:
        erasing.forget(session, ids, "time", now, proof=False, copies=bool(keep.provider_copies))
        touched(session, ids)
    return len(ids)


def _in_pieces(house: House, piece: Piece, full: int, until: float) -> int:
    """Run a piece until one is not full, or the time is over."""
    gone = 0
    while time.monotonic() < until:
        some = house.database.played(lambda: _one(house, piece))
        gone += some
        if some < full:
            break
    return gone


def _one(house: House, piece: Piece) -> int:
    with house.transaction() as session:
        return piece(session)


def _pages(house: House, name: str, those: list[int], days: int, until: float) -> int:
    """Look through what was made since the last look, up to so many days ago; how many pages were full.

    Shippers that were never looked at come last and by themselves: they begin at the beginning.
    """
    with house.reading() as session:
        known = retention.looked_until(session, those, name)
    groups = [one for one in those if one in known], [one for one in those if one not in known]
    return sum(_look_through(house, name, group, days, until) for group in groups if group)


def _look_through(house: House, name: str, those: list[int], days: int, until: float) -> int:
    now = house.now()
    ends, pages = days_before(now, days), 0
    page = PAGES[name]
    while time.monotonic() < until:
        with house.transaction() as session:
            marks = retention.looked_until(session, those, name)
            after = min((marks.get(one, now - LONG_AGO) for one in those), default=ends)
            if after >= ends:
                return pages
            last = page(session, those, after, ends, LOOKED_AT_ONCE)
            retention.looked(session, those, name, last or ends)
        if last is None:
            break
        pages += 1
    return pages


def _of_the_house(house: House, until: float) -> int:
    """What is known of numbers and addresses themselves, and what the operator's own people did."""
    now = house.now()
    befores = {
        growing_old.CONSENT: now - rules.CONSENT_LASTS,
        growing_old.STARTED: now - rules.STARTED_AGAIN_FOR,
        growing_old.NOT_WORKING: now,
        growing_old.CHOSEN: now - rules.CONSENT_LASTS,
        growing_old.HABITS: now - rules.HABITS_LAST,
    }

    def audits(session: Session) -> int:
        return retention.forget_audit(session, None, months_before(now, Keep().audit_months), LOOKED_AT_ONCE)

    gone = _in_pieces(house, audits, LOOKED_AT_ONCE, until)
    for what, before in befores.items():

        def some(session: Session, what: growing_old.Grows = what, before: datetime = before) -> int:
            return growing_old.forget(session, what, before, LOOKED_AT_ONCE)

        gone += _in_pieces(house, some, LOOKED_AT_ONCE, until)
    return gone
