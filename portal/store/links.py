"""Links to shipments, one-time codes, and the proof a right code gives."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Boolean, ForeignKey, Index, String, func, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db, touched
from portal.domain.access import LINK_LIVES_AFTER_END, OneTimeCode
from portal.store.shipment_rows import LinkRow, ShipmentRow


class OneTimeCodeRow(db.Model):
    """A code sent to a contact on file; only its seal is kept, and the fingerprint of where it went."""

    __tablename__ = "one_time_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"))
    seal: Mapped[str] = mapped_column(String(64))
    sent_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(default=0)
    used: Mapped[bool] = mapped_column(Boolean, default=False)
    sent_to: Mapped[str] = mapped_column(String(64), server_default="")
    __table_args__ = (
        Index("ix_one_time_codes_shipment_id_sent_at", "shipment_id", "sent_at"),
        Index("ix_one_time_codes_sent_to_sent_at", "sent_to", "sent_at"),
    )


class ProofRow(db.Model):
    """A browser that typed a right code; good for one shipment and a short while."""

    __tablename__ = "proofs"
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    code_id: Mapped[int] = mapped_column(ForeignKey("one_time_codes.id", ondelete="CASCADE"), index=True)
    expires_at: Mapped[datetime] = mapped_column(Moment)


def add(session: Session, links: Iterable[tuple[str, int]], now: datetime) -> None:
    """New links: (fingerprint, shipment id)."""
    rows = [
        {"fingerprint": seal, "shipment_id": shipment_id, "created_at": now} for seal, shipment_id in links
    ]
    if rows:
        session.execute(insert(LinkRow.__table__), rows)


def expire_after_end(session: Session, now: datetime) -> int:
    """Give the links of finished shipments their end; returns how many."""
    ended = select(ShipmentRow.id).where(ShipmentRow.finished_at < now - LINK_LIVES_AFTER_END)
    done = session.execute(
        update(LinkRow)
        .where(LinkRow.expires_at.is_(None), LinkRow.shipment_id.in_(ended))
        .values(expires_at=now)
        .returning(LinkRow.shipment_id)
    )
    over = set(done.scalars())
    touched(session, over)
    return len(over)


def revoke(session: Session, shipment_id: int, now: datetime) -> None:
    """No link made so far opens this shipment any more."""
    touched(session, [shipment_id])
    session.execute(
        update(LinkRow)
        .where(LinkRow.shipment_id == shipment_id, LinkRow.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def add_code(session: Session, shipment_id: int, seal: str, now: datetime, expires_at: datetime) -> int:
    """A code will be sent; earlier ones of the shipment are good no longer. Returns its id."""
    session.execute(
        update(OneTimeCodeRow)
        .where(OneTimeCodeRow.shipment_id == shipment_id, OneTimeCodeRow.used.is_(False))
        .values(used=True)
    )
    values = {"shipment_id": shipment_id, "seal": seal, "sent_at": now}
    new = insert(OneTimeCodeRow).values(**values, expires_at=expires_at, tries=0, used=False)
    return session.execute(new.returning(OneTimeCodeRow.id)).scalar_one()


def code_went_to(session: Session, code_id: int, to: str) -> None:
    """Where it was sent, as a fingerprint."""
    session.execute(update(OneTimeCodeRow).where(OneTimeCodeRow.id == code_id).values(sent_to=to))


def hold_senders(session: Session, marks: Iterable[str]) -> None:
    """Whoever counts codes to these (fingerprints) waits for this transaction; on SQLite writers always do."""
    if session.get_bind().dialect.name == "postgresql":
        for mark in sorted(set(marks)):
            lock = int(mark[:15], 16)
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})


def codes_sent_to(session: Session, marks: Iterable[str], since: datetime) -> list[tuple[str, datetime]]:
    """(fingerprint, when) of the codes sent to these since then, for whatever shipment."""
    row = OneTimeCodeRow
    rows = session.execute(
        select(row.sent_to, row.sent_at).where(row.sent_to.in_(set(marks)), row.sent_at > since)
    )
    return [(mark, at) for mark, at in rows]


def codes_sent_since(session: Session, shipment_id: int, since: datetime) -> int:
    """How many codes were sent for a shipment since then."""
    return session.execute(
        select(func.count()).where(OneTimeCodeRow.shipment_id == shipment_id, OneTimeCodeRow.sent_at > since)
    ).scalar_one()


def count_try(session: Session, shipment_id: int) -> OneTimeCode | None:
    """Count one guess at the newest code, and only then show it: parallel guesses are counted one by one."""
    newest = (
        select(OneTimeCodeRow.id)
        .where(OneTimeCodeRow.shipment_id == shipment_id)
        .order_by(OneTimeCodeRow.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    row = session.execute(
        update(OneTimeCodeRow)
        .where(OneTimeCodeRow.id == newest)
        .values(tries=OneTimeCodeRow.tries + 1)
        .returning(
            OneTimeCodeRow.id,
            OneTimeCodeRow.seal,
            OneTimeCodeRow.expires_at,
            OneTimeCodeRow.tries,
            OneTimeCodeRow.used,
        )
    ).one_or_none()
    return OneTimeCode(*row) if row else None


def use_code(
    session: Session, code: OneTimeCode, shipment_id: int, proof: str, now: datetime, lasts: timedelta
) -> None:
    """The code was right: it is spent, and the browser with `proof` (a fingerprint) may change things for a while."""
    session.execute(update(OneTimeCodeRow).where(OneTimeCodeRow.id == code.id).values(used=True))
    values = {"fingerprint": proof, "shipment_id": shipment_id, "code_id": code.id, "expires_at": now + lasts}
    session.execute(insert(ProofRow).values(values))


def proven(session: Session, shipment_id: int, proof: str, now: datetime) -> bool:
    """Whether this browser typed a right code for this shipment a short while ago."""
    return (
        session.execute(
            select(ProofRow.shipment_id).where(
                ProofRow.fingerprint == proof, ProofRow.shipment_id == shipment_id, ProofRow.expires_at > now
            )
        ).scalar_one_or_none()
        is not None
    )
