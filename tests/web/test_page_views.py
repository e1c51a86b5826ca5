"""How often a recipient looked, by where the parcel stood: counted in bulk, without a trail."""

import pytest

from portal.flows import housekeeping
from portal.store import audit
from tests.dispatch import new_dispatch
from tests.recipient import recipient_of


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def counted(kit):
    housekeeping.flush_views(kit)
    with kit.reading() as session:
        return [(seen.status, seen.views) for seen in audit.views(session, 1)]


def test_looks_are_counted_by_status(app, kit, clock):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    ann.looks()
    ann.looks()
    assert counted(kit) == [("announced", 2)]
    clock.forward(minutes=1)
    dispatch.happens("A-1", "at_depot", clock())
    ann.looks()
    assert counted(kit) == [("announced", 2), ("at_depot", 1)]


def test_polls_and_an_agents_look_do_not_count(app, kit):
    from portal.web import guard

    ann = recipient_of(app, new_dispatch(app))
    ann.polls()
    ann.client.set_cookie(guard.agent_cookie(), "anything")
    ann.looks()
    assert counted(kit) == []
