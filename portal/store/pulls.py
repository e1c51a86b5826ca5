"""How far each dispatch has read the feed by itself: what it has read, it has."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.store.changes import FeedRow
from portal.store.outbox_rows import insert_for


class PullRow(db.Model):
    """The highest number that this owner (0: the operator) has asked to go on from: everything up to it was read."""

    __tablename__ = "pulls"
    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)


def is_news(session: Session, shipper_id: int | None, after: int) -> bool:
    """Whether going on after this number says that more was read than was known.

    Only the number of an entry in the caller's scope says so: any other one was never handed out.
    """
    known = select(PullRow.seq).where(PullRow.owner == (shipper_id or 0), PullRow.seq >= after)
    entry = select(FeedRow.seq).where(FeedRow.seq == after)
    if shipper_id is not None:
        entry = entry.where(FeedRow.shipper_id == shipper_id)
    return after > 0 and session.execute(known).first() is None and session.execute(entry).first() is not None


def note(session: Session, shipper_id: int | None, after: int, at: datetime) -> None:
    """Remember how far was read; a lower number than the known one changes nothing."""
    new = insert_for(session)(PullRow).values(owner=shipper_id or 0, seq=after, at=at)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["owner"],
            set_={"seq": new.excluded.seq, "at": new.excluded.at},
            where=PullRow.seq < new.excluded.seq,
        )
    )


def read_to(session: Session, shipper_id: int) -> int:
    """The highest number that a shipper's dispatch or the operator's has read; 0: none."""
    highest = select(func.max(PullRow.seq)).where(PullRow.owner.in_([shipper_id, 0]))
    return session.execute(highest).scalar_one() or 0
