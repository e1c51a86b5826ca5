"""Silence about an email proves something only where others that were sent with it are reported on."""

from datetime import timedelta

import pytest

from notifications.message import Channel, Standing
from notifications.outbox import Done, Line
from notifications.provider import Accepted, Unknown
from notifications.receipts import Receipt
from portal.flows import receipts
from tests.notifications.cast import at, message

EMAIL = Channel.EMAIL


@pytest.fixture
def sent_together(put, shelf):
    """One email of unknown fate, and four that were taken with it."""
    messages = put(*(message(EMAIL, to=f"anna{number}@example.org") for number in range(5)))
    doubtful, *taken = shelf.claim(EMAIL, 10, "w", at(9), Line("sendgrid"))
    shelf.record([Done(doubtful, "sendgrid", Unknown("500"), at(9), at(9, 4))])
    shelf.record([Done(one, "sendgrid", Accepted(f"mail-{one.message.id}"), at(9)) for one in taken])
    return messages


def processed(about, when):
    return Receipt("sendgrid", f"e-{about.id}", when, about.id, "", Standing.SENT, "processed")


@pytest.fixture
def hear(house):
    def hear(*about, when):
        with house.transaction() as session:
            receipts.settle(session, [processed(one, when) for one in about], when)

    return hear


def test_while_reports_are_late_an_email_is_not_sent_again(shelf, sent_together):
    assert shelf.doubtful(EMAIL, 10, at(9, 4)) == []


def test_once_the_others_are_reported_on_silence_is_an_answer(shelf, sent_together, hear):
    hear(*sent_together[1:], when=at(9, 5))
    assert [claim.message.id for claim in shelf.doubtful(EMAIL, 10, at(9, 6))] == [sent_together[0].id]


def test_few_that_are_never_reported_on_hold_nobody_up(shelf, sent_together, hear):
    hear(*sent_together[1:3], when=at(9, 5))
    assert len(shelf.doubtful(EMAIL, 10, at(9, 6))) == 1


def test_where_nothing_is_ever_reported_the_wait_ends(shelf, sent_together):
    assert shelf.doubtful(EMAIL, 10, at(9, 15)) == []
    assert len(shelf.doubtful(EMAIL, 10, at(9, 16) + timedelta(seconds=1))) == 1


def test_other_minutes_are_not_its_own(put, shelf, sent_together, hear):
    hear(*sent_together[1:], when=at(9, 1))
    put(*(message(EMAIL, not_before=at(9, 3)) for _ in range(5)))
    later = shelf.claim(EMAIL, 10, "w", at(9, 3), Line("sendgrid"))
    shelf.record([Done(one, "sendgrid", Accepted("mail"), at(9, 3)) for one in later])
    assert len(shelf.doubtful(EMAIL, 10, at(9, 4))) == 1
