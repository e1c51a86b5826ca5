"""Forms that make a secret and were sent once: a second sending finds what the first made, and makes no other."""

from datetime import datetime

from sqlalchemy import String, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import insert_for


class SentFormRow(db.Model):
    """A form by the fingerprint of its one-time token; `made` says what came of it, without the secret."""

    __tablename__ = "sent_forms"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    made: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment, index=True)


FORMS = SentFormRow.__table__


def first(session: Session, fingerprint: str, now: datetime) -> bool:
    """Whether this form is sent for the first time; two at once wait for each other, and one of them is first."""
    new = insert_for(session)(FORMS).values(fingerprint=fingerprint, made="", at=now)
    once = new.on_conflict_do_nothing(index_elements=["fingerprint"]).returning(FORMS.c.fingerprint)
    return session.execute(once).scalar_one_or_none() is not None


def note(session: Session, fingerprint: str, made: str) -> None:
    """Write down what came of it."""
    session.execute(update(SentFormRow).where(SentFormRow.fingerprint == fingerprint).values(made=made[:200]))


def made(session: Session, fingerprint: str) -> str:
    """What came of a form that was sent before."""
    query = select(SentFormRow.made).where(SentFormRow.fingerprint == fingerprint)
    return session.execute(query).scalar_one_or_none() or ""


def forget(session: Session, before: datetime) -> None:
    """Forget forms that nobody sends again."""
    session.execute(delete(SentFormRow).where(SentFormRow.at < before))
