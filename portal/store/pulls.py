"""How far each dispatch has read the feed by itself: what it has read, it has."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class PullRow(db.Model):
    """The highest number that this owner (0: the operator) has asked to go on from: everything up to it was read."""

    __tablename__ = "pulls"
    owner: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(Moment)
