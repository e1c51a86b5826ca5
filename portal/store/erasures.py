"""Who asked to be forgotten: kept as keyed fingerprints alone, with the pieces of work that this is done in.

A copy of these rows lies beside the pictures (portal/store/tombstones.py), so that a restored backup forgets again.
"""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db
from portal.store.outbox_rows import BIG


class ErasureRow(db.Model):
    """One request to be forgotten. `shipper_id` None: at every shipper. `counts` is what it reached, by table."""

    __tablename__ = "erasures"
    id: Mapped[int] = mapped_column(BIG, primary_key=True, autoincrement=True)
    uid: Mapped[str] = mapped_column(String(36), unique=True)
    shipper_id: Mapped[int | None] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(20))
    case_ref: Mapped[str] = mapped_column(String(40))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    asked_by: Mapped[str] = mapped_column(String(120))
    counts: Mapped[dict[str, int]] = mapped_column(JSON)
    done_at: Mapped[datetime | None] = mapped_column(Moment)


class ErasureMarkRow(db.Model):
    """A keyed fingerprint of a number or address, by which the person is known again after a restore."""

    __tablename__ = "erasure_marks"
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id", ondelete="CASCADE"), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64), primary_key=True)


class ErasurePieceRow(db.Model):
    """A shipment that the person is in, as its recipient or as a neighbor; `mark` knows it again after a restore."""

    __tablename__ = "erasure_pieces"
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasures.id", ondelete="CASCADE"), primary_key=True)
    shipment_id: Mapped[int] = mapped_column(
        ForeignKey("shipments.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    part: Mapped[str] = mapped_column(String(10), primary_key=True)
    mark: Mapped[str] = mapped_column(String(64))
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "ix_erasure_pieces_waiting",
            "erasure_id",
            postgresql_where=sql("done_at IS NULL"),
            sqlite_where=sql("done_at IS NULL"),
        ),
    )


class ProviderCopyRow(db.Model):
    """A text that a provider still holds and is asked to erase; parked when it will not be done without somebody."""

    __tablename__ = "provider_copies"
    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    provider_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment)
    tries: Mapped[int] = mapped_column(Integer)
    code: Mapped[str] = mapped_column(String(60))
    parked_at: Mapped[datetime | None] = mapped_column(Moment)
    __table_args__ = (
        Index(
            "ix_provider_copies_due_at",
            "due_at",
            postgresql_where=sql("parked_at IS NULL"),
            sqlite_where=sql("parked_at IS NULL"),
        ),
    )


class RetentionMarkRow(db.Model):
    """Up to which moment the messages of a shipper were looked at by a rule of retention."""

    __tablename__ = "retention_marks"
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment)


ERASURES, MARKS, PIECES = ErasureRow.__table__, ErasureMarkRow.__table__, ErasurePieceRow.__table__
COPIES, LOOKED = ProviderCopyRow.__table__, RetentionMarkRow.__table__
