"""The last look before a message leaves."""

from dataclasses import replace

import pytest

from notifications.last_look import Choice, Seen, last_look
from notifications.message import Channel, Rule
from notifications.notice import Notice, Topic
from tests.notifications.cast import at, message

SMS, EMAIL = Channel.SMS, Channel.EMAIL
TEXT = message(cost_micros=80_000)


def test_a_message_that_is_true_wanted_and_paid_for_leaves():
    assert last_look(TEXT, Seen(cap=12, sent_today=11, money_left=80_000), at(9)) is None


def test_what_is_no_longer_true_stays_whatever_else():
    assert last_look(TEXT, Seen(stopped=True), at(12)) is Rule.TOO_LATE


def test_stop_holds_everything_but_its_own_answer():
    assert last_look(TEXT, Seen(stopped=True), at(9)) is Rule.OPTED_OUT
    assert last_look(replace(TEXT, notice="reply_stop"), Seen(stopped=True), at(9)) is None
    assert last_look(replace(TEXT, notice="reply_where"), Seen(stopped=True), at(9)) is Rule.OPTED_OUT


def test_a_dead_number_is_not_called():
    assert last_look(TEXT, Seen(unreachable=True), at(9)) is Rule.UNREACHABLE


def test_old_news_does_not_leave():
    assert last_look(TEXT, Seen(outdated=True), at(9)) is Rule.REPLACED


def test_a_choice_made_meanwhile_counts():
    by_email = Seen(choice=Choice(frozenset({EMAIL})))
    assert last_look(TEXT, by_email, at(9)) is Rule.OTHER_CHANNEL_CHOSEN
    assert last_look(replace(TEXT, instead_of="another"), by_email, at(9)) is None
    no_day = Seen(choice=Choice(None, frozenset({Topic.ON_THE_DAY})))
    assert last_look(TEXT, no_day, at(9)) is Rule.NOT_WANTED
    assert last_look(replace(TEXT, instead_of="another"), no_day, at(9)) is Rule.NOT_WANTED
    assert last_look(replace(TEXT, notice=Notice.ATTEMPT_FAILED), no_day, at(9)) is None


def test_news_that_guards_against_strangers_goes_whatever_was_chosen():
    asked = replace(TEXT, notice=Notice.CHANGE_ASKED)
    assert last_look(asked, Seen(choice=Choice(frozenset({EMAIL})), cap=1, sent_today=5), at(9)) is None


@pytest.mark.parametrize(
    ("notice", "rule"),
    [(Notice.DELAYED, Rule.DAILY_CAP), (Notice.ONE_TIME_CODE, None), (Notice.CHANGE_ASKED, None)],
)
def test_the_daily_cap_spares_codes_and_warnings(notice, rule):
    assert last_look(replace(TEXT, notice=notice), Seen(cap=3, sent_today=3), at(9)) is rule


def test_a_text_that_is_tried_once_more_is_counted_already():
    again = replace(TEXT, attempts=1, resends=1, sent_at=at(8))
    assert last_look(again, Seen(cap=3, sent_today=3), at(9)) is None


def test_the_money_ceiling_holds_what_it_cannot_pay_and_what_was_paid_goes_on():
    poor = Seen(money_left=79_999)
    assert last_look(TEXT, poor, at(9)) is Rule.MONEY_CEILING
    assert last_look(replace(TEXT, attempts=1), poor, at(9)) is None
    assert last_look(replace(TEXT, cost_micros=0), Seen(money_left=-5), at(9)) is Rule.MONEY_CEILING
    assert last_look(message(EMAIL, cost_micros=900), Seen(money_left=0), at(9)) is None


def test_calls_to_dispatch_know_none_of_these_rules():
    call = message(Channel.WEBHOOK, notice="delivery_change.requested")
    assert last_look(call, Seen(stopped=True, unreachable=True, money_left=0), at(9)) is None
