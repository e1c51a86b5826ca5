"""Windows are judged by the driver at the door and counted once, whatever is corrected later."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from portal.domain.kinds.hold import KeepForAWhile
from portal.domain.record import Fared, stage_of
from portal.domain.window import Score, score
from portal.flows import change as changing
from portal.flows import window_record
from portal.jobs import count_windows
from portal.store import promises, shipments, window_figures
from portal.store.promises import PROMISES
from portal.store.shipment_rows import ShipmentRow
from tests.dispatch import Dispatch, event, new_dispatch, shipment

NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
numbers = count(1)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app, clock) -> Dispatch:
    """One parcel was told in the morning, for two to four; now it is the evening of the next day."""
    dispatch = new_dispatch(app)
    dispatch.ships(shipment())
    clock.forward(hours=36)
    return dispatch


def outcomes(kit):
    with kit.reading() as session:
        rows = session.execute(select(PROMISES.c.outcome).order_by(PROMISES.c.id))
        return [row.outcome for row in rows]


def figures(kit):
    count_windows(kit)
    with kit.reading() as session:
        return dict(window_figures.since(session, NOON.date() - timedelta(days=9)))


def counts(kit):
    count_windows(kit)
    with kit.reading() as session:
        lines = window_record.put_together(session, NOON + timedelta(days=2))
    return [(one.inside, one.early, one.late) for line, one in lines.items() if line.stage != "last"]


def recount(kit):
    """The figures once more, from the ledger alone."""
    with kit.reading() as session:
        shipper = dict(session.execute(select(ShipmentRow.id, ShipmentRow.shipper_id)).all())
        found: dict[window_figures.Kind, Fared] = {}
        last: dict[tuple[int, datetime], tuple[window_figures.Kind, Score]] = {}
        for one in promises.of_shipments(session, shipper):
            if one.delivered_at is None:
                continue
            window, day = one.promise, one.delivered_at.date()
            kind = (day, shipper[one.shipment_id], "north", stage_of(window), window.source, window.level)
            result = score(window.start, window.end, one.delivered_at)
            found.setdefault(window_figures.Kind(*kind), Fared()).count(result)
            last[one.shipment_id, one.delivered_at] = (window_figures.Kind(*kind), result)
        for kind, result in last.values():
            found.setdefault(replace(kind, stage="last"), Fared()).count(result)
    return found


def test_a_delivery_within_the_window_is_counted_once(dispatch, kit):
    dispatch.happens("A-1", "delivered", NOON + timedelta(hours=3))
    assert counts(kit) == [(1, 0, 0)]
    assert counts(kit) == [(1, 0, 0)]


def test_a_driver_whom_nobody_opened_kept_the_window_all_the_same(dispatch, kit):
    dispatch.happens("A-1", "attempt_failed", NOON + timedelta(hours=3), reason="consignee_not_home")
    dispatch.happens("A-1", "out_for_delivery", NOON + timedelta(hours=18))
    dispatch.happens("A-1", "delivered", NOON + timedelta(hours=22))
    assert outcomes(kit)[0] == "inside"


def test_an_attempt_at_which_nobody_stood_at_the_door_keeps_no_window(dispatch, kit):
    dispatch.happens("A-1", "attempt_failed", NOON + timedelta(hours=3), reason="carrier_not_enough_time")
    assert outcomes(kit) == [None]
    dispatch.happens("A-1", "out_for_delivery", NOON + timedelta(hours=18))
    dispatch.happens("A-1", "delivered", NOON + timedelta(hours=22))
    assert outcomes(kit)[0] == "late"


def test_a_delivery_that_was_none_is_taken_out_of_the_figures_again(dispatch, kit):
    dispatch.reports(event("d1", "A-1", "delivered", NOON + timedelta(hours=3)))
    assert counts(kit) == [(1, 0, 0)]
    dispatch.reports(event("o2", "A-1", "out_for_delivery", NOON + timedelta(hours=1), corrects="d1"))
    assert counts(kit) == []
    dispatch.happens("A-1", "delivered", NOON + timedelta(hours=5))
    assert counts(kit) == [(0, 0, 1)]


def test_a_corrected_time_moves_the_count(dispatch, kit):
    dispatch.reports(event("d1", "A-1", "delivered", NOON + timedelta(hours=3)))
    assert counts(kit) == [(1, 0, 0)]
    dispatch.reports(event("d2", "A-1", "delivered", NOON + timedelta(hours=1), corrects="d1"))
    assert counts(kit) == [(0, 1, 0)]


def test_a_window_that_the_recipient_let_go_is_not_judged(dispatch, kit, clock):
    with kit.transaction() as session:
        parcel = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        asked = changing.ask(session, kit.voice, parcel, KeepForAWhile("2026-06-22"), clock())
        changing.answer(session, kit.voice, 1, asked.change.id, True, "tests", clock())
    clock.forward(days=3)
    dispatch.happens("A-1", "delivered", clock())
    assert counts(kit) == []


def test_figures_are_kept_a_little_more_than_a_year(dispatch, kit):
    dispatch.happens("A-1", "delivered", NOON + timedelta(hours=3))
    assert counts(kit) == [(1, 0, 0)]
    for days, left in ((399, 1), (400, 0)):
        with kit.transaction() as session:
            window_record.forget_old(session, NOON + timedelta(days=days))
        assert len(figures(kit)) == 2 * left


@pytest.mark.engines("postgresql")
def test_two_processes_that_count_at_once_count_no_window_twice(app, dispatch, kit, clock):
    names = [f"T-{number}" for number in range(40)]
    clock.at = NOON - timedelta(hours=4)
    dispatch.ships(*(shipment(name) for name in names))
    clock.at = NOON + timedelta(hours=9)
    for minutes in (60, 180):
        dispatch.reports(
            *(
                event(
                    f"{name}-{minutes}",
                    name,
                    "delivered",
                    NOON + timedelta(minutes=minutes),
                    **({"corrects": f"{name}-60"} if minutes > 60 else {}),
                )
                for name in names
            )
        )
        with ThreadPoolExecutor(6) as pool:
            counted = list(pool.map(lambda _: kit.database.played(lambda: count_windows(kit)), range(6)))
        assert sum(counted) == 40
    assert {kind: fared for kind, fared in figures(kit).items() if fared.shown} == recount(kit)


HAPPENS = st.sampled_from(
    ["out_for_delivery", "delivered", "attempt_failed", "held", "correct", "count", "promise", "promise"]
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(HAPPENS, st.integers(-60, 9 * 60)), min_size=1, max_size=9))
def test_whatever_is_reported_corrected_and_counted_in_between_a_recount_says_the_same(
    dispatch, kit, clock, said
):
    reference, evening = f"P-{next(numbers)}", clock()
    clock.at = NOON - timedelta(hours=4)
    dispatch.ships(shipment(reference))
    clock.at = evening
    sent: list[str] = []
    for happening, minutes in said:
        if happening == "count":
            count_windows(kit)
            continue
        if happening == "promise":
            clock.at = at = NOON + timedelta(minutes=minutes)
            start, end = (
                at + timedelta(hours=1),
                at + timedelta(hours=1, minutes=len(sent) + minutes % 50 + 1),
            )
            window = {"start": start.isoformat(), "end": end.isoformat()}
            dispatch.ships(shipment(reference, window=window))
            clock.at = evening
            continue
        more = {}
        if happening == "correct":
            if not sent:
                continue
            more, happening = {"corrects": sent[minutes % len(sent)]}, "delivered"
        sent.append(f"{reference}-{len(sent)}")
        dispatch.reports(event(sent[-1], reference, happening, NOON + timedelta(minutes=minutes), **more))
    known = {kind: fared for kind, fared in figures(kit).items() if fared.shown}
    assert known == recount(kit)
