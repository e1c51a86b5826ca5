"""The accounts we send by, as the workers found them: well, resting after failures, or stopped by a wrong setting."""

from datetime import datetime

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class SenderRow(db.Model):
    """One account. `standing` is `well`, `resting` or `stopped`; `free_at` paces it: when its next text may leave."""

    __tablename__ = "senders"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10))
    standing: Mapped[str] = mapped_column(String(10))
    code: Mapped[str] = mapped_column(String(60))
    text: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime | None] = mapped_column(Moment)
    free_at: Mapped[datetime | None] = mapped_column(Moment)
