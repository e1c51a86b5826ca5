"""Positions and finished stops become windows: in one pass, and once however many come at the same time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import event as sql_event
from sqlalchemy import select

from portal.flows import live
from portal.store.outbox_rows import MessageRow
from portal.store.promises import PromiseRow
from tests.dispatch import DOOR, Dispatch, new_dispatch, shipment

DOORS = 8


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app, clock) -> Dispatch:
    """A round of eight doors 300 m apart; the van has left."""
    dispatch = new_dispatch(app)
    names = [f"S-{number}" for number in range(1, DOORS + 1)]
    places = {name: DOOR | {"lat": 48 + 0.0027 * place, "lng": 9.0} for place, name in enumerate(names)}
    dispatch.ships(*(shipment(name, address=places[name], window=None) for name in names))
    stops = [{"seq": seq, "shipment": name} for seq, name in enumerate(names, 1)]
    told = {"route": "north 1", "van": "van 1", "departs_at": clock().isoformat(), "stops": stops}
    assert dispatch._list("POST", "routes", [told])[0]["outcome"] == "taken"
    for name in names:
        dispatch.happens(name, "out_for_delivery", clock())
    return dispatch


def rows(kit, table, *columns):
    with kit.reading() as session:
        return session.execute(select(*columns).select_from(table).order_by(table.id)).all()


def ledger(kit):
    return rows(kit, PromiseRow, PromiseRow.shipment_id, PromiseRow.because, PromiseRow.outcome)


def told(kit, notice):
    return [row.notice for row in rows(kit, MessageRow, MessageRow.notice) if row.notice == notice]


def deliver(dispatch, clock, number, minutes=11):
    clock.forward(minutes=minutes)
    dispatch.happens(f"S-{number}", "delivered", clock())


def test_when_the_van_leaves_the_page_and_the_text_name_a_live_window(dispatch, kit):
    window = dispatch.reads("S-3")["window"]["live"]
    assert (window["source"], window["level"]) == ("live", 90)
    words = rows(kit, MessageRow, MessageRow.notice, MessageRow.text)
    texts = [row.text for row in words if row.notice == "out_for_delivery"]
    assert texts
    assert all(":" in text for text in texts)


def test_each_stop_brings_the_others_nearer_and_says_you_are_next_once(dispatch, clock, kit):
    deliver(dispatch, clock, 1)
    deliver(dispatch, clock, 2)
    with kit.reading() as session:
        route = live.routes.load(session, live.routes.of_shipments(session, [1]).values())[0]
    assert [stop.done_at is not None for stop in route.stops] == [True, True] + [False] * 6
    for _ in range(3):
        clock.forward(minutes=1)
        dispatch.stands("van 1", 48.0029, 9.0, clock())
    # The first door heard "out for delivery" when it became the next stop.
    assert len(told(kit, "next_stop")) == 2
    assert dispatch.reads("S-2")["window"]["live"] is None


def test_windows_are_scored_at_the_door(dispatch, clock, kit):
    deliver(dispatch, clock, 1)
    outcomes = {row.outcome for row in ledger(kit) if row.shipment_id == 1}
    assert outcomes <= {"inside", "early", "late"}
    assert outcomes


def test_an_unchanged_window_is_no_new_promise(dispatch, clock, kit):
    before = len(ledger(kit))
    clock.forward(minutes=1)
    dispatch.stands("van 1", 47.997, 9.0, clock())
    assert len(ledger(kit)) == before


def test_a_silent_van_does_not_let_windows_run_out(dispatch, clock, kit):
    first = dispatch.reads("S-1")["window"]["live"]
    for _ in range(12):
        clock.forward(minutes=10)
        with kit.transaction() as session:
            live.time_passed(session, kit.voice, live.silent(session, clock()), clock())
    later = dispatch.reads("S-1")["window"]["live"]
    assert later["end"] > first["end"]
    assert later["end"] > clock().isoformat()


def test_rounds_of_yesterday_are_over(dispatch, clock, kit):
    clock.forward(hours=21)
    with kit.transaction() as session:
        assert live.time_passed(session, kit.voice, live.silent(session, clock()), clock()) == {}
        assert live.routes.of_shipments(session, [1]) == {}


@pytest.mark.engines("sqlite")
def test_a_position_costs_the_same_few_queries_for_many_doors(dispatch, clock, kit):
    asked: list[str] = []
    sql_event.listen(kit.database.engine, "before_cursor_execute", lambda *what: asked.append(what[2]))
    clock.forward(minutes=3)
    dispatch.stands("van 1", 48.001, 9.0, clock())
    assert len(asked) < 30


@pytest.mark.engines("postgresql")
def test_many_hands_at_once_neither_deadlock_nor_promise_twice(app, dispatch, clock, kit):
    deliver(dispatch, clock, 1)
    clock.forward(minutes=40)

    def scan(number):
        with app.app_context():
            Dispatch(app.test_client(), dispatch.key, [1000 + number]).happens(
                f"S-{number}", "delivered", clock() - timedelta(minutes=number)
            )

    def move(number):
        with app.app_context():
            Dispatch(app.test_client(), dispatch.key).stands(
                "van 1", 48.0 + number / 1e4, 9.0, clock() + timedelta(seconds=number)
            )

    with ThreadPoolExecutor(6) as pool:
        work = [pool.submit(scan, number) for number in (2, 3, 4)]
        work += [pool.submit(move, number) for number in range(12)]
        [one.result() for one in work]
    # Who is late to the round finds it thought through: nobody is told twice that they are next.
    keys = rows(kit, MessageRow, MessageRow.shipment_id, MessageRow.notice, MessageRow.channel)
    next_ones = [tuple(key) for key in keys if key.notice == "next_stop"]
    assert len(next_ones) == len(set(next_ones))
    shown = rows(kit, PromiseRow, PromiseRow.shipment_id, PromiseRow.shown_at, PromiseRow.start)
    assert len({tuple(row) for row in shown}) == len(shown)
