"""Which of the free windows somebody means who wrote "tomorrow afternoon"."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from portal.domain.reply_intents import NewWindow
from portal.domain.slots import Slot

MOST_CHOICES = 3


@dataclass(frozen=True, slots=True)
class Matches:
    """At most three slots, the soonest first; not `exact` when their hours are others than asked."""

    slots: tuple[Slot, ...]
    exact: bool = True


def matching(wish: NewWindow, free: Sequence[Slot], timezone: str, usual: date | None) -> Matches:
    """The free slots that were meant. Hours without a day mean the `usual` day first, where there is one.

    Where the hour is not to be had, what is free on the day that was named.
    """
    zone = ZoneInfo(timezone)
    local = [(slot, slot.start.astimezone(zone), slot.end.astimezone(zone)) for slot in free]
    of_day = [one for one in local if wish.on_its_day(one[1])]
    of_hour = [one for one in of_day if wish.at_its_hour(one[1], one[2])]
    if wish.day is None and not wish.any_hour and usual is not None:
        of_hour = [one for one in of_hour if one[1].date() == usual] or of_hour
    found = of_hour or (of_day if wish.day is not None else [])
    return Matches(tuple(slot for slot, _, _ in found[:MOST_CHOICES]), bool(of_hour))
