"""A place is kept while somebody decides: five minutes, one for a shipment, never more than there are."""

from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event

from portal.domain.change_policy import Refused
from portal.domain.kinds.base import No
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.flows import change as changing
from portal.flows import holds
from portal.flows.change import Asked
from portal.flows.change_offer import choices
from portal.flows.holds import Held
from portal.store import shipments, slot_places
from tests.dispatch import new_dispatch, shipment, slot

EVENING, NIGHT = PickNewWindow("evening"), PickNewWindow("night")
LATER = {"start": "2026-06-15T20:00:00Z", "end": "2026-06-15T22:00:00Z"}


@pytest.fixture
def dispatch(app):
    found = new_dispatch(app)
    found.ships(*(shipment(f"A-{number}") for number in (1, 2, 3)))
    return found


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


class Ann:
    """Whoever decides about one shipment."""

    def __init__(self, kit, reference):
        self.kit, self.reference = kit, reference

    def _does(self, work):
        with self.kit.transaction() as session:
            found = shipments.by_references(session, [(1, self.reference)])[1, self.reference].shipment
            return work(session, found)

    def holds(self, wish=EVENING):
        kit = self.kit
        return self._does(lambda session, mine: holds.hold(session, kit.voice, mine, wish, kit.now()))

    def asks(self, wish=EVENING):
        kit = self.kit
        return self._does(lambda session, mine: changing.ask(session, kit.voice, mine, wish, kit.now()))

    def leaves(self):
        self._does(holds.release)

    def sees(self, *together):
        """Free places by slot, as this shipment is shown them."""
        kit = self.kit
        seen = self._does(lambda session, mine: choices(session, mine, kit.now(), together)[1])
        return {one.key: one.capacity - one.taken for one in seen}


@pytest.fixture
def cast(kit, dispatch):
    dispatch.offers(slots=[slot(), slot("night", **LATER)])
    return tuple(Ann(kit, f"A-{number}") for number in (1, 2, 3))


def taken(kit, dispatch):
    """What is taken by slot, as the table has it."""
    from portal.store.slots import SlotRow

    with kit.reading() as session:
        return {row.key: row.taken for row in session.query(SlotRow)}


def test_what_one_holds_is_full_for_the_others_and_free_for_oneself(cast, clock):
    ann, ben, _ = cast
    assert ann.holds() == Held(clock() + timedelta(minutes=5))
    assert (ann.sees()["evening"], ben.sees()["evening"]) == (1, 0)
    assert isinstance(refused := ben.holds(), Refused)
    assert refused.because is No.SLOT_FULL
    assert isinstance(ben.asks(), Refused)
    assert isinstance(ann.asks(), Asked)


def test_nobody_decides_for_five_minutes_and_the_place_is_free(cast, kit, dispatch, clock):
    ann, ben, _ = cast
    ann.holds()
    clock.forward(minutes=5)
    assert ben.sees()["evening"] == 1
    assert isinstance(ben.holds(), Held)
    assert taken(kit, dispatch)["evening"] == 1
    # Ann comes back too late; without a hold of hers there is no place
    assert ann.asks().because is No.SLOT_FULL


def test_the_clock_frees_what_nobody_asks_for(cast, kit, dispatch, clock):
    ann, ben, _ = cast
    ann.holds()
    ben.holds(NIGHT)
    clock.forward(minutes=4)
    ben.holds(NIGHT)
    clock.forward(minutes=2)
    with kit.transaction() as session:
        assert holds.lapse(session, kit.now()) == 1
    assert taken(kit, dispatch) == {"evening": 0, "night": 1}
    with kit.transaction() as session:
        assert holds.lapse(session, kit.now()) == 0


def test_a_hold_that_ran_out_still_serves_whoever_comes_back_first(cast, kit, dispatch, clock):
    ann = cast[0]
    ann.holds()
    clock.forward(minutes=20)
    assert isinstance(ann.asks(), Asked)
    assert taken(kit, dispatch)["evening"] == 1


def test_another_hold_moves_the_first_one(cast, kit, dispatch):
    ann, ben, _ = cast
    ann.holds()
    ann.holds(NIGHT)
    assert taken(kit, dispatch) == {"evening": 0, "night": 1}
    assert isinstance(ben.holds(), Held)
    # a move that fails leaves the first hold where it was
    assert ann.holds(EVENING).because is No.SLOT_FULL
    assert isinstance(ann.asks(NIGHT), Asked)
    assert taken(kit, dispatch) == {"evening": 1, "night": 1}


def test_another_kind_of_wish_or_none_lets_the_place_go(cast, kit, dispatch):
    ann, ben, _ = cast
    ann.holds()
    ann.holds(LeaveWithNeighbor("Jo Field", "14"))
    assert taken(kit, dispatch)["evening"] == 0
    ben.holds()
    ben.leaves()
    ben.leaves()
    assert taken(kit, dispatch)["evening"] == 0


def test_holding_and_booking_many_times_takes_one_place(cast, kit, dispatch, clock):
    ann = cast[0]
    for _ in range(3):
        ann.holds()
    ann.asks()
    assert ann.asks().because is No.WAITING
    clock.forward(minutes=10)
    with kit.transaction() as session:
        assert holds.lapse(session, kit.now()) == 0
    assert taken(kit, dispatch)["evening"] == 1


def test_capacity_cut_below_what_is_taken_keeps_what_is_booked(cast, kit, dispatch):
    ann, ben, cem = cast
    dispatch.offers(slots=[slot(capacity=3)])
    asked = ann.asks()
    ben.holds()
    dispatch.offers(slots=[slot(capacity=1)])
    assert ben.asks().because is No.SLOT_FULL
    assert cem.holds().because is No.SLOT_FULL
    ben.leaves()
    assert taken(kit, dispatch)["evening"] == 1
    for _ in range(2):
        with kit.transaction() as session:
            slot_places.release(session, asked.change.id, kit.now())
    assert taken(kit, dispatch)["evening"] == 0
    assert isinstance(cem.asks(), Asked)


def test_a_visit_that_is_called_off_leaves_its_place_to_others(cast, kit, dispatch, clock):
    ann, ben, _ = cast
    asked = ann.asks()
    with kit.transaction() as session:
        changing.answer(session, kit.voice, 1, asked.change.id, True, "tests", kit.now())
    assert ben.sees()["evening"] == 0
    dispatch.happens("A-1", "cancelled", clock())
    assert ben.sees()["evening"] == 1
    assert isinstance(ben.asks(), Asked)


def test_asked_together_a_slot_needs_a_place_for_each(cast, kit, dispatch):
    ann = cast[0]
    dispatch.offers(slots=[slot(capacity=2)])
    assert ann.sees(2)["evening"] == 2
    assert ann.sees(2, 3)["evening"] == 0
    both, all_three = [], []
    with kit.reading() as session:
        known = shipments.by_references(session, [(1, f"A-{number}") for number in (1, 2, 3)])
        all_three = [one.shipment for one in known.values()]
        both = all_three[:2]
    with kit.transaction() as session:
        verdict = holds.hold_together(session, kit.voice, all_three, EVENING, kit.now())
        assert verdict.because is No.SLOT_FULL
    assert taken(kit, dispatch)["evening"] == 0
    with kit.transaction() as session:
        assert isinstance(holds.hold_together(session, kit.voice, both, EVENING, kit.now()), Held)
        assert len(changing.ask_together(session, kit.voice, both, EVENING, kit.now())) == 2
    assert taken(kit, dispatch)["evening"] == 2


def test_the_time_one_already_has_is_no_wish(cast, dispatch):
    ann = cast[0]
    now_planned = {"start": "2026-06-15T14:00:00Z", "end": "2026-06-15T16:00:00Z"}
    dispatch.offers(slots=[slot("as-planned", **now_planned, closes_at="2026-06-15T13:00:00Z")])
    assert ann.holds(PickNewWindow("as-planned")).because is No.SLOT_YOURS


@pytest.mark.engines("sqlite")
def test_five_hundred_slots_are_one_question_by_an_index(cast, kit, dispatch):
    many = [slot(f"slot-{number}", **LATER, zone=("north", "south")[number % 2]) for number in range(500)]
    dispatch.offers(slots=many)
    asked = []
    with kit.reading() as session:
        mine = shipments.by_id(session, 1, 1)
        sql_event.listen(kit.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
        found = choices(session, mine, kit.now())[1]
        of_slots = [one for one in asked if "FROM slots" in one[0]]
        plan = session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {of_slots[0][0]}", of_slots[0][1])
        steps = " ".join(row[3] for row in plan)
    assert len(found) == 60
    assert len(of_slots) == 1
    assert "ix_slots_owner_zone_start" in steps
    assert "ix_slot_holds_slot_id" in steps
    assert "SCAN" not in steps
