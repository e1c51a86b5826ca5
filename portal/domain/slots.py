"""Slots a recipient can choose as a new window, and which of them are still to be had."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Slot:
    """Delivery capacity of a zone between two moments; bookable until `closes_at`."""

    id: int
    key: str
    zone: str
    start: datetime
    end: datetime
    capacity: int
    taken: int
    closes_at: datetime

    def open_at(self, now: datetime) -> bool:
        """Still bookable at this moment."""
        return self.taken < self.capacity and now < self.closes_at and now < self.start
