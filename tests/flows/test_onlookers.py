"""A van that moves is news only for those who see it on their map."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from portal.flows import shipper_rules
from tests.dispatch import DOOR, new_dispatch
from tests.recipient import recipient_of

DOORS = 14
STEP = 0.0027


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def people(app, dispatch, clock):
    """Fourteen doors 300 m apart on one round; the van stands 2.5 km before the first."""
    names = [f"S-{number}" for number in range(1, DOORS + 1)]
    people = [
        recipient_of(app, dispatch, name, address=DOOR | {"lat": 48 + STEP * place, "lng": 9.0}, window=None)
        for place, name in enumerate(names)
    ]
    stops = [{"seq": seq, "shipment": name} for seq, name in enumerate(names, 1)]
    told = {"route": "north 1", "van": "van 1", "departs_at": clock().isoformat(), "stops": stops}
    assert dispatch._list("POST", "routes", [told])[0]["outcome"] == "taken"
    for name in names:
        dispatch.happens(name, "out_for_delivery", clock())
    dispatch.stands("van 1", 47.9775, 9.0, clock())
    return people


@pytest.fixture
def forgotten(app):
    """The shipments (ids) whose pages were forgotten, commit by commit."""
    database, commits = app.extensions["doorstep"].database, []
    forget = database.on_touched

    def note(ids):
        commits.append(set(ids))
        forget(ids)

    database.on_touched = note
    return commits


def drives_to(dispatch, clock, lat, seconds=10):
    clock.forward(seconds=seconds)
    assert dispatch.stands("van 1", lat, 9.0, clock())["outcome"] == "taken"


def test_within_its_cell_the_van_is_news_to_nobody(dispatch, clock, people, forgotten):
    drives_to(dispatch, clock, 47.97751)
    assert forgotten == []


def test_one_cell_further_it_is_news_to_the_ten_who_see_it(dispatch, clock, people, forgotten):
    before = [who.polls() for who in people]
    drives_to(dispatch, clock, 47.9801, seconds=25)
    (ids,) = forgotten
    assert ids == set(range(1, 11))
    after = [who.polls(etag=old.headers["ETag"]) for who, old in zip(people, before, strict=True)]
    assert [answer.status_code for answer in after] == [200] * 10 + [304] * 4
    assert after[0].json["map"]["van"] != before[0].json["map"]["van"]


def test_many_positions_at_once_forget_once(dispatch, clock, people, forgotten):
    clock.forward(seconds=25)
    told = [
        {
            "van": "van 1",
            "lat": 47.9775 + 0.001 * step,
            "lng": 9.0,
            "recorded_at": (clock() - timedelta(seconds=20 - step * 5)).isoformat(),
        }
        for step in range(4)
    ]
    dispatch._list("POST", "positions", told)
    assert len(forgotten) == 1


def test_a_shipper_who_shows_no_van_has_no_onlookers(app, dispatch, clock, people, forgotten):
    kit = app.extensions["doorstep"]
    with app.app_context():
        shipper_rules.set_rules(kit, "acme-books", ["map.van=never"])
    kit.shippers.forget()
    drives_to(dispatch, clock, 47.9801, seconds=25)
    assert forgotten == []


def test_a_position_costs_few_statements_and_writes_no_door_that_stays_as_it_is(app, dispatch, clock, people):
    engine, asked = app.extensions["doorstep"].database.engine, []
    event.listen(engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    drives_to(dispatch, clock, 47.97751)
    assert len(asked) <= 14
    assert not [statement for statement in asked if statement.startswith("UPDATE shipments")]
