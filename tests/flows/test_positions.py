"""Positions come in: vans move once however many tell, doors are seen to be left, and a trail is kept for a day."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from portal.domain.fixes import Verdict
from portal.domain.geo import METERS_PER_DEGREE
from portal.flows import housekeeping
from portal.flows.operate_devices import read_trail
from portal.store import doors, positions, trail
from portal.store.audit import AuditRow
from portal.store.outbox_rows import MessageRow
from portal.store.routes import StopRow
from tests.devices import new_phone
from tests.dispatch import DOOR, Dispatch, new_dispatch, shipment

NAMES = ("S-1", "S-2", "S-3", "S-4")
APART = 400


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def lat(meters: float) -> float:
    """So far along a street that runs north."""
    return 48.0 + meters / METERS_PER_DEGREE


@pytest.fixture
def dispatch(app, clock) -> Dispatch:
    """A round of four doors 400 m apart; the van has left."""
    dispatch = new_dispatch(app)
    places = {name: DOOR | {"lat": lat(APART * place), "lng": 9.0} for place, name in enumerate(NAMES)}
    dispatch.ships(*(shipment(name, address=places[name], window=None) for name in NAMES))
    dispatch.drives("R1", "van 1", clock(), *NAMES)
    for name in NAMES:
        dispatch.happens(name, "out_for_delivery", clock())
    return dispatch


def drives(dispatch, clock, *steps, van="van 1"):
    """The van is at (seconds later, meter) one after the other; returns the last answer."""
    answer = {}
    for seconds, meters in steps:
        clock.forward(seconds=seconds)
        answer = dispatch.stands(van, lat(meters), 9.0, clock())
    return answer


def stops(kit):
    with kit.reading() as session:
        query = select(StopRow.arrived_at, StopRow.left_at, StopRow.done_at).order_by(StopRow.seq)
        return session.execute(query).all()


def latest(kit, van_id=1):
    with kit.reading() as session:
        return positions.hold(session, van_id)[0].fix


def kept(kit, van_id=1):
    with kit.reading() as session:
        long_ago = kit.now() - timedelta(days=400)
        return trail.of_van(session, van_id, long_ago, kit.now() + timedelta(days=400))


def live(kit, number):
    """The live window of a door, by its place on the round."""
    with kit.reading() as session:
        return doors.live_windows(session, [number])[number]


STOOD = [(20, 0), (30, 3), (30, 1), (15, 90)]


def test_a_late_scan_does_not_hold_up_the_windows_of_the_doors_after(dispatch, clock, kit):
    before = live(kit, 2)
    drives(dispatch, clock, *STOOD)
    first, second, *_ = stops(kit)
    assert (first.left_at, first.done_at) == (clock() - timedelta(seconds=15), None)
    assert second.left_at is None
    after = live(kit, 2)
    assert (before.stops_before, after.stops_before) == (1, 0)
    assert after.end < before.end


def test_a_door_is_never_delivered_by_standing_there(dispatch, clock, kit):
    drives(dispatch, clock, *STOOD)
    told = dispatch.reads("S-1")
    assert (told["status"], told["finished"]) == ("on_van", False)
    with kit.reading() as session:
        notices = set(session.execute(select(MessageRow.notice)).scalars())
    assert "delivered" not in notices


def test_the_scan_has_the_last_word(dispatch, clock, kit):
    drives(dispatch, clock, *STOOD)
    clock.forward(minutes=4)
    dispatch.happens("S-1", "delivered", clock(), how="recipient")
    assert stops(kit)[0].done_at == clock()
    dispatch.happens("S-1", "out_for_delivery", clock() + timedelta(seconds=1), corrects="ev-5")
    first = stops(kit)[0]
    assert (first.arrived_at, first.left_at, first.done_at) == (None, None, None)
    assert live(kit, 2).stops_before == 1


def test_without_a_scan_the_door_is_open_again_after_an_hour(dispatch, clock, kit):
    drives(dispatch, clock, *STOOD)
    assert live(kit, 2).stops_before == 0
    drives(dispatch, clock, (3_700, 120), (10, 130))
    assert live(kit, 2).stops_before == 1


def test_a_route_sent_again_keeps_what_was_seen(dispatch, clock, kit):
    drives(dispatch, clock, *STOOD)
    dispatch.drives("R1", "van 1", clock(), *NAMES)
    assert stops(kit)[0].left_at is not None


def test_a_batch_of_an_offline_phone_is_followed_step_by_step(dispatch, clock, kit):
    clock.forward(minutes=4)
    fixes = [
        {
            "van": "van 1",
            "lat": lat(meters),
            "lng": 9.0,
            "recorded_at": (clock() - timedelta(seconds=ago)).isoformat(),
        }
        for ago, meters in ((200, -100), (180, 0), (120, 2), (110, 95))
    ]
    answers = dispatch._list("POST", "positions", fixes)
    assert [one["outcome"] for one in answers] == ["taken"] * 4
    assert stops(kit)[0].left_at is not None
    assert [one.verdict for one in kept(kit)] == [Verdict.TAKEN] * 4


def test_only_the_newest_is_kept_and_the_trail_has_them_all(dispatch, clock, kit):
    drives(dispatch, clock, (20, -100), (20, -50))
    late = dispatch.stands("van 1", lat(-90), 9.0, clock() - timedelta(seconds=10))
    again = dispatch.stands("van 1", lat(-50), 9.0, clock())
    assert [late["outcome"], again["outcome"]] == ["ignored", "ignored"]
    assert latest(kit).lat == lat(-50)
    assert [one.verdict for one in kept(kit)] == [Verdict.TAKEN, Verdict.LATE, Verdict.TAKEN]


def test_a_van_after_a_tunnel_is_believed_at_its_second_position(dispatch, clock, kit):
    drives(dispatch, clock, (20, 0))
    answer = drives(dispatch, clock, (10, 20_000))
    assert (answer["outcome"], latest(kit).lat) == ("ignored", lat(0))
    assert "second position" in answer["because"]
    answer = drives(dispatch, clock, (10, 20_100))
    assert (answer["outcome"], latest(kit).lat) == ("taken", lat(20_100))


@pytest.mark.parametrize("off", [timedelta(days=1), timedelta(days=-1)], ids=["tomorrow", "yesterday"])
def test_a_clock_a_day_off_is_seen_through_after_a_minute(app, dispatch, clock, kit, off):
    phone = new_phone(app)
    for number in range(8):
        clock.forward(seconds=10)
        phone.traccar_client(lat(number), 9.0, clock() + off)
    assert latest(kit).at == clock()
    assert latest(kit).lat == pytest.approx(lat(7))
    assert {one.fix.at - one.received_at for one in kept(kit)} == {off}


def test_a_rough_position_and_another_continent_leave_the_van_where_it_was(dispatch, clock, kit):
    drives(dispatch, clock, (20, 0))
    clock.forward(seconds=20)
    fix = {"van": "van 1", "lat": lat(10), "lng": 9.0, "recorded_at": clock().isoformat()}
    rough, far, nowhere = dispatch._list(
        "POST",
        "positions",
        [fix | {"accuracy_m": 900}, fix | {"lng": -100.0}, fix | {"lat": 0.0, "lng": 0.0}],
    )
    assert [one["outcome"] for one in (rough, far, nowhere)] == ["ignored", "rejected", "rejected"]
    assert far["errors"][0]["pointer"] == "/positions/1/lat"
    assert latest(kit).lat == lat(0)
    assert [one.verdict for one in kept(kit)] == [Verdict.TAKEN, Verdict.POOR, Verdict.FAR]


def test_a_van_of_two_routes_moves_both_and_tomorrows_does_not(dispatch, clock, kit):
    """The morning's round runs late, and the afternoon's has begun; tomorrow's is far away and does not matter."""
    names = ("T-1", "T-2")
    place = DOOR | {"lat": lat(5_000), "lng": 9.0}
    dispatch.ships(*(shipment(name, address=place, window=None) for name in names))
    dispatch.ships(shipment("FAR", address=DOOR | {"lat": -33.0, "lng": 151.0}, window=None))
    dispatch.drives("R2", "van 1", clock() + timedelta(hours=1), *names)
    dispatch.drives("R3", "van 1", clock() + timedelta(days=1), "FAR")
    assert drives(dispatch, clock, *STOOD)["outcome"] == "taken"
    assert live(kit, 2).stops_before == 0
    assert "500 km" in dispatch.stands("van 1", -33.0, 151.0, clock() + timedelta(seconds=1))["because"]


def test_a_van_that_was_swapped_at_noon_is_followed_by_its_new_phone(app, dispatch, clock, kit):
    old, new = new_phone(app), new_phone(app, van="van 2")
    drives(dispatch, clock, (20, 0))
    dispatch.drives("R1", "van 2", clock(), *NAMES)
    clock.forward(seconds=60)
    assert old.traccar_client(lat(9_000), 9.0, clock()).status_code == 200
    assert stops(kit)[0].left_at is None
    for seconds, meters in STOOD:
        clock.forward(seconds=seconds)
        new.traccar_client(lat(meters), 9.0, clock())
    assert stops(kit)[0].left_at is not None


def test_a_van_without_a_route_is_known_and_shows_nothing(app, dispatch, clock, kit):
    phone = new_phone(app, van="spare")
    assert phone.traccar_client(-33.0, 151.0, clock()).text == "taken\n"
    assert latest(kit, 2).lat == -33.0
    assert dispatch.stands("nobody", 1.0, 1.0, clock())["outcome"] == "rejected"


def test_a_trail_is_forgotten_after_a_day_and_so_is_where_the_van_was(dispatch, clock, kit):
    drives(dispatch, clock, (20, 0), (20, 10))
    clock.forward(hours=23)
    assert housekeeping.forget_trail(kit) == 0
    drives(dispatch, clock, (3_700, 20))
    assert housekeeping.forget_trail(kit) == 2
    assert len(kept(kit)) == 1
    clock.forward(hours=24, seconds=1)
    assert housekeeping.forget_trail(kit) == 1
    assert latest(kit) is None


def test_reading_a_trail_is_written_down(dispatch, clock, kit):
    drives(dispatch, clock, (20, 0))
    header, row = read_trail(kit, "van 1", "acme-books", "complaint about S-1", 24, clock())
    assert header.startswith("recorded_at,received_at,lat,lng")
    assert row.endswith(",48.000000,9.000000,,,taken")
    with kit.reading() as session:
        entry = session.execute(
            select(AuditRow.actor, AuditRow.action, AuditRow.shipper_id, AuditRow.detail).where(
                AuditRow.action == "trail_read"
            )
        ).one()
    assert tuple(entry) == ("operator", "trail_read", 1, {"van": "van 1", "reason": "complaint about S-1"})


@pytest.mark.engines("sqlite")
def test_a_position_asks_the_database_few_things(app, dispatch, clock, kit):
    phone = new_phone(app)
    drives(dispatch, clock, (20, -150))
    asked: list[str] = []
    sql_event.listen(kit.database.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
    clock.forward(seconds=10)
    phone.traccar_client(lat(-100), 9.0, clock())
    told = [one.split("\n")[0][:60] for one in asked if not one.startswith(("BEGIN", "PRAGMA"))]
    assert len(told) <= 14, told


@pytest.mark.engines("sqlite")
def test_the_trail_is_read_and_forgotten_by_its_indexes(kit, clock):
    asked: list[tuple[str, object]] = []
    sql_event.listen(
        kit.database.engine, "before_cursor_execute", lambda *what: asked.append((what[2], what[3]))
    )
    with kit.transaction() as session:
        trail.lately(session, [1], clock())
        trail.of_van(session, 1, clock(), clock())
        trail.forget(session, clock())
        found = [
            " ".join(
                row[3] for row in session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", values)
            )
            for words, values in list(asked)
            if "trail" in words
        ]
    assert ["ix_trail_van_id_received_at" in plan for plan in found] == [True, True, False]
    assert "ix_trail_received_at" in found[2]


@pytest.mark.engines("postgresql")
def test_many_phones_of_one_van_at_once_leave_the_newest(app, dispatch, clock, kit):
    phones = [new_phone(app) for _ in range(4)]
    start = clock()

    def tell(number):
        with app.app_context():
            phone = phones[number % 4]
            at = start - timedelta(seconds=60 - number)
            return phone.traccar_client(lat(number), 9.0, at).status_code

    clock.forward(seconds=5)
    with ThreadPoolExecutor(6) as pool:
        assert set(pool.map(tell, range(40))) == {200}
    assert latest(kit).at == start - timedelta(seconds=21)
    assert len(kept(kit)) == 40
