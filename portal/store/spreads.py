"""What was learned from finished rounds: how wide windows must be, by depot, kind of round and level."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class SpreadRow(db.Model):
    """A table of spreads; `owner` as with routes (0: the operator's), `rounds` and `deliveries` it was learned from."""

    __tablename__ = "spreads"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner: Mapped[int]
    depot: Mapped[str] = mapped_column(String(80))
    profile: Mapped[str] = mapped_column(String(20))
    level: Mapped[int]
    spreads: Mapped[dict[str, Any]] = mapped_column(JSON)
    rounds: Mapped[int]
    deliveries: Mapped[int]
    learned_at: Mapped[datetime] = mapped_column(Moment)
    __table_args__ = (UniqueConstraint("owner", "depot", "profile", "level"),)
