"""Lockers near a block and slots of a zone, at hand for seconds: the same for everybody who looks from there.

When messages go out, the neighbors of a street look at the same lockers and the same times. What is shown is at most
a few seconds old, and exact where the process itself takes or frees a place; who takes one is told the truth anyway.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Set
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain
from threading import Lock
from typing import Any, TypeVar, cast

from portal.db import ALL_PLACES, PlaceMark, Reader
from portal.domain.geo import Point
from portal.domain.lockers import Locker
from portal.domain.slots import Slot
from portal.store import lockers, slots

FRESH_SECONDS = 3.0
FRESH = timedelta(seconds=FRESH_SECONDS)
# About 10 kB each.
MOST = 1_000
MOST_MOVED = 100_000

Found = TypeVar("Found")
Places = frozenset[PlaceMark]


@dataclass(frozen=True, slots=True)
class _Read:
    """What was found, with the marks of its places: when by the house's clock, until when by this machine's."""

    what: Any
    places: Places
    at: datetime
    until: float


class Supply:
    """What can be chosen, as read in the last seconds by this process."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._lock, self._changes = most, Lock(), 0
        self._reads: OrderedDict[tuple[Any, ...], _Read] = OrderedDict()
        self._moved: OrderedDict[PlaceMark, int] = OrderedDict()

    def ticket(self) -> int:
        """How often something was taken or freed so far; for `moved`."""
        return self._changes

    def moved(self, places: Set[PlaceMark], ticket: int) -> bool:
        """Whether one of these was taken or freed since the ticket, as far as this process knows."""
        if self._changes == ticket:
            return False
        last = self._moved
        return last.get(ALL_PLACES, 0) > ticket or any(last.get(one, 0) > ticket for one in places)

    def changed(self, places: Set[PlaceMark]) -> None:
        """These were taken or freed; `ALL_PLACES` among them: dispatch told others."""
        with self._lock:
            self._changes += 1
            for place in places:
                self._moved[place] = self._changes
                self._moved.move_to_end(place)
            if len(self._moved) > MOST_MOVED:
                # what is forgotten here may have moved: nothing kept before counts any more
                self._moved = OrderedDict({ALL_PLACES: self._changes})
            old = [
                key
                for key, one in self._reads.items()
                if ALL_PLACES in places or not places.isdisjoint(one.places)
            ]
            for key in old:
                del self._reads[key]

    def near(
        self, reader: Reader, shipper_id: int, door: Point | None, limit: int, now: datetime
    ) -> tuple[Locker, ...]:
        """`lockers.near` as somebody sees them who holds no box."""
        lat, lng = (door.lat, door.lng) if door else (None, None)

        def read() -> tuple[tuple[Locker, ...], Iterable[PlaceMark]]:
            found = tuple(lockers.near(reader, shipper_id, lat, lng, limit, now=now))
            return found, (("box", box.id) for locker in found for box in locker.compartments)

        return self._at_hand(("lockers", shipper_id, lat, lng, limit), now, read)

    def offered(
        self, reader: Reader, shipper_id: int, zones: Iterable[str], now: datetime
    ) -> tuple[Slot, ...]:
        """`slots.offered` as somebody sees them who holds no place; who asks seconds later sees what closed since."""
        known = self._at_hand(("zones", shipper_id), now, lambda: (slots.zones(reader, shipper_id, now), ()))
        by_zone = [self._of_zone(reader, shipper_id, zone, now) for zone in known.intersection(zones)]
        by_zone = [found for found in by_zone if found]
        if len(by_zone) < 2:
            return by_zone[0] if by_zone else ()
        found = sorted(chain(*by_zone), key=lambda slot: (slot.start, slot.end, slot.id))
        return tuple(found[: slots.MOST])

    def _of_zone(self, reader: Reader, shipper_id: int, zone: str, now: datetime) -> tuple[Slot, ...]:
        def read() -> tuple[tuple[Slot, ...], Iterable[PlaceMark]]:
            found = tuple(slots.offered(reader, shipper_id, [zone], now))
            return found, (("slot", slot.id) for slot in found)

        return self._at_hand(("slots", shipper_id, zone), now, read)

    def _at_hand(
        self, key: tuple[Any, ...], now: datetime, read: Callable[[], tuple[Found, Iterable[PlaceMark]]]
    ) -> Found:
        known, changes = self._reads.get(key), self._changes
        if known and abs(now - known.at) < FRESH and time.monotonic() < known.until:
            return cast(Found, known.what)
        found, places = read()
        fresh = _Read(found, frozenset(places), now, time.monotonic() + FRESH_SECONDS)
        with self._lock:
            # what was taken while we read may be missing in it
            if changes == self._changes:
                self._reads[key] = fresh
                self._reads.move_to_end(key)
                while len(self._reads) > self._most:
                    self._reads.popitem(last=False)
        return found


def with_own_box(found: tuple[Locker, ...], box_id: int | None) -> tuple[Locker, ...]:
    """The lockers as the one sees them who holds this box: it is free for them."""
    if box_id is None:
        return found
    return tuple(_opened(one, box_id) for one in found)


def _opened(locker: Locker, box_id: int) -> Locker:
    if all(box.id != box_id for box in locker.compartments):
        return locker
    boxes = (replace(box, free=box.free + (box.id == box_id)) for box in locker.compartments)
    return replace(locker, compartments=tuple(boxes))


def with_own_place(found: tuple[Slot, ...], slot_id: int | None) -> tuple[Slot, ...]:
    """The slots as the one sees them who holds a place in this one."""
    if slot_id is None:
        return found
    return tuple(replace(one, taken=max(one.taken - 1, 0)) if one.id == slot_id else one for one in found)
