"""Several parcels for one door are told as one; newer news replaces what waits."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from notifications.message import Channel, Rule, Standing
from notifications.notice import Notice
from portal import jobs
from portal.flows import announce
from portal.flows.announce import News
from portal.store import gathering, outbox, shipments
from tests.dispatch import DOOR, new_dispatch, shipment

BEN = {"name": "Ben Okoro", "phone": "+4915112345678", "email": "ben@example.com", "language": "en"}


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def for_ben(reference, **more):
    return shipment(reference, recipient=BEN, **more)


def told(kit, channel=Channel.SMS):
    """What is not held back, oldest first."""
    with kit.reading() as session:
        found = [one for one in outbox.latest(session) if one.channel is channel and not one.stopped_by]
    return list(reversed(found))


def held(kit, rule):
    with kit.reading() as session:
        return [one for one in outbox.latest(session) if one.stopped_by == rule]


def empties(kit):
    for channel in (Channel.SMS, Channel.EMAIL):
        jobs.deliver(kit, channel)


def test_three_parcels_scanned_in_one_call_are_one_text(kit, dispatch, clock):
    dispatch.ships(*(for_ben(f"B-{number}") for number in range(3)))
    dispatch.reports(
        *(
            {
                "event_id": f"out-{number}",
                "shipment": f"B-{number}",
                "happening": "out_for_delivery",
                "happened_at": clock().isoformat(),
            }
            for number in range(3)
        )
    )
    [text] = told(kit)
    assert "(3 parcels)" in text.text
    assert text.not_before == clock(), "all of them are here: nothing to wait for"
    others = held(kit, Rule.TOLD_TOGETHER)
    assert len(others) == 4
    assert all("Told in the message of shipment B-0." in one.because for one in others)


def test_parcels_scanned_one_after_the_other_are_one_text_a_little_later(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"), for_ben("B-2"))
    dispatch.happens("B-1", "out_for_delivery", clock())
    empties(kit)
    assert [one.standing for one in told(kit)] == [Standing.QUEUED]
    clock.forward(seconds=20)
    dispatch.happens("B-2", "out_for_delivery", clock())
    [text] = told(kit)
    assert "(2 parcels)" in text.text
    clock.forward(seconds=26)
    empties(kit)
    [text] = told(kit)
    assert text.standing is Standing.DELIVERED, "it left when the first would have left"
    assert [one.shipment_id for one in held(kit, Rule.TOLD_TOGETHER)] == [1, 1]


def test_a_parcel_that_comes_too_late_to_be_told_together_is_told_alone(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"), for_ben("B-2"))
    dispatch.happens("B-1", "out_for_delivery", clock())
    clock.forward(minutes=2)
    empties(kit)
    dispatch.happens("B-2", "out_for_delivery", clock())
    clock.forward(minutes=2)
    empties(kit)
    assert [one.standing for one in told(kit)] == [Standing.DELIVERED] * 2
    assert not held(kit, Rule.TOLD_TOGETHER)


def test_a_single_parcel_waits_for_nobody(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"), shipment("A-1"))
    dispatch.happens("B-1", "out_for_delivery", clock())
    empties(kit)
    assert [one.standing for one in told(kit)] == [Standing.DELIVERED]


def test_another_door_or_another_person_is_told_apart(kit, dispatch, clock):
    elsewhere = DOOR | {"lines": ["99 Mill Lane"], "timezone": "UTC"}
    her = BEN | {"phone": "+4915112345679", "email": "cy@example.com"}
    dispatch.ships(for_ben("B-1"), for_ben("B-2", address=elsewhere), for_ben("B-3") | {"recipient": her})
    for reference in ("B-1", "B-2", "B-3"):
        dispatch.happens(reference, "out_for_delivery", clock())
    empties(kit)
    assert [one.standing for one in told(kit)] == [Standing.DELIVERED] * 3


def test_another_shippers_parcel_is_told_apart(app, kit, dispatch, clock):
    other = new_dispatch(app, "Birch Tea")
    dispatch.ships(for_ben("B-1"))
    other.ships(for_ben("B-1"))
    for one in (dispatch, other):
        one.happens("B-1", "out_for_delivery", clock())
    assert len(told(kit)) == 2
    assert not held(kit, Rule.TOLD_TOGETHER)


def test_parcels_left_in_different_ways_are_told_apart(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"), for_ben("B-2"))
    dispatch.happens("B-1", "delivered", clock(), how="mailbox")
    dispatch.happens("B-2", "delivered", clock(), how="neighbor")
    assert len(told(kit)) == 2


def test_the_last_parcel_of_a_door_finds_the_waiting_text_of_the_others(kit, dispatch, clock):
    dispatch.ships(*(for_ben(f"B-{number}") for number in range(3)))
    for number in range(3):
        dispatch.happens(f"B-{number}", "delivered", clock(), how="mailbox")
        clock.forward(seconds=10)
    [text] = told(kit)
    assert "(3 parcels)" in text.text
    empties(kit)
    assert told(kit)[0].standing is Standing.DELIVERED, "nothing more can come: it need not wait"


def test_what_waits_for_the_morning_is_replaced_by_newer_news(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"))
    clock.move_to(clock().replace(hour=22))
    dispatch.happens("B-1", "out_for_delivery", clock())
    dispatch.happens("B-1", "attempt_failed", clock(), reason="consignee_not_home")
    clock.forward(hours=1)
    dispatch.happens("B-1", "delivered", clock(), how="household")
    assert {one.notice for one in held(kit, Rule.REPLACED)} == {"attempt_failed"}
    clock.forward(hours=12)
    empties(kit)
    assert [one.notice for one in told(kit)] == ["delivered"]


def test_what_a_worker_has_taken_is_not_replaced(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"))
    dispatch.happens("B-1", "out_for_delivery", clock())
    kit.outbox.claim(Channel.SMS, 10, "w", clock())
    clock.forward(minutes=1)
    dispatch.happens("B-1", "next_stop", clock())
    assert [one.standing for one in told(kit)] == [Standing.SENDING, Standing.QUEUED]


def test_more_parcels_in_one_shipment_are_counted(kit, dispatch, clock):
    boxes = [
        {"code": f"P-{number}", "length_mm": 100, "width_mm": 100, "height_mm": 100} for number in (1, 2)
    ]
    dispatch.ships(for_ben("B-1", parcels=boxes))
    dispatch.happens("B-1", "out_for_delivery", clock())
    assert "(2 parcels)" in told(kit)[0].text


@pytest.mark.engines("sqlite")
def test_what_waits_is_found_by_its_index(kit):
    asked = []
    event.listen(kit.database.engine, "before_cursor_execute", lambda *told: asked.append(told[2:4]))
    with kit.transaction() as session:
        gathering.waiting(session, [1], ["a key"])
        gathering.under_way(session, ["a door"])
        plans = [
            session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
            for statement, values in asked[-3:]
        ]
    steps = [step[3] for plan in plans for step in plan if " TEMP " not in step[3]]
    assert len(steps) == 3
    assert all(step.startswith("SEARCH") for step in steps), steps


def next_stop(kit, *references):
    """Somebody sees that the van comes to these next: dispatch or we ourselves, or both."""
    with kit.transaction() as session:
        known = shipments.by_references(session, [(1, one) for one in references])
        whom = [known[1, one].shipment for one in references]
        news = [News(one, Notice.NEXT_STOP, "seen", "The van comes.", kit.now()) for one in whom]
        announce.tell(session, kit.voice, news, kit.now())


def test_what_is_told_a_second_time_does_not_silence_what_still_waits(kit, dispatch):
    dispatch.ships(for_ben("B-1"))
    next_stop(kit, "B-1")
    next_stop(kit, "B-1")
    assert [one.notice for one in told(kit)] == [Notice.NEXT_STOP]


def test_nor_does_it_silence_the_message_that_tells_two_parcels(kit, dispatch):
    dispatch.ships(for_ben("B-1"), for_ben("B-2"))
    next_stop(kit, "B-1")
    next_stop(kit, "B-2")
    next_stop(kit, "B-1")
    [text] = told(kit)
    assert "(2 parcels)" in text.text


def test_a_parcel_is_never_told_in_a_message_that_is_not_sent_again(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"), for_ben("B-2"))
    next_stop(kit, "B-1")
    clock.forward(seconds=11)
    empties(kit)
    next_stop(kit, "B-1", "B-2")
    assert {one.shipment_id for one in told(kit)} == {1, 2}


def test_a_scan_that_comes_too_late_does_not_take_the_fresh_one_with_it(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"), for_ben("B-2"), for_ben("B-3"))
    dispatch.happens("B-1", "out_for_delivery", clock())
    clock.forward(seconds=20)
    for reference in ("B-2", "B-3"):
        dispatch.happens(reference, "out_for_delivery", clock() - timedelta(hours=5))
    [text] = told(kit)
    assert "(3 parcels)" in text.text


def test_nor_does_one_that_leads_a_batch(kit, dispatch, clock):
    dispatch.ships(for_ben("B-1"), for_ben("B-2"))
    dispatch.reports(
        *(
            event_of(reference, clock() - timedelta(hours=hours))
            for reference, hours in (("B-1", 5), ("B-2", 0))
        )
    )
    [text] = told(kit)
    assert "(2 parcels)" in text.text


def event_of(reference, at):
    return {
        "event_id": f"out-{reference}",
        "shipment": reference,
        "happening": "out_for_delivery",
        "happened_at": at.isoformat(),
    }


def test_news_told_by_email_alone_leaves_a_waiting_text_as_it_is(kit, dispatch, clock):
    clock.forward(hours=14)
    dispatch.ships(shipment("B-1", recipient={name: BEN[name] for name in ("name", "phone", "language")}))
    dispatch.happens("B-1", "announced", clock())
    dispatch.happens("B-1", "at_depot", clock())
    assert [one.notice for one in told(kit)] == [Notice.ANNOUNCED]
