"""Short rounds of the fault runs, on real processes and the providers' real wire."""

from datetime import date, timedelta

import pytest

from tests.faults import clocks, receipts
from tests.faults.calendar import Season
from tests.faults.plan import Plan
from tests.faults.storm import play
from tests.servers import Missing
from tests.servers.run import quick_place

# Ticks keep their real pace while all else is hurried, so calm may last longer here than its five minutes.
CALM = timedelta(minutes=20)
STORMS = {
    "embedded on SQLite": Plan(
        "sqlite", messages=200, kills=2, twins=15, speed=15, seed=3, calm=CALM, place=quick_place()
    ),
    "scaled out, with PostgreSQL and the broker killed": Plan(
        "postgresql",
        messages=240,
        kills=2,
        other_kills=1,
        database_kills=1,
        broker_kills=1,
        broker_flushes=1,
        twins=15,
        workers=1,
        speed=15,
        seed=4,
        calm=CALM,
        place=quick_place(),
    ),
}


def played(work, *more, **told):
    try:
        return work(*more, **told)
    except Missing as why:
        pytest.skip(str(why))


@pytest.mark.parametrize("name", STORMS)
def test_every_message_goes_once_whatever_breaks(name):
    plan = STORMS[name]
    found = played(play, plan).verdict
    assert found.expected == plan.messages or found.expected == plan.messages + 1
    assert (found.lost, found.twice, found.unknown, found.unfinished) == (0, 0, 0, 0), found
    assert (found.forgotten, found.shared_ids, found.forgeries_accepted) == (0, 0, 0), found
    assert found.forgeries > 0


def test_receipts_in_any_order_move_a_message_forward_only(engine):
    found = played(receipts.play, engine, 1_500, 5, place=quick_place())
    assert (found.accepted, found.back, found.wrong, found.refused) == (0, 0, 0, 0), found
    assert found.kept == found.different
    assert found.forged > 50


def test_two_clocks_that_disagree_remind_everybody_once_at_the_right_local_time():
    night = Season("clocks go back in Europe", date(2026, 10, 25), 1)
    found = played(clocks.play, night, 2, timedelta(minutes=60), 2, 6, place=quick_place())
    assert found.told == found.expected > 20
    assert (found.missing, found.twice, found.unwanted, found.early, found.late) == (0, 0, 0, 0, 0), found
