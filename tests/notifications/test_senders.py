"""Several accounts on a channel: who sends, who is left alone, and what waits meanwhile."""

import logging
from collections import deque
from datetime import timedelta

import pytest

from notifications.delivery import deliver_due
from notifications.message import Channel, Standing
from notifications.provider import (
    Accepted,
    CannotTell,
    Forged,
    Found,
    NotFound,
    Permanent,
    Temporary,
    Unknown,
)
from notifications.reconcile import reconcile
from notifications.senders import Health, Report, Sender, Switchboard, may_send
from notifications.trouble import Trouble
from portal.clock import ManualClock
from tests.notifications.board import MemoryRegister, board
from tests.notifications.carriers import Obedient
from tests.notifications.cast import at, message
from tests.notifications.shelf import MemoryShelf

SMS = Channel.SMS
SILENT = Unknown("no_answer", "ReadTimeout")
AWAY = Temporary("no_connection", "ConnectionError", trouble=Trouble.AWAY)
LOCKED_OUT = Temporary("20003", "They do not know us.", trouble=Trouble.CONFIGURATION)
SWITCHED_OFF = Temporary("21408", "Not to +48.", timedelta(minutes=30), Trouble.COUNTRY)
NOT_FROM_HERE = Temporary("21606", "Not from this number.", trouble=Trouble.SENDER)
NO_ROUTE = Permanent("21612", "Not from here.", Trouble.ROUTE)


class Post:
    """Two accounts, a shelf and a clock."""

    def __init__(self, *carriers):
        self.shelf, self.clock, self.register = MemoryShelf(), ManualClock(at(9)), MemoryRegister()
        self.first, self.second = Obedient(name="first"), Obedient(name="second")
        self.board = board(*(carriers or (self.first, self.second)), register=self.register)

    def put(self, count=1, **more):
        more = {"expires_at": at(20)} | more
        some = [message(**more) for _ in range(count)]
        self.shelf.put(*some)
        return some

    def deliver(self, **forward):
        if forward:
            self.clock.forward(**forward)
        return deliver_due(self.shelf, self.board, SMS, self.clock)

    def standings(self, messages):
        return [self.shelf[one].standing for one in messages]

    def health(self, name):
        report = self.register.known.get(name)
        return report.health if report else Health.WELL


@pytest.fixture
def post():
    return Post()


def test_the_first_account_sends_and_the_attempt_says_so(post):
    (one,) = post.put()
    post.deliver()
    assert (post.first.given, post.second.given) == ([one.id], [])
    assert post.shelf.attempts[one.id, 1].sender == "first"


def test_while_its_circuit_is_open_the_second_one_takes_over_at_once(post):
    post.first.outcomes = deque([SILENT] * 5)
    some = post.put(30)
    post.deliver()
    assert len(post.first.given) == 5
    assert post.health("first") is Health.RESTING
    # those that were in hand when it opened were given back and left by the other account
    assert len(post.second.given) == 25
    assert post.standings(some).count(Standing.SENT) == 25
    assert {post.shelf[one].attempts for one in some} == {1}


def test_after_its_rest_one_message_finds_out_and_then_it_is_the_first_again(post):
    post.first.outcomes = deque([SILENT] * 6)
    post.put(5)
    post.deliver()
    some = post.put(3)
    post.deliver(seconds=16)
    assert (len(post.first.given), len(post.second.given)) == (6, 2)
    more = post.put(3)
    post.deliver(seconds=31)
    post.deliver()
    assert len(post.first.given) == 9
    assert post.health("first") is Health.WELL
    assert set(post.standings(more)) == {Standing.SENT}
    assert post.standings(some).count(Standing.UNKNOWN) == 1


def test_with_no_other_account_messages_wait_unharmed_as_long_as_they_are_true():
    post = Post(carrier := Obedient(name="only", outcomes=deque([AWAY] * 5)))
    tried = post.put(5)
    post.deliver()
    waiting, soon_untrue = post.put(20), post.put(expires_at=at(9, 0, 10))
    assert post.deliver(seconds=12) == 0
    assert {post.shelf[one].attempts for one in waiting} == {0}
    assert post.standings(soon_untrue) == [Standing.EXPIRED]
    post.deliver(seconds=10)
    post.deliver()
    assert set(post.standings(tried + waiting)) == {Standing.SENT}
    assert len(carrier.given) == 5 + 25


def test_a_busy_carrier_and_refusals_of_single_messages_open_nothing():
    refused = [Temporary("429"), Permanent("21211", trouble=Trouble.CONTACT)] * 30
    post = Post(Obedient(name="only", outcomes=deque(refused)))
    post.put(60)
    post.deliver()
    assert post.register.known == {}


def test_a_wrong_setting_stops_an_account_for_all_workers_and_harms_no_message(post):
    post.first.outcomes = deque([LOCKED_OUT])
    (one,) = post.put()
    post.deliver()
    post.deliver()
    report = post.register.known["first"]
    assert (report.health, report.code, report.text) == (Health.STOPPED, "20003", "They do not know us.")
    assert (post.shelf[one].standing, post.second.given) == (Standing.SENT, [one.id])
    elsewhere = Switchboard([Sender(post.first), Sender(post.second)], post.register)
    assert elsewhere.choose(SMS, post.clock()).sender.name == "second"


def test_a_stopped_account_is_tried_with_one_message_every_five_minutes(post):
    post.first.outcomes = deque([LOCKED_OUT] * 3)
    post.put(4)
    post.deliver()
    for _ in range(3):
        post.put(4)
        post.deliver(minutes=2)
    assert len(post.first.given) == 2
    assert post.health("first") is Health.STOPPED


def test_it_wakes_when_it_works(post):
    post.first.outcomes = deque([LOCKED_OUT])
    (by_the_other,) = post.put()
    post.deliver()
    post.put(3)
    post.deliver(minutes=5)
    assert post.health("first") is Health.WELL
    assert (len(post.first.given), post.second.given) == (1 + 3, [by_the_other.id])


def test_after_a_restart_it_is_tried_at_once(post):
    post.first.outcomes = deque([LOCKED_OUT])
    post.put()
    post.deliver()
    post.board.try_again()
    post.put()
    post.deliver(seconds=2)
    assert post.health("first") is Health.WELL


def test_with_every_account_stopped_messages_wait_and_nothing_is_lost():
    only = Obedient(name="only", outcomes=deque([LOCKED_OUT] * 2))
    post = Post(only)
    some = post.put(10)
    post.deliver()
    assert set(post.standings(some)) == {Standing.QUEUED}
    # one found it out, the others had not been tried; the probe is another message than the one before
    assert sorted(post.shelf[one].attempts for one in some) == [0] * 9 + [1]
    post.deliver(minutes=5)
    assert len(set(only.given)) == 2
    for _ in range(2):
        post.deliver(minutes=5)
    assert set(post.standings(some)) == {Standing.SENT}


def test_a_country_that_is_switched_off_holds_its_message_and_stops_nobody(post):
    post.first.outcomes = deque([SWITCHED_OFF])
    abroad, home = post.put(2)
    post.deliver()
    assert post.standings([abroad, home]) == [Standing.QUEUED, Standing.SENT]
    report = post.register.known["first"]
    assert (report.health, report.code, report.text) == (Health.WELL, "21408", "Not to +48.")
    post.deliver(minutes=29)
    assert post.shelf[abroad].attempts == 1
    post.deliver(minutes=1)
    assert post.shelf[abroad].standing is Standing.SENT


def test_a_number_the_first_one_cannot_reach_goes_by_the_second_at_once(post):
    post.first.outcomes = deque([NO_ROUTE])
    (one,) = post.put()
    assert post.deliver() == 1
    assert post.second.given == [one.id]
    assert post.shelf[one].standing is Standing.SENT
    assert [post.shelf.attempts[one.id, number].sender for number in (1, 2)] == ["first", "second"]


def test_a_number_nobody_can_reach_has_failed(post):
    post.first.outcomes, post.second.outcomes = deque([NO_ROUTE]), deque([NO_ROUTE])
    (one,) = post.put()
    post.deliver()
    assert (post.shelf[one].standing, post.shelf[one].error_code) == (Standing.FAILED, "21612")


def test_a_foreign_number_our_sender_is_not_good_for_stops_nobody():
    post = Post(only := Obedient(name="only"))
    only.outcomes = deque([NOT_FROM_HERE])
    (abroad,) = post.put(to="+48500100200")
    post.deliver()
    assert post.shelf[abroad].standing is Standing.QUEUED
    home = post.put(3)
    post.deliver()
    assert set(post.standings(home)) == {Standing.SENT}
    only.outcomes = deque([NOT_FROM_HERE])
    post.deliver(seconds=10)
    assert (post.shelf[abroad].standing, post.shelf[abroad].error_code) == (Standing.FAILED, "21606")
    assert post.health("only") is Health.WELL


def test_a_number_that_reaches_nobody_is_stopped(post):
    post.first.outcomes = deque([NOT_FROM_HERE] * 9)
    some = [post.put(to=f"+4915{number}0000000")[0] for number in range(5)]
    post.deliver()
    assert set(post.standings(some)) == {Standing.SENT}
    assert len(post.first.given) == 3
    assert (post.health("first"), post.register.known["first"].code) == (Health.STOPPED, "21606")


class Picky(Obedient):
    """Says of some messages that the account is wrong, and takes the others."""

    def send(self, message, now):
        self.outcomes = deque([LOCKED_OUT] if message.because == "poison" else [])
        return super().send(message, now)


def test_a_message_that_alone_is_refused_for_the_accounts_sake_stops_it_once():
    post = Post(Picky(name="only"))
    (poison,) = post.put(because="poison")
    post.deliver()
    post.deliver(minutes=5)
    assert post.health("only") is Health.STOPPED
    others = post.put(3)
    post.deliver(minutes=5)
    assert set(post.standings(others)) == {Standing.SENT}
    assert (post.shelf[poison].standing, post.shelf[poison].error_code) == (Standing.FAILED, "20003")
    assert post.health("only") is Health.WELL


def test_an_account_that_stands_for_many_is_never_left_alone():
    hook = Obedient(Channel.WEBHOOK, deque([LOCKED_OUT] * 3 + [SILENT] * 30), name="dispatch")
    register = MemoryRegister()
    switchboard = Switchboard([Sender(hook, watched=False)], register)
    shelf = MemoryShelf()
    shelf.put(*(message(Channel.WEBHOOK) for _ in range(40)))
    deliver_due(shelf, switchboard, Channel.WEBHOOK, lambda: at(9))
    assert (len(hook.given), register.known) == (40, {})


def test_a_change_is_said_once(post, caplog):
    caplog.set_level(logging.WARNING, "notifications.senders")
    post.first.outcomes = deque([LOCKED_OUT] * 3 + [SWITCHED_OFF] * 3)
    for _ in range(6):
        post.put(1)
        post.deliver(minutes=5)
    assert [record.getMessage() for record in caplog.records] == [
        "sender first is stopped: 20003 They do not know us.",
        "sender first works again",
        "sender first: 21408 Not to +48.",
    ]


def test_every_account_an_attempt_went_by_is_asked_what_became_of_it(post):
    post.first.outcomes = deque([SILENT])
    (one,) = post.put()
    post.deliver()
    post.first.findings = deque([NotFound()])
    post.clock.forward(minutes=2)
    reconcile(post.shelf, post.board, SMS, post.clock)
    assert (len(post.first.asked), len(post.second.asked)) == (1, 0)
    post.first.outcomes = deque([NO_ROUTE])
    post.second.outcomes = deque([SILENT])
    post.deliver()
    post.first.findings, post.second.findings = deque([CannotTell("down")]), deque([NotFound()])
    post.clock.forward(minutes=2)
    reconcile(post.shelf, post.board, SMS, post.clock)
    assert post.shelf[one].standing is Standing.UNKNOWN
    post.second.findings = deque([Found("SM2")])
    post.clock.forward(minutes=2)
    reconcile(post.shelf, post.board, SMS, post.clock)
    assert (post.shelf[one].standing, post.shelf[one].provider_id) == (Standing.SENT, "SM2")


def test_an_account_that_is_not_set_up_any_more_proves_nothing_until_it_does_not_matter(post):
    post.first.outcomes = deque([SILENT])
    (one,) = post.put()
    post.deliver()
    alone = board(post.second, register=post.register)
    post.clock.forward(minutes=2)
    reconcile(post.shelf, alone, SMS, post.clock)
    assert post.shelf[one].standing is Standing.UNKNOWN
    post.clock.move_to(at(21, 1))
    reconcile(post.shelf, alone, SMS, post.clock)
    assert (post.shelf[one].standing, post.shelf[one].error_code) == (Standing.FAILED, "nobody_knows")


def test_an_account_that_does_not_answer_is_not_asked_about_every_message():
    only = Obedient(name="only", outcomes=deque([Accepted("x")] + [SILENT] * 4), findings=deque())
    post = Post(only)
    post.put(5)
    post.deliver()
    post.board = board(only, register=post.register)
    only.outcomes = deque([SILENT] * 4)
    post.put(4)
    post.deliver()
    only.findings = deque([CannotTell("down")] * 8)
    post.clock.forward(minutes=2)
    reconcile(post.shelf, post.board, SMS, post.clock)
    assert len(only.asked) == 5


def test_a_callback_is_read_by_the_account_whose_signature_holds(post):
    def read(carrier):
        if carrier is post.first:
            raise Forged("not mine")
        return carrier.name

    assert post.board.opened(SMS, read) == "second"
    with pytest.raises(Forged, match="not mine"):
        board(post.first).opened(SMS, read)
    with pytest.raises(Forged):
        board().opened(SMS, read)


@pytest.mark.parametrize(
    ("health", "until", "works"),
    [
        (Health.WELL, None, True),
        (Health.STOPPED, at(9), False),
        (Health.RESTING, at(9, 59), False),
        (Health.RESTING, at(9, 58, 59), True),
        (Health.RESTING, None, False),
    ],
)
def test_a_rest_counts_until_its_probe_can_have_ended(health, until, works):
    assert may_send(Report("first", SMS, health, at(8), until), at(10)) is works
    assert may_send(None, at(10))
