"""To whom, by which channel, when; and why not."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.message import Channel, Rule
from notifications.notice import RULES, Notice
from notifications.policy import compose, next_decent, plan
from tests.notifications.cast import ANNA, at, facts, occasion

SMS, EMAIL = Channel.SMS, Channel.EMAIL


def channels(planned):
    return {one.channel: one.stopped_by for one in planned}


def test_every_notice_has_a_rule():
    assert set(RULES) == set(Notice)


def test_big_news_goes_by_text_and_email():
    assert channels(plan(occasion(), ANNA, at(9))) == {SMS: None, EMAIL: None}


def test_small_news_goes_by_email_and_by_text_only_where_there_is_no_email():
    small = occasion(Notice.ANNOUNCED)
    assert channels(plan(small, ANNA, at(9))) == {EMAIL: None}
    assert channels(plan(small, replace(ANNA, email=None), at(9))) == {SMS: None}


def test_a_parcel_at_the_depot_is_not_worth_a_text():
    alone = plan(occasion(Notice.AT_DEPOT), replace(ANNA, email=None), at(9))
    assert channels(alone) == {SMS: Rule.NOT_BY_TEXT}


def test_nobody_to_tell_is_kept_with_its_reason():
    assert channels(plan(occasion(), replace(ANNA, phone=None, email=None), at(9))) == {SMS: Rule.NO_CONTACT}


def test_the_recipients_choice_is_kept_and_explained():
    by_email = replace(ANNA, channels=frozenset({EMAIL}))
    assert channels(plan(occasion(), by_email, at(9))) == {SMS: Rule.OTHER_CHANNEL_CHOSEN, EMAIL: None}


def test_a_choice_that_reaches_nobody_is_no_choice():
    only_phone = replace(ANNA, email=None, channels=frozenset({EMAIL}))
    assert channels(plan(occasion(), only_phone, at(9))) == {SMS: None}


def test_who_said_stop_to_texts_is_told_by_email():
    stopped = replace(ANNA, stopped=frozenset({SMS}))
    next_stop = plan(occasion(Notice.NEXT_STOP), stopped, at(9))
    assert channels(next_stop) == {SMS: Rule.OPTED_OUT, EMAIL: None}


def test_that_somebody_asked_for_a_change_is_told_on_every_known_way_at_any_hour():
    by_email = replace(ANNA, channels=frozenset({EMAIL}))
    planned = plan(occasion(Notice.CHANGE_ASKED), by_email, at(23))
    assert channels(planned) == {SMS: None, EMAIL: None}
    assert {one.not_before for one in planned} == {at(23)}


def test_news_of_the_night_waits_for_eight_at_the_door():
    planned = plan(occasion(Notice.ATTEMPT_FAILED), ANNA, at(20, 30))
    assert {one.not_before for one in planned} == {at(24 + 7)}


def test_what_is_not_true_any_more_in_the_morning_is_stopped():
    early = occasion(facts=facts(window_start=at(3), window_end=at(6)))
    assert channels(plan(early, ANNA, at(2))) == {SMS: Rule.QUIET_HOURS, EMAIL: Rule.QUIET_HOURS}


def test_urgent_news_does_not_wait():
    assert [one.not_before for one in plan(occasion(Notice.NEARBY), ANNA, at(22))] == [at(22)]


def test_an_event_that_came_too_late_is_not_told():
    old = occasion(Notice.NEARBY, happened_at=at(8))
    assert channels(plan(old, ANNA, at(9))) == {SMS: Rule.TOO_LATE}


def test_a_window_ends_the_truth_of_its_message():
    assert {one.expires_at for one in plan(occasion(), ANNA, at(12))} == {at(15)}
    assert {one.expires_at for one in plan(occasion(), ANNA, at(9))} == {at(13)}


@pytest.mark.parametrize(
    ("zone", "now", "expected"),
    [
        ("Europe/Berlin", at(6, 59), at(7)),
        ("Europe/Berlin", at(7), at(7)),
        ("Europe/Berlin", at(19, 59), at(19, 59)),
        ("Europe/Berlin", at(20), at(31)),
        ("America/Los_Angeles", at(9), at(16)),
        ("Asia/Kolkata", at(0), at(2, 30)),
    ],
)
def test_a_decent_hour_is_the_doors_own(zone, now, expected):
    assert next_decent(now, zone) == expected


def test_eight_oclock_is_eight_oclock_when_the_clocks_change():
    night_before = at(21) + timedelta(days=26)  # 28 March 2026, summer time begins on the 29th
    assert next_decent(night_before, "Europe/Berlin") == at(6) + timedelta(days=27)


def test_the_same_occasion_gives_the_same_keys():
    first, again = plan(occasion(), ANNA, at(9)), plan(occasion(), ANNA, at(10))
    assert [one.dedupe_key for one in first] == [one.dedupe_key for one in again]
    assert len({one.dedupe_key for one in first}) == 2
    long = plan(occasion(occurrence="e" * 500), ANNA, at(9))
    assert all(len(one.dedupe_key) <= 180 for one in long)


def test_messages_carry_their_words_their_reason_and_their_rule(renderer):
    stopped = replace(ANNA, stopped=frozenset({SMS}))
    sms, email = compose(occasion(), stopped, renderer, at(9))
    assert (sms.standing, sms.stopped_by, sms.settled_at) == ("stopped", Rule.OPTED_OUT, at(9))
    assert sms.text.startswith("Fern & Kettle: Ihre Sendung ist im Lieferwagen")
    assert (email.standing, email.language, email.because) == ("queued", "de", "Dispatch said so.")
    assert email.headers["from_name"] == "Fern & Kettle"


def test_a_shippers_own_senders_ride_along_but_north_america_takes_numbers_only(renderer):
    named = occasion(facts=facts(sms_sender="FERN", email_name="Fern Kettle"))
    sms, email = compose(named, ANNA, renderer, at(9))
    assert (sms.headers, email.headers["from_name"]) == ({"from_name": "FERN"}, "Fern Kettle")
    in_ohio = replace(ANNA, phone="+16145550100")
    assert compose(named, in_ohio, renderer, at(9))[0].headers == {}


@pytest.mark.parametrize("notice", [Notice.ONE_TIME_CODE, Notice.CHANGE_ASKED])
def test_what_guards_a_delivery_cannot_be_unsubscribed_from(renderer, notice):
    told = facts(unsubscribe="https://track.example-carrier.com/u/x", code="123456", change_kind="locker")
    only_email = replace(ANNA, phone=None)
    (guard,) = compose(occasion(notice, facts=told), only_email, renderer, at(9))
    (news,) = compose(occasion(facts=told), only_email, renderer, at(9))
    assert "unsubscribe" not in guard.headers
    assert news.headers["unsubscribe"] == told.unsubscribe


def test_who_unsubscribed_from_emails_is_told_by_text(renderer):
    unsubscribed = replace(ANNA, withdrawn=frozenset({EMAIL}))
    assert channels(plan(occasion(Notice.HELD), unsubscribed, at(9))) == {EMAIL: Rule.OPTED_OUT, SMS: None}
    only_email = replace(unsubscribed, phone=None)
    assert channels(plan(occasion(Notice.HELD), only_email, at(9))) == {EMAIL: Rule.OPTED_OUT}


def test_codes_and_the_news_that_somebody_asked_for_a_change_reach_who_unsubscribed():
    only_email = replace(ANNA, phone=None, withdrawn=frozenset({EMAIL}))
    for notice in (Notice.ONE_TIME_CODE, Notice.CHANGE_ASKED):
        assert channels(plan(occasion(notice), only_email, at(9))) == {EMAIL: None}


def test_no_to_texts_is_a_no_but_for_a_code_they_ask_for():
    no_texts = replace(ANNA, email=None, withdrawn=frozenset({SMS}))
    assert channels(plan(occasion(Notice.CHANGE_ASKED), no_texts, at(9))) == {SMS: Rule.OPTED_OUT}
    assert channels(plan(occasion(Notice.ONE_TIME_CODE), no_texts, at(9))) == {SMS: None}


def test_a_country_that_asks_for_consent_is_told_by_email_without_one():
    unconsented = replace(ANNA, unconsented=frozenset({SMS}))
    assert channels(plan(occasion(), unconsented, at(9))) == {SMS: Rule.NO_CONSENT, EMAIL: None}
    by_text = replace(unconsented, channels=frozenset({SMS}))
    assert channels(plan(occasion(), by_text, at(9))) == {SMS: Rule.NO_CONSENT, EMAIL: None}
    assert channels(plan(occasion(Notice.ONE_TIME_CODE), unconsented, at(9))) == {SMS: None}
