"""News becomes messages: once, however often and by whom it is noticed."""

import pytest

from notifications.message import Rule
from portal.store import outbox
from tests.dispatch import new_dispatch, shipment


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def told(kit, notice):
    """Also what newer news replaced: nobody empties the shelf here."""
    with kit.reading() as session:
        found = [one for one in outbox.latest(session) if one.notice == notice]
    return [one for one in found if one.stopped_by in ("", Rule.REPLACED)]


def test_you_are_next_is_said_once_a_trip(app, kit, clock):
    dispatch = new_dispatch(app)
    dispatch.ships(shipment("A-1"))
    for trip in (1, 2):
        dispatch.happens("A-1", "out_for_delivery", clock())
        for _ in range(2):
            clock.forward(minutes=5)
            dispatch.happens("A-1", "next_stop", clock())
            clock.forward(minutes=5)
            dispatch.happens("A-1", "delayed", clock())
        dispatch.happens("A-1", "attempt_failed", clock(), reason="consignee_not_home")
        assert len(told(kit, "next_stop")) == trip
        clock.forward(minutes=5)


def test_only_the_last_step_of_a_batch_is_news(app, kit):
    dispatch = new_dispatch(app)
    dispatch.ships(shipment("A-1"))
    day = [("at_depot", "05"), ("out_for_delivery", "06"), ("delivered", "07")]
    dispatch.reports(
        *(
            {
                "event_id": what,
                "shipment": "A-1",
                "happening": what,
                "happened_at": f"2026-06-15T{hour}:00:00Z",
            }
            for what, hour in day
        )
    )
    with kit.reading() as session:
        assert {one.notice for one in outbox.latest(session)} == {"delivered"}
