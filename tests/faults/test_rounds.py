"""Short rounds of the fault runs, on real processes and the providers' real wire."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from tests.faults import (
    clocks,
    codes,
    erase,
    guesses,
    hostile,
    lockers,
    pull,
    races,
    receipts,
    scanners,
    scripts,
    slots,
    webhooks,
)
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
@pytest.mark.rounds
def test_every_message_goes_once_whatever_breaks(name):
    plan = STORMS[name]
    found = played(play, plan).verdict
    assert found.expected == plan.messages or found.expected == plan.messages + 1
    assert (found.lost, found.twice, found.unknown, found.unfinished) == (0, 0, 0, 0), found
    assert (found.forgotten, found.shared_ids, found.forgeries_accepted) == (0, 0, 0), found
    assert found.forgeries > 0


@pytest.mark.engines("postgresql")
def test_receipts_in_any_order_move_a_message_forward_only(engine):
    found = played(receipts.play, engine, 600, 5, place=quick_place())
    assert (found.accepted, found.back, found.wrong, found.refused) == (0, 0, 0, 0), found
    assert found.kept == found.different
    assert found.forged > 20


@pytest.mark.rounds
def test_two_clocks_that_disagree_remind_everybody_once_at_the_right_local_time():
    night = Season("clocks go back in Europe", date(2026, 10, 25), 1)
    found = played(clocks.play, night, 2, timedelta(minutes=60), 2, 6, place=quick_place())
    assert found.told == found.expected > 20
    assert (found.missing, found.twice, found.unwanted, found.early, found.late) == (0, 0, 0, 0, 0), found


def test_people_at_once_never_take_more_places_than_there_are(engine):
    found = played(slots.play, engine, 1, 40, 10, 7, place=quick_place())
    assert (found.booked, found.refused, found.told_dispatch) == (10, 30, 10), found
    assert (found.oversold, found.double, found.unsold, found.wrong, found.leaked) == (0, 0, 0, 0, 0), found
    assert found.left > 0


@pytest.mark.engines("postgresql")
def test_boxes_of_lockers_are_never_taken_twice_nor_lost(engine):
    found = played(lockers.play, engine, 6, 120, 5, 4, 12, place=quick_place())
    assert (found.wrong, found.leaked) == (0, 0), found
    assert {"held", "booked", "full", "released", "ran_out"} <= set(found.done), found
    assert found.audits > 5


@pytest.mark.engines("postgresql")
def test_of_many_guesses_at_once_at_most_five_are_looked_at(engine):
    found = played(codes.play, engine, 1, 60, 8, place=quick_place())
    assert found.looked_at <= codes.TRIES, found
    assert (found.uncounted, found.other) == (0, 0), found


@pytest.mark.engines("postgresql")
def test_of_many_guesses_at_an_agents_sign_in_at_most_five_are_looked_at(engine):
    for what, found in played(guesses.play, engine, 1, 20, 13, place=quick_place()).items():
        assert found.looked_at <= guesses.TRIES >= found.kept, (what, found)
        assert found.other == 0, (what, found)


@pytest.mark.engines("sqlite")
@pytest.mark.rounds
def test_webhooks_arrive_in_order_whatever_the_other_side_does(engine):
    plan = Plan(engine, messages=200, kills=2, speed=webhooks.SPEED, seed=9, place=quick_place())
    found = played(webhooks.play, plan)
    assert (found.missing, found.astray, found.parked) == (0, 0, 0), found
    assert (found.renamed, found.shared, found.unsigned) == (0, 0, 0), found
    assert found.signed_twice > 0


@pytest.mark.engines("postgresql")
@pytest.mark.rounds
def test_who_pulls_with_a_cursor_misses_nothing(engine):
    plan = pull.Plan(engine, entries=800, writers=8, readers=2, kills=1, seed=10, place=quick_place())
    found = played(pull.play, plan)
    assert (found.missed, found.repeated, found.astray, found.altered) == (0, 0, 0, 0), found


def test_a_wish_and_a_scan_at_the_same_moment_have_one_winner(engine):
    found = played(races.play, engine, 60, 11, place=quick_place())
    assert found.asked + found.scanned == found.pairs, found
    assert (found.torn, found.stuck, found.failed) == (0, 0, 0), found


@pytest.mark.engines("sqlite")
@pytest.mark.rounds
def test_scanners_change_nothing(engine):
    found = played(scanners.play, engine, 3, place=quick_place(), browse=False)
    assert (found.changed, found.broken, found.posts) == ({}, [], 0), found
    assert found.links > 10


@pytest.mark.browser
@pytest.mark.engines("sqlite")
def test_a_browser_that_opens_everything_changes_nothing(engine):
    # in a thread of its own: this worker's browser tests have a loop running in the main one
    with ThreadPoolExecutor(1) as aside:
        found = aside.submit(played, scanners.play, engine, 1, place=quick_place()).result()
    assert (found.changed, found.broken, found.posts) == ({}, [], 0), found
    assert found.opened == found.links > 0


# a way out of an attribute, an element, a script, an event and a template in one
ALL_IN_ONE = (
    "\"'></title></textarea><svg onload=zqx(1)><script>zqx(1)</script><img src=x onerror=zqx(1)>{{zqx(1)}}"
)


@pytest.mark.engines("sqlite")
def test_what_somebody_typed_never_runs(engine):
    found = played(scripts.play, engine, [ALL_IN_ONE], place=quick_place(), opened=10)
    assert (found.wrong, found.ran, found.refused) == ([], [], []), found
    assert found.forms > 30 and found.opened == 10


# a script, an address, a formula
@pytest.mark.engines("sqlite")
@pytest.mark.rounds
def test_what_several_people_typed_never_runs(engine):
    tried = [hostile.strings()[number] for number in (6, 91, 197)]
    found = played(scripts.play, engine, tried, place=quick_place())
    assert (found.wrong, found.ran, found.refused) == ([], [], []), found
    assert found.forms > 40 and found.opened > 20


@pytest.mark.engines("sqlite", "postgresql")
def test_of_those_who_were_forgotten_no_trace_is_left_and_the_others_are_as_before(engine):
    found = played(erase.play, engine, 120, 3, 26, place=quick_place())
    assert found.before > 90 and set(found.left.values()) == {0}, found
    assert not found.changed, found
