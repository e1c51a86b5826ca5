"""What nobody knows is asked about before anything is sent again."""

from collections import deque

import pytest

from notifications.delivery import deliver_due
from notifications.message import Channel, Standing
from notifications.provider import CannotTell, Found, NotFound, Unknown
from notifications.reconcile import reconcile
from tests.notifications.board import board
from tests.notifications.carriers import Obedient
from tests.notifications.cast import at, message
from tests.notifications.shelf import MemoryShelf


@pytest.fixture
def shelf():
    return MemoryShelf()


def deliver(shelf, carrier, now):
    return deliver_due(shelf, board(carrier), carrier.channel, lambda: now)


def settle(shelf, carrier, now):
    return reconcile(shelf, board(carrier), carrier.channel, lambda: now)


def lost_in_sending(shelf, channel=Channel.SMS):
    one = message(channel)
    shelf.put(one)
    carrier = Obedient(channel, deque([Unknown("no_answer")]))
    deliver(shelf, carrier, at(9))
    return one, carrier


def test_the_carrier_is_asked_only_when_it_can_know(shelf):
    _, carrier = lost_in_sending(shelf)
    assert settle(shelf, carrier, at(9, 1)) == 0
    assert settle(shelf, carrier, at(9, 2)) == 1
    assert carrier.asked == [at(9)]


def test_what_the_carrier_has_is_adopted(shelf):
    one, carrier = lost_in_sending(shelf)
    carrier.findings.append(Found("SM1"))
    settle(shelf, carrier, at(9, 2))
    assert (shelf[one].standing, shelf[one].provider_id) == (Standing.SENT, "SM1")
    deliver(shelf, carrier, at(9, 3))
    assert len(carrier.given) == 1


def test_a_text_that_did_not_arrive_is_sent_again_once_and_never_twice(shelf):
    one, carrier = lost_in_sending(shelf)
    carrier.outcomes.append(Unknown("no_answer"))
    settle(shelf, carrier, at(9, 2))
    deliver(shelf, carrier, at(9, 3))
    assert len(carrier.given) == 2
    settle(shelf, carrier, at(9, 5))
    assert (shelf[one].standing, shelf[one].error_code) == (Standing.FAILED, "possible_duplicate")
    deliver(shelf, carrier, at(9, 30))
    assert len(carrier.given) == 2


def test_while_the_carrier_cannot_be_asked_nothing_is_sent(shelf):
    one, carrier = lost_in_sending(shelf)
    carrier.findings.extend([CannotTell("down"), ConnectionError("bug"), NotFound()])
    for minute in (2, 4, 6):
        settle(shelf, carrier, at(9, minute))
    assert (shelf[one].standing, shelf[one].resends, len(carrier.given)) == (Standing.QUEUED, 1, 1)


def test_a_worker_that_died_leaves_a_message_of_unknown_fate_not_a_waiting_one(shelf):
    one = message()
    shelf.put(one)
    shelf.claim(Channel.SMS, 10, "dead", at(9))
    carrier = Obedient(findings=deque([Found("SM1")]))
    assert settle(shelf, carrier, at(9, 0, 59)) == 0
    assert shelf[one].standing is Standing.SENDING
    settle(shelf, carrier, at(9, 1, 1))
    assert (shelf[one].standing, carrier.given) == (Standing.UNKNOWN, [])
    settle(shelf, carrier, at(9, 3))
    assert (shelf[one].standing, carrier.given) == (Standing.SENT, [])


def test_an_email_waits_four_minutes_for_its_event(shelf):
    one, carrier = lost_in_sending(shelf, Channel.EMAIL)
    settle(shelf, carrier, at(9, 3))
    assert shelf[one].standing is Standing.UNKNOWN
    settle(shelf, carrier, at(9, 4))
    assert (shelf[one].standing, shelf[one].resends) == (Standing.QUEUED, 1)


def test_an_email_that_did_not_arrive_is_sent_again_twice(shelf):
    one, carrier = lost_in_sending(shelf, Channel.EMAIL)
    carrier.outcomes.extend([Unknown("no_answer"), Unknown("no_answer")])
    for minute in (5, 10, 15):
        settle(shelf, carrier, at(9, minute))
        deliver(shelf, carrier, at(9, minute))
    assert len(carrier.given) == 3
    assert (shelf[one].standing, shelf[one].error_code) == (Standing.FAILED, "possible_duplicate")


def test_a_webhook_is_simply_sent_again_as_often_as_needed(shelf):
    one = message(Channel.WEBHOOK)
    shelf.put(one)
    carrier = Obedient(Channel.WEBHOOK)
    for minute in (0, 2, 4):
        shelf.claim(Channel.WEBHOOK, 10, "dead", at(9, minute))
        settle(shelf, carrier, at(9, minute + 2))
    assert shelf[one].standing is Standing.QUEUED
    deliver(shelf, carrier, at(9, 10))
    assert shelf[one].standing is Standing.SENT
