"""Where the steps are taken: one shipper's day in a house whose clock is moved by hand."""

from collections import Counter
from datetime import timedelta
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from hypothesis.stateful import RuleBasedStateMachine, initialize

from portal.clock import ManualClock
from portal.domain.change import Change, Kind
from portal.domain.kinds.address_correction import CorrectAddress
from portal.domain.kinds.base import Wish
from portal.domain.kinds.hold import KeepForAWhile
from portal.domain.kinds.instructions import GiveInstructions
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.domain.shipment import Status
from portal.store import changes, shipments
from tests.dispatch import Dispatch, locker, new_dispatch, shipment, slot
from tests.model import checks
from tests.model.book import Book

REFERENCES = ("A-1", "A-2", "B-1")
BEA = {"name": "Bea Book", "phone": "+12025550144", "email": "bea@example.com", "language": "en"}
numbers = count(1)


class Day(RuleBasedStateMachine):
    """One shipper's day: three shipments on a round, two slots, two boxes, and the model of what was wished."""

    app: Flask
    clock: ManualClock
    counted: Counter[str]

    @initialize()
    def a_new_shipper(self) -> None:
        self.kit = self.app.extensions["doorstep"]
        self._to_the_next_morning()
        self.dispatch: Dispatch = new_dispatch(self.app, f"Shop {next(numbers)}")
        self.book, self.events, self.delivered = Book(), count(1), dict[str, str]()
        day, self.evening = self.clock(), self.clock().replace(hour=18)
        self.window = {"start": day.replace(hour=14).isoformat(), "end": day.replace(hour=16).isoformat()}
        told = self.dispatch.ships(
            *(self._told(reference) for reference in REFERENCES[:2]), self._told("B-1", recipient=BEA)
        )
        self.ids = {one["reference"]: one["id"] for one in told}
        self.paths = {one["reference"]: urlsplit(one["link"]).path for one in told}
        self.dispatch.drives("R", "van", day + timedelta(hours=1), *REFERENCES)
        self.dispatch.offers(
            slots=[self._slot("two", 2, 0), self._slot("one", 1, 1)], lockers=[locker(count=2)]
        )
        with self.app.app_context(), self.kit.reading() as session:
            self.shipper_id = shipments.by_ids(session, [self.ids["A-1"]])[self.ids["A-1"]].shipper_id
        self.feed = checks.Feed(self.shipper_id)
        self.at = "A-1"

    def _to_the_next_morning(self) -> None:
        morning = self.clock().replace(hour=8, minute=0, second=0, microsecond=0)
        self.clock.move_to(morning + timedelta(days=1))

    def _told(self, reference: str, **more: Any) -> dict[str, Any]:
        return shipment(reference, window=self.window) | more

    def _slot(self, key: str, capacity: int, days: int) -> dict[str, Any]:
        start, end = self.evening + timedelta(days=days), self.evening + timedelta(days=days, hours=2)
        closes_at = start - timedelta(hours=2)
        return slot(
            key, capacity, start=start.isoformat(), end=end.isoformat(), closes_at=closes_at.isoformat()
        )

    def _wish(self, kind: Kind, pick: bool) -> Wish:
        until = (self.clock() + timedelta(days=7)).date().isoformat()
        return {
            Kind.NEIGHBOR: LeaveWithNeighbor("Jo Field", "14"),
            Kind.LOCKER: LeaveInLocker("station"),
            Kind.SAFE_PLACE: LeaveInSafePlace("porch" if pick else "shed"),
            Kind.NEW_WINDOW: PickNewWindow("two" if pick else "one"),
            Kind.INSTRUCTIONS: GiveInstructions(floor="2" if pick else "3"),
            Kind.ADDRESS_CORRECTION: CorrectAddress("14 Mill Lane" if pick else "16 Mill Lane"),
            Kind.HOLD: KeepForAWhile(until),
        }[kind]

    def _nth(self, nth: int) -> Any:
        return list(self.book.wishes.values())[nth % len(self.book.wishes)]

    def _known(self) -> dict[str, Change]:
        with self.app.app_context(), self.kit.reading() as session:
            of = changes.of_shipments(session, self.ids.values())
        return {one.id: one for listed in of.values() for one in listed}

    def _status(self, reference: str) -> Status:
        with self.app.app_context(), self.kit.reading() as session:
            return shipments.by_ids(session, [self.ids[reference]])[self.ids[reference]].state.status

    def _moved(self, what: str, reference: str) -> None:
        self._step(what, reference)
        self.book.moved(reference, self._status(reference))

    def _step(self, what: str, reference: str) -> None:
        self.at = reference
        self.counted[what] += 1
        self.counted["steps"] += 1
