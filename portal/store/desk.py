"""Answers given on the desk that can still be undone: they take effect a few seconds later."""

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import Moment, db


class DeskAnswerRow(db.Model):
    """An answer that waits for its moment; one for a change."""

    __tablename__ = "desk_answers"
    change_id: Mapped[str] = mapped_column(ForeignKey("changes.id", ondelete="CASCADE"), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id", ondelete="CASCADE"), index=True)
    accepted: Mapped[bool] = mapped_column(Boolean)
    reason_code: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str] = mapped_column(String(500))
    given_at: Mapped[datetime] = mapped_column(Moment)
    effective_at: Mapped[datetime] = mapped_column(Moment, index=True)
