"""How windows fared, counted by day, shipper, depot, stage and level: the public record that outlives the parcels."""

from datetime import date

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.db import db


class WindowFigureRow(db.Model):
    """Windows of one kind scored on one day (of the delivery, in UTC); widths and misses in minutes, summed."""

    __tablename__ = "window_figures"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    depot: Mapped[str] = mapped_column(String(80), primary_key=True)
    stage: Mapped[str] = mapped_column(String(20), primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    inside: Mapped[int]
    early: Mapped[int]
    late: Mapped[int]
    width_minutes: Mapped[float]
    missed_minutes: Mapped[float]
    widths: Mapped[str] = mapped_column(String(200), server_default="")
