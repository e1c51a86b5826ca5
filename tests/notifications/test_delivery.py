"""The send machine: taken, sent with nothing held open, written down; four outcomes."""

import threading
from collections import deque
from concurrent.futures import Executor, ThreadPoolExecutor
from datetime import timedelta

import pytest

from notifications.delivery import deliver_due
from notifications.message import Channel, Rule, Standing
from notifications.provider import Accepted, Permanent, Temporary, Unknown
from notifications.trouble import Trouble
from portal.clock import ManualClock
from tests.notifications.board import board
from tests.notifications.carriers import Obedient
from tests.notifications.cast import at, message
from tests.notifications.shelf import MemoryShelf

SMS = Channel.SMS


@pytest.fixture
def shelf():
    return MemoryShelf()


def deliver(shelf, carrier, now, **more):
    return deliver_due(shelf, board(carrier), carrier.channel, lambda: now, **more)


def test_what_is_due_is_sent_once_and_written_down(shelf):
    due, later = message(), message(not_before=at(10))
    shelf.put(due, later)
    carrier = Obedient()
    assert deliver(shelf, carrier, at(9)) == 1
    assert deliver(shelf, carrier, at(9)) == 0
    assert carrier.given == [due.id]
    assert (shelf[due].standing, shelf[due].provider_id) == (Standing.SENT, f"its-{due.id}")
    assert shelf[later].standing is Standing.QUEUED


def test_what_is_no_longer_true_is_never_sent(shelf):
    old = message(expires_at=at(9))
    shelf.put(old)
    carrier = Obedient()
    assert deliver(shelf, carrier, at(9)) == 0
    assert carrier.given == []
    assert (shelf[old].standing, shelf[old].stopped_by) == (Standing.EXPIRED, Rule.TOO_LATE)


def test_a_stop_that_came_while_the_message_waited_holds(shelf):
    waiting = message()
    shelf.put(waiting)
    shelf.stopped.add(waiting.to)
    carrier = Obedient()
    deliver(shelf, carrier, at(9))
    assert carrier.given == []
    assert (shelf[waiting].standing, shelf[waiting].stopped_by) == (Standing.STOPPED, Rule.OPTED_OUT)


@pytest.mark.parametrize(
    ("outcome", "standing"),
    [
        (Accepted("x", Standing.DELIVERED), Standing.DELIVERED),
        (Temporary("429"), Standing.QUEUED),
        (Permanent("21211"), Standing.FAILED),
        (Unknown("no_answer"), Standing.UNKNOWN),
    ],
)
def test_each_outcome_has_its_own_standing(shelf, outcome, standing):
    one = message()
    shelf.put(one)
    deliver(shelf, Obedient(outcomes=deque([outcome])), at(9))
    assert shelf[one].standing is standing


def test_a_busy_carrier_gets_it_again_after_the_pause_it_asked_for(shelf):
    one = message()
    shelf.put(one)
    carrier = Obedient(outcomes=deque([Temporary("429", retry_after=timedelta(minutes=7))]))
    deliver(shelf, carrier, at(9))
    deliver(shelf, carrier, at(9, 6))
    assert len(carrier.given) == 1
    deliver(shelf, carrier, at(9, 7))
    assert (len(carrier.given), shelf[one].standing) == (2, Standing.SENT)


def test_an_unknown_outcome_is_not_sent_again_by_itself(shelf):
    one = message()
    shelf.put(one)
    carrier = Obedient(outcomes=deque([Unknown("no_answer")]))
    for hour in (9, 10, 11):
        deliver(shelf, carrier, at(hour))
    assert carrier.given == [one.id]


def test_a_carrier_that_breaks_stops_nobody_else(shelf):
    first, second = message(), message()
    shelf.put(first, second)
    deliver(shelf, Obedient(outcomes=deque([ZeroDivisionError("bug")])), at(9))
    assert (shelf[first].standing, shelf[second].standing) == (Standing.UNKNOWN, Standing.SENT)


def test_no_call_begins_that_the_lease_cannot_cover(shelf):
    first, second = message(), message()
    shelf.put(first, second)
    carrier, clock, leases = Obedient(), ManualClock(at(9)), []

    def takes_long():
        leases.append((clock(), shelf.messages[carrier.given[-1]].lease_until))
        clock.forward(seconds=40)

    carrier.takes = takes_long
    deliver_due(shelf, board(carrier), SMS, clock)
    assert carrier.given == [first.id, second.id]
    # the second one was given back unharmed and taken anew
    assert leases == [(at(9), at(9, 1)), (at(9, 0, 40), at(9, 1, 40))]
    assert (shelf[second].standing, shelf[second].attempts) == (Standing.SENT, 1)


def test_a_batch_may_be_sent_by_many_threads(shelf):
    many = [message() for _ in range(60)]
    shelf.put(*many)
    carrier = Obedient()
    with ThreadPoolExecutor(8) as pool:
        assert deliver(shelf, carrier, at(9), limit=60, pool=pool) == 60
    assert sorted(carrier.given) == sorted(one.id for one in many)
    assert {one.standing for one in shelf.messages.values()} == {Standing.SENT}


def test_a_slow_neighbor_holds_back_nobodys_writing_down(shelf):
    slow, quick = message(), message()
    shelf.put(slow, quick)
    written, writes = threading.Event(), []
    carrier = Obedient()

    def takes():
        if carrier.given[-1] == slow.id:
            writes.append(written.wait(5))

    class Telling(MemoryShelf):
        def record(self, done):
            super().record(done)
            if self[quick].standing is Standing.SENT:
                written.set()

    carrier.takes = takes
    with ThreadPoolExecutor(1) as first, ThreadPoolExecutor(1) as second:
        pool = Split(first, second, slow.id)
        deliver(Telling(shelf.messages), carrier, at(9), pool=pool)
    assert writes == [True]


def test_what_comes_due_does_not_wait_for_a_call_that_hangs(shelf):
    slow, late, told = message(), message(), threading.Event()
    shelf.put(slow)
    carrier = Obedient()

    def takes():
        if carrier.given[-1] == slow.id:
            shelf.put(late)
            assert told.wait(10), "the second one waited for the first"
        else:
            told.set()

    carrier.takes = takes
    with ThreadPoolExecutor(2) as pool:
        assert deliver(shelf, carrier, at(9), pool=pool) == 2
    assert shelf[slow].standing is shelf[late].standing is Standing.SENT


class Split(Executor):
    """One message has a thread of its own."""

    def __init__(self, own, others, message_id):
        self.own, self.others, self.message_id = own, others, message_id

    def submit(self, fn, claim, *more):
        pool = self.own if claim.message.id == self.message_id else self.others
        return pool.submit(fn, claim, *more)


def test_what_could_not_be_written_down_is_written_down_later(shelf):
    one = message()
    shelf.put(one)

    class Failing(MemoryShelf):
        fails = 1

        def record(self, done):
            if self.fails:
                self.fails -= 1
                raise ConnectionError
            super().record(done)

    failing = Failing(shelf.messages)
    with pytest.raises(ConnectionError):
        deliver(failing, Obedient(), at(9))
    assert failing[one].standing is Standing.SENT


def test_dispatchs_answer_reaches_the_house_before_it_is_written_down(shelf):
    call = message(Channel.WEBHOOK)
    shelf.put(call)
    heard = []

    def on_answer(about, answer):
        heard.append((about.id, answer["decision"], shelf[call].standing))

    carrier = Obedient(Channel.WEBHOOK, deque([Accepted("", Standing.DELIVERED, {"decision": "accepted"})]))
    deliver(shelf, carrier, at(9), on_answer=on_answer)
    assert heard == [(call.id, "accepted", Standing.SENDING)]
    assert shelf[call].standing is Standing.DELIVERED


def test_an_answer_that_could_not_be_taken_in_is_asked_for_again(shelf):
    call = message(Channel.WEBHOOK)
    shelf.put(call)
    carrier = Obedient(Channel.WEBHOOK, deque([Accepted("", Standing.DELIVERED, {"decision": "accepted"})]))

    def deaf(about, answer):
        raise ConnectionError

    deliver(shelf, carrier, at(9), on_answer=deaf)
    assert shelf[call].standing is Standing.QUEUED


def test_a_refusal_for_consent_is_told_to_the_house(shelf):
    one = message()
    shelf.put(one)
    heard = []
    carrier = Obedient(outcomes=deque([Permanent("21610", trouble=Trouble.CONSENT)]))
    deliver(shelf, carrier, at(9), on_failure=lambda about, why: heard.append((about.to, why.code)))
    assert heard == [(one.to, "21610")]


def test_webhooks_of_one_shipment_leave_in_order_and_others_are_not_held_up(shelf):
    first, second, other = (message(Channel.WEBHOOK, order_key=key) for key in ("s:1", "s:1", "s:2"))
    shelf.put(first, second, other)
    carrier = Obedient(Channel.WEBHOOK, deque([Temporary("503")]))
    deliver(shelf, carrier, at(9))
    deliver(shelf, carrier, at(9))
    assert carrier.given == [first.id, other.id]
    deliver(shelf, carrier, at(10))
    deliver(shelf, carrier, at(10))
    assert carrier.given == [first.id, other.id, first.id, second.id]


def test_a_parked_webhook_lets_the_next_one_pass(shelf):
    first, second = (message(Channel.WEBHOOK, order_key="s:1") for _ in range(2))
    shelf.put(first, second)
    shelf.messages[first.id] = message(Channel.WEBHOOK, id=first.id, order_key="s:1", attempts=9)
    carrier = Obedient(Channel.WEBHOOK, deque([Temporary("503")]))
    deliver(shelf, carrier, at(9))
    assert shelf[first].standing is Standing.FAILED
    deliver(shelf, carrier, at(9))
    assert shelf[second].standing is Standing.SENT
