"""Finished rounds teach how wide windows must be: whole ones, once a night, and a broken one spoils nothing."""

from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update

from portal.cli import doorstep
from portal.domain.spreads import default_table
from portal.flows import learning
from portal.jobs import learn
from portal.store.routes import RouteRow, StopRow
from portal.store.shipment_rows import ShipmentRow
from tests.dispatch import DOOR, Dispatch, event, new_dispatch, shipment

DOORS = 20
NIGHT = datetime(2026, 6, 20, 2, 30, tzinfo=UTC)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app) -> Dispatch:
    return new_dispatch(app)


def drive(dispatch, clock, name, left_at, doors=DOORS, minutes=12, reported=None, depot="north"):
    """A round that leaves at `left_at`, a door every so many minutes; the first `reported` doors are heard of."""
    clock.at = left_at - timedelta(hours=1)
    names = [f"{name}-{number}" for number in range(doors)]
    places = [DOOR | {"lat": 48 + 0.0027 * place, "lng": 9.0, "timezone": "UTC"} for place in range(doors)]
    dispatch.ships(
        *(
            shipment(one, address=place, window=None, depot=depot)
            for one, place in zip(names, places, strict=True)
        )
    )
    stops = [{"seq": seq, "shipment": one} for seq, one in enumerate(names, 1)]
    told = {"route": name, "van": f"van {name}", "departs_at": left_at.isoformat(), "stops": stops}
    assert dispatch._list("POST", "routes", [told | {"depot": depot}])[0]["outcome"] == "taken"
    clock.at = left_at + timedelta(minutes=minutes * doors + 1)
    dispatch.reports(
        *(
            event(f"{one}-d", one, "delivered", left_at + timedelta(minutes=minutes * place))
            for place, one in enumerate(names[:reported], 1)
        )
    )


@pytest.fixture
def a_week(dispatch, clock):
    """Three rounds of twenty doors, as even as a clock's."""
    for day in (15, 16, 17):
        drive(dispatch, clock, f"R{day}", datetime(2026, 6, day, 8, tzinfo=UTC))
    clock.at = NIGHT
    return dispatch


def of_north(kit, level=90):
    kit.spreads.forget()
    return kit.voice.learned(1, "north", "small_town", level)


def test_even_rounds_make_windows_narrower_than_the_shipped_table(a_week, kit):
    assert of_north(kit) is None
    assert learn(kit) == 4
    table, shipped = of_north(kit), default_table("small_town", 90)
    assert table.learned_from == 3
    narrower = sum(table.spreads[cell].high < shipped.spreads[cell].high for cell in table.spreads)
    assert narrower >= 4
    assert of_north(kit, 80).level == 80


def test_it_is_done_once_a_night_and_never_by_day(a_week, kit, clock):
    clock.forward(hours=9)
    assert learn(kit) == 0
    clock.forward(hours=15)
    assert learn(kit) == 4
    clock.forward(minutes=59)
    assert learn(kit) == 0
    clock.forward(hours=23)
    assert learn(kit) == 4


def test_rounds_that_cannot_be_what_happened_are_left_out_and_counted(a_week, kit, clock):
    drive(a_week, clock, "half", datetime(2026, 6, 18, 8, tzinfo=UTC), reported=7)
    drive(a_week, clock, "short", datetime(2026, 6, 18, 8, tzinfo=UTC), doors=2)
    drive(a_week, clock, "at once", datetime(2026, 6, 18, 9, tzinfo=UTC), minutes=0)
    drive(a_week, clock, "early", datetime(2026, 6, 18, 10, tzinfo=UTC))
    with kit.transaction() as session:
        late = datetime(2026, 6, 18, 20, tzinfo=UTC)
        session.execute(update(RouteRow).where(RouteRow.name == "early").values(departs_at=late))
    clock.at = NIGHT
    lessons, failed = learning.tonight(kit)
    assert not failed
    assert {one.rounds for one in lessons} == {0, 3}
    assert lessons[0].left_out == {
        "some stops were never reported": 1,
        "fewer than 3 stops": 1,
        "reported all at once, not stop by stop": 1,
        "done before it was to leave": 1,
    }


def test_a_round_that_breaks_everything_does_not_stop_the_others(a_week, kit):
    with kit.transaction() as session:
        first = update(RouteRow).where(RouteRow.name == "R15")
        session.execute(first.values(breaks=[{"after_seq": "nowhere", "minutes": None}]))
        story = update(ShipmentRow).where(ShipmentRow.reference == "R16-4").values(story=[["torn"]])
        session.execute(story)
    lessons, failed = learning.tonight(kit)
    assert not failed
    assert {one.rounds for one in lessons} == {0, 1}
    assert lessons[0].left_out == {"could not be worked out": 2}


def test_a_parcel_called_back_is_no_stop_of_the_round(a_week, kit, clock):
    clock.at = datetime(2026, 6, 18, 7, tzinfo=UTC)
    drive(a_week, clock, "R18", datetime(2026, 6, 18, 8, tzinfo=UTC), reported=DOORS - 1)
    a_week.happens(f"R18-{DOORS - 1}", "cancelled", clock())
    clock.at = NIGHT
    lessons, _ = learning.tonight(kit)
    assert max(one.rounds for one in lessons) == 4
    assert max(one.deliveries for one in lessons) == 4 * DOORS - 1


def test_what_was_learned_is_forgotten_when_nobody_drives_any_more(a_week, kit, clock):
    learn(kit)
    clock.forward(days=31)
    drive(a_week, clock, "south", clock().replace(hour=8), depot="south")
    clock.forward(days=1)
    clock.at = clock().replace(hour=2)
    learn(kit)
    assert of_north(kit) is None


def test_a_stop_knows_when_it_was_first_heard_of_whatever_is_sent_again(a_week, kit, clock):
    with kit.reading() as session:
        known = [row.known_at for row in session.execute(select(StopRow.known_at))]
    assert None not in known
    assert max(known) < datetime(2026, 6, 17, 8, tzinfo=UTC)


def test_the_command_says_what_was_learned_from_what(a_week, app, kit):
    asked = CliRunner().invoke(doorstep, ["windows", "learn"], obj=lambda *_, **__: app)
    assert asked.exit_code == 0, asked.output
    assert "Depot north of shipper 1, small town: 3 rounds, 60 deliveries." in asked.output
    with kit.transaction() as session:
        # no story can be read any more
        session.execute(text("ALTER TABLE shipments RENAME COLUMN story TO torn"))
    asked = CliRunner().invoke(doorstep, ["windows", "learn"], obj=lambda *_, **__: app)
    assert asked.exit_code == 1
    assert "could not learn from Depot north of shipper 1; the log says why." in asked.stderr
