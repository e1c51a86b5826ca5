"""After a stop is kept nothing more is claimed: counted over 200 races, in `make check` over a thousand an engine."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random

import pytest

from notifications.message import Channel, Rule, Standing
from notifications.outbox import Done, Line
from notifications.provider import Permanent
from notifications.trouble import Trouble
from portal.flows import preferences
from portal.store import contacts, outbox, shippers
from portal.store.marks import fingerprint
from portal.store.stops import stops_wait
from tests.notifications.cast import at, message

SMS, EMAIL = Channel.SMS, Channel.EMAIL
RACES, MANY_RACES = 200, 1_000
LATER_SECONDS = 0.004


@pytest.fixture
def kit(app):
    kit = app.extensions["doorstep"]
    with kit.transaction() as session:
        shippers.add(session, "fern", "Fern & Kettle")
    return kit


def put(kit, *messages):
    with kit.transaction() as session:
        outbox.put(session, messages)


def standing(kit, one):
    with kit.reading() as session:
        return outbox.find(session, 1, one.id).message.standing


def say_stop(kit, one):
    """Say stop, and look at once how the message stands."""
    with kit.transaction() as session:
        contacts.stop(session, one.channel, one.to, "answered STOP", at(9))
    return standing(kit, one)


def unsubscribe(kit, one):
    """End the shipper's emails, and look at once how the message stands."""
    with kit.transaction() as session:
        preferences.unsubscribe(session, one.shipper_id, fingerprint(one.to), at(9))
    return standing(kit, one)


@pytest.mark.parametrize(
    ("channel", "end", "races"),
    [
        pytest.param(SMS, say_stop, RACES, id="stop"),
        pytest.param(EMAIL, unsubscribe, RACES, id="unsubscribe"),
        pytest.param(SMS, say_stop, MANY_RACES, id="many stops", marks=pytest.mark.rounds),
    ],
)
def test_no_message_is_claimed_after_a_stop_is_kept(kit, channel, end, races):
    start = threading.Barrier(2)
    claimed_first, chance = 0, Random(7)
    with ThreadPoolExecutor(2) as pool:
        for number in range(races):
            to = f"+49151{number:08}" if channel is SMS else f"p{number}@example.com"
            one = message(channel, to=to)
            put(kit, one)

            def claim():
                start.wait()
                return kit.outbox.claim(channel, 10, "w", at(9))

            def stop(one=one):
                start.wait()
                # sometimes a little later, so that either may be the first
                time.sleep(chance.random() * LATER_SECONDS)
                return end(kit, one)

            claims, stood = pool.submit(claim), pool.submit(stop)
            taken = [claim.message.id for claim in claims.result()]
            if taken:
                assert stood.result() is Standing.SENDING, "claimed after the stop was kept"
                claimed_first += 1
                continue
            assert stood.result() in (Standing.QUEUED, Standing.STOPPED)
            assert kit.outbox.claim(channel, 10, "w", at(9)) == []
            assert standing(kit, one) is Standing.STOPPED
    # both happen, else nothing was raced
    assert 0 < claimed_first < races


def test_a_stop_waits_for_the_claim_under_way(kit):
    """Who asked before the stop has claimed before the stop is kept."""
    one = message()
    put(kit, one)
    order = []
    with kit.transaction() as session:
        stops_wait(session)
        stopping = threading.Thread(target=lambda: (say_stop(kit, one), order.append("stopped")))
        stopping.start()
        stopping.join(0.3)
        order.append("claimed")
    stopping.join(20)
    assert order == ["claimed", "stopped"]


def test_a_message_planned_before_and_due_after_a_stop_never_leaves(kit):
    one = message(not_before=at(10), expires_at=at(12))
    put(kit, one)
    with kit.transaction() as session:
        assert contacts.stop(session, SMS, one.to, "answered STOP", at(9))
        assert not contacts.stop(session, SMS, one.to, "answered STOP", at(9))
    assert kit.outbox.claim(SMS, 10, "w", at(10)) == []
    with kit.reading() as session:
        told = outbox.find(session, 1, one.id).message
    assert (told.standing, told.stopped_by) == (Standing.STOPPED, Rule.OPTED_OUT)


def test_a_stop_between_two_accounts_ends_the_second_try(kit):
    one = message()
    put(kit, one)
    (claim,) = kit.outbox.claim(SMS, 10, "w", at(9))
    assert say_stop(kit, one) is Standing.SENDING
    refused = Done(claim, "twilio", Permanent("21612", "not reachable", Trouble.ROUTE), at(9))
    assert kit.outbox.pass_on(claim, refused, Line("twilio-2"), "w") is None
    kit.outbox.record([refused])
    with kit.reading() as session:
        told = outbox.find(session, 1, one.id)
    assert (told.message.standing, told.message.stopped_by) == (Standing.STOPPED, Rule.OPTED_OUT)
    assert [attempt.outcome for attempt in told.attempts] == ["permanent"]


def test_a_number_that_does_not_work_is_left_alone_for_a_quarter_and_then_tried_again(kit):
    until = at(9) + timedelta(days=90)
    with kit.transaction() as session:
        contacts.mark_unreachable(session, SMS, "+4915112345678", "30005", "Unknown number.", at(9))
        contacts.mark_unreachable(session, SMS, "+4915112345678", "30005", "Unknown number.", at(9))
    with kit.reading() as session:
        asked = ["+4915112345678", "+4915100000000", ""]
        assert contacts.unreachable(session, asked, at(10)) == {(SMS, "+4915112345678")}
        assert contacts.unreachable(session, asked, until) == set()
    with kit.transaction() as session:
        contacts.forget_unreachable(session, SMS, "+4915112345678")
        assert contacts.unreachable(session, asked, at(10)) == set()


def test_upper_and_lower_case_are_one_address_and_each_channel_is_its_own(kit):
    with kit.transaction() as session:
        contacts.stop(session, EMAIL, "Ann@Example.com", "test", at(9))
        asked = ["ann@example.com", "ANN@EXAMPLE.COM", "b@example.com"]
        assert contacts.stopped(session, asked) == {(EMAIL, "ann@example.com"), (EMAIL, "ANN@EXAMPLE.COM")}


@pytest.mark.parametrize("odd", ["", " ", "\udc80", "x" * 10_000, "+٤٩١٥", "'; --"])
def test_no_address_breaks_the_table(kit, odd):
    with kit.transaction() as session:
        contacts.stop(session, SMS, odd, "test" * 100, at(9))
        contacts.mark_unreachable(session, SMS, odd, "c" * 100, "t" * 1000, at(9))
        contacts.start(session, SMS, odd, at(9))
        assert contacts.stopped(session, [odd]) == set()
