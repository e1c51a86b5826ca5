"""What must hold after every step, read from the tables, the feed and the pages."""

from collections import defaultdict
from typing import Any

from sqlalchemy import func, select

from portal.domain.change import Change, Life
from portal.store import changes
from portal.store.changes import ChangeRow, FeedEntry
from portal.store.locker_rows import CompartmentHoldRow, CompartmentRow, LockerBookingRow, LockerRow
from portal.store.slots import SlotBookingRow, SlotHoldRow, SlotRow
from tests.model.book import AT_ONCE, WAITS, Book, matter

# What dispatch may hear of a change after what; an answer it gave itself may be told back to it.
NEXT = {
    "": {"requested"},
    "requested": {"accepted", "refused", "withdrawn", "lapsed"},
    "accepted": {"withdrawn", "lapsed"},
    "refused": set(),
    "withdrawn": set(),
    "lapsed": set(),
}
HOLDS_A_PLACE = WAITS | {Life.ACCEPTED}


def lives(book: Book, known: dict[str, Change]) -> None:
    """The tables say of every wish what the model says, and never that two hold of one matter."""
    said = {id: wish.life for id, wish in book.wishes.items()}
    assert {id: change.life for id, change in known.items()} == said
    held: dict[tuple[int, object], int] = defaultdict(int)
    waiting: dict[int, int] = defaultdict(int)
    for change in known.values():
        held[change.shipment_id, matter(change.kind)] += change.life is Life.ACCEPTED
        waiting[change.shipment_id] += change.life in WAITS and change.kind is not AT_ONCE
        assert change.honoured is None or change.life is Life.ACCEPTED
    assert max(held.values(), default=0) <= 1
    assert max(waiting.values(), default=0) <= 1


def places(session: Any, shipper_id: int) -> None:
    """Never more places than there are, none without somebody who has it, none kept for what is over."""
    slot = SlotRow
    for row in session.execute(select(slot.id, slot.capacity, slot.taken).where(slot.owner == shipper_id)):
        live = _live(session, SlotBookingRow, SlotBookingRow.slot_id == row.id)
        held = _count(session, SlotHoldRow, SlotHoldRow.slot_id == row.id)
        assert row.taken == len(live) + held <= row.capacity, (row, live, held)
        assert set(live) <= HOLDS_A_PLACE, live
    box = CompartmentRow
    query = select(box.id, box.count, box.taken).join(LockerRow).where(LockerRow.owner == shipper_id)
    for row in session.execute(query):
        live = _live(session, LockerBookingRow, LockerBookingRow.compartment_id == row.id)
        held = _count(session, CompartmentHoldRow, CompartmentHoldRow.compartment_id == row.id)
        assert row.taken == len(live) + held <= row.count, (row, live, held)
        assert set(live) <= HOLDS_A_PLACE, live


def _live(session: Any, booking: Any, mine: Any) -> list[Life]:
    query = select(ChangeRow.life).join(booking, booking.change_id == ChangeRow.id)
    return [
        Life(life) for life in session.execute(query.where(mine, booking.released_at.is_(None))).scalars()
    ]


def _count(session: Any, row: Any, mine: Any) -> int:
    return int(session.execute(select(func.count()).select_from(row).where(mine)).scalar_one())


class Feed:
    """What dispatch has pulled so far: in order, nothing missed, and of every change a story that makes sense."""

    def __init__(self, shipper_id: int) -> None:
        self.shipper_id, self.after, self.last = shipper_id, 0, dict[str, str]()
        self.entries = 0

    def pull(self, session: Any, known: dict[str, Change]) -> None:
        """Read what is new."""
        changes.number_new_entries(session)
        for entry in changes.feed(session, self.shipper_id, self.after, 1_000):
            assert entry.seq > self.after
            self.after = entry.seq
            self.entries += 1
            self._heard(entry, known)
        for id, change in known.items():
            self._agrees(change, self.last.get(id, ""))

    def _heard(self, entry: FeedEntry, known: dict[str, Change]) -> None:
        change_id, step = entry.data.get("change_id"), entry.type.partition(".")[2]
        if change_id not in known or known[change_id].kind is AT_ONCE or step not in NEXT:
            return
        before = self.last.get(change_id, "")
        assert step in NEXT[before], (change_id, before, step)
        self.last[change_id] = step

    def _agrees(self, change: Change, heard: str) -> None:
        if change.kind is AT_ONCE:
            return
        match change.life:
            case Life.NOMINATED:
                assert heard == ""
            case Life.ASKED:
                assert heard == "requested"
            case Life.ACCEPTED:
                assert heard in ("requested", "accepted")
            case Life.REFUSED:
                # a neighbor who said no first was never dispatch's matter
                assert heard in ("", "requested", "refused", "withdrawn")
            case Life.WITHDRAWN | Life.REPLACED:
                assert heard in ("", "withdrawn")
            case Life.LAPSED:
                assert heard in ("", "lapsed")
