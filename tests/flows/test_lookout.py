"""The tick that finds exceptions: each is found once, settles itself when its cause went away, and can come again."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from notifications.message import Channel, Standing
from portal import jobs
from portal.domain.follow_up import Matter
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.domain.neighbors import Answer
from portal.flows import change as changing
from portal.flows import lookout, neighbors
from portal.flows.exceptions import AT_ONCE
from portal.flows.shipper_rules import set_rules
from portal.store import follow_ups, work
from portal.store import neighbors as neighbor_store
from portal.store.changes import CHANGES
from portal.store.handovers import HANDOVERS
from portal.store.outbox_rows import MESSAGES
from tests.dispatch import locker, new_dispatch
from tests.lockers import put_in
from tests.office import Office
from tests.recipient import recipient_of

BOTH = pytest.mark.engines("sqlite", "postgresql")
PORCH = LeaveInSafePlace("porch")


@pytest.fixture
def office(app, clock):
    with app.app_context():
        office = Office(app, clock)
        office.pax = office.shop("pax", "Pax Möbel")
        yield office


def looks(office) -> list[str]:
    """What is open after the tick, in order of its finding."""
    jobs.look_out(office.kit)
    return [f"{one.matter}: {one.words}" for one in known(office) if one.closed_at is None]


def known(office):
    with office.kit.reading() as session:
        return follow_ups.of_shipments(session, range(1, 99))


def kinds(office) -> list[Matter]:
    return [Matter(one.partition(":")[0]) for one in looks(office)]


@BOTH
def test_a_window_that_breaks_is_found_settles_and_comes_again_with_the_next_one(office):
    box = office.shipment(office.pax, window_in_hours=(1, 2))
    assert looks(office) == []
    office.clock.forward(minutes=76)
    assert looks(office) == ["window: The window ends at 12:00 and it is not on a van."]
    assert looks(office) == ["window: The window ends at 12:00 and it is not on a van."]
    office.event(box, "out_for_delivery")
    office.event(box, "delivered", how="recipient")
    assert looks(office) == []
    (one,) = known(office)
    assert one.closed_by == follow_ups.BY_EVENTS
    office.event(box, "out_for_delivery", event_id="not-yet", corrects=f"{box.reference}-delivered")
    office.clock.forward(minutes=30)
    assert looks(office) == ["window: The window ends at 12:00 and no van is known to head there."]


@BOTH
def test_what_two_processes_find_at_once_is_there_once(office):
    for number in range(8):
        office.shipment(office.pax, f"A-{number}", codes=(f"c{number}",), window_in_hours=(0.1, 0.4))
    barrier = threading.Barrier(4)

    def tick() -> None:
        barrier.wait()
        jobs.look_out(office.kit)

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert kinds(office) == [Matter.WINDOW] * 8


@BOTH
def test_what_stands_still_for_a_day_is_found_and_an_event_settles_it(office):
    box = office.shipment(office.pax, window_in_hours=None)
    office.event(box, "at_depot")
    office.clock.forward(hours=23)
    assert looks(office) == []
    office.clock.forward(hours=2)
    assert looks(office) == ["stalled: Nothing was reported since 10:00 on Mon 15 Jun."]
    office.event(box, "out_for_delivery")
    assert looks(office) == []
    office.clock.forward(hours=25)
    assert looks(office) == ["stalled: Nothing was reported since 11:00 on Tue 16 Jun."]


def test_before_its_day_is_over_nothing_stalls(office):
    box = office.shipment(office.pax, window_in_hours=(48, 50))
    office.event(box, "at_depot")
    office.clock.forward(hours=30)
    assert looks(office) == []
    office.clock.forward(hours=33)
    assert looks(office) == ["stalled: Nothing was reported since 10:00 on Mon 15 Jun."]


def test_a_shippers_own_patience_counts(office):
    set_rules(office.kit, "pax", ["stalled_hours=2"])
    office.kit.shippers.forget()
    lumen = office.shop("lumen", "Lumen Books")
    for shop in (office.pax, lumen):
        office.event(office.shipment(shop, window_in_hours=None), "at_depot")
    office.clock.forward(hours=3)
    jobs.look_out(office.kit)
    assert [one.shipper_id for one in known(office)] == [office.pax.id]


@BOTH
def test_a_change_nobody_answers_is_found_at_half_its_time_and_an_answer_settles_it(office):
    box = office.shipment(office.pax, window_in_hours=(10, 12))
    office.event(box, "at_depot")
    asked = office.asks(box, PORCH)
    assert looks(office) == []
    office.clock.forward(seconds=(asked.expires_at - asked.asked_at).total_seconds() * 0.6)
    (words,) = looks(office)
    assert words.startswith("unanswered: Asked ") and "porch" in words
    with office.kit.transaction() as session:
        changing.answer(session, office.kit.voice, None, asked.id, True, "api", office.clock())
    assert looks(office) == []


def test_a_crowd_of_fresh_wishes_hides_none_that_waits_for_long(office):
    jobs.look_out(office.kit)
    asked = office.asks(office.shipment(office.pax), PORCH)
    office.clock.forward(seconds=(asked.expires_at - asked.asked_at).total_seconds() * 0.6)
    with office.kit.transaction() as session:
        (row,) = session.execute(select(CHANGES).where(CHANGES.c.id == asked.id)).mappings()
        sooner = dict(row) | {
            "asked_at": office.clock(),
            "expires_at": row["expires_at"] - timedelta(minutes=1),
        }
        crowd = [sooner | {"id": f"fresh-{number}"} for number in range(AT_ONCE)]
        session.execute(CHANGES.insert(), crowd)
    assert [one.partition(":")[0] for one in looks(office)] == ["unanswered"]


@BOTH
def test_each_search_has_its_turn_however_short_the_time_is(office):
    box = office.shipment(office.pax, window_in_hours=(0.1, 0.4))
    asked = office.asks(office.shipment(office.pax, "A-2"), PORCH)
    office.clock.forward(seconds=(asked.expires_at - asked.asked_at).total_seconds() * 0.6)
    assert lookout.look(office.kit, 0) == 2
    assert {one.matter for one in known(office)} == {Matter.UNANSWERED, Matter.WINDOW}
    assert box.id in {one.shipment_id for one in known(office)}


def fails(office, notice: str, channel: Channel) -> None:
    """The carrier gives up on what was written."""
    its = (MESSAGES.c.notice == notice, MESSAGES.c.channel == channel)
    with office.kit.transaction() as session:
        session.execute(
            update(MESSAGES).where(*its).values(standing=Standing.FAILED, settled_at=office.clock())
        )


@BOTH
def test_a_message_that_failed_on_every_channel_is_found_when_the_other_one_had_its_turn(office):
    box = office.shipment(office.pax)
    office.event(box, "at_depot")
    office.event(box, "out_for_delivery")
    fails(office, "out_for_delivery", Channel.SMS)
    office.clock.forward(minutes=2)
    assert Matter.UNREACHED not in kinds(office)
    fails(office, "out_for_delivery", Channel.EMAIL)
    assert Matter.UNREACHED not in kinds(office)
    office.clock.forward(minutes=2)
    with office.kit.reading() as session:
        assert work.failed(session, office.clock() - timedelta(hours=1), office.clock()) == [
            (box.id, "out_for_delivery")
        ]
    assert "unreached: “Out for delivery” reached nobody: email and text failed." in looks(office)
    with office.kit.reading() as session:
        assert work.failed(session, office.clock() - timedelta(hours=1), office.clock()) == []
    office.clock.forward(minutes=2)
    office.event(box, "delivered", how="recipient")
    assert looks(office) == []


@BOTH
def test_a_neighbor_who_declines_is_found_until_the_recipient_chose_something_else(office):
    box = office.shipment(office.pax, window_in_hours=(10, 12))
    office.event(box, "at_depot")
    asked = office.asks(box, LeaveWithNeighbor("Ada Cole", "14"))
    with office.kit.transaction() as session:
        question = neighbor_store.of_changes(session, [asked])[asked.id]
        neighbors.answer(session, office.kit.voice, question, Answer.NO, office.clock())
    assert looks(office) == ["neighbor: The neighbor said no; the parcel still goes to the door."]
    (one,) = known(office)
    assert one.due_at == box.window.end
    office.clock.forward(minutes=1)
    office.asks(box, PORCH)
    assert looks(office) == []


@BOTH
def test_a_hand_over_far_from_the_door_is_found_until_it_is_corrected(office):
    jobs.look_out(office.kit)
    box = office.shipment(office.pax)
    office.event(box, "out_for_delivery")
    # as long as an event's name may be: longer than a matter's key
    event = office.event(box, "delivered", how="safe_place", event_id="A-1-delivered".ljust(120, "-"))
    row = {"shipper_id": office.pax.id, "shipment_id": box.id, "event_id": event}
    with office.kit.transaction() as session:
        session.execute(HANDOVERS.insert().values(**row, distance_m=640.0, signed_by="", at=office.clock()))
    found_at = office.clock()
    for _ in range(2):
        assert looks(office) == ["far_away: Reported as delivered 640 m from the door's place on the map."]
        assert {one.opened_at for one in known(office)} == {found_at}
        office.clock.forward(minutes=1)
    office.clock.forward(minutes=1)
    office.event(box, "out_for_delivery", event_id="not-yet", corrects=event)
    assert Matter.FAR_AWAY not in kinds(office)


def test_what_an_agent_resolved_is_not_found_again(office):
    office.shipment(office.pax, window_in_hours=(0.1, 0.4))
    assert kinds(office) == [Matter.WINDOW]
    (one,) = known(office)
    with office.kit.transaction() as session:
        follow_ups.close(session, one, "ann@example.com", "Called.", office.clock())
    office.clock.forward(minutes=10)
    assert looks(office) == []


def test_words_of_minutes_are_told_anew_while_they_are_open(office):
    office.shipment(office.pax, window_in_hours=(0.1, 0.4))
    assert looks(office) == ["window: The window ends at 10:24 and it is not on a van."]
    office.clock.forward(minutes=30)
    assert looks(office) == ["window: The window ended at 10:24 and it has not left for the door."]


@BOTH
def test_a_stay_in_a_locker_is_found_a_day_before_it_ends_until_it_is_collected(app, clock):
    dispatch = new_dispatch(app)
    dispatch.offers(lockers=[locker()])
    with app.app_context():
        office = Office(app, clock)
        recipient_of(app, dispatch)
        put_in(office.kit, dispatch, clock)
        assert looks(office) == []
        clock.forward(hours=25)
        (words,) = looks(office)
        assert words.startswith("locker: It waits to be collected until ") and words.endswith(", Station.")
        assert looks(office) == [words]
        dispatch.happens("A-1", "collected", clock())
        assert looks(office) == []
