"""When one channel fails, the other says it: once, while it is true, and agents see why."""

from dataclasses import replace

import pytest

from notifications.message import Channel, Rule, Standing
from notifications.outbox import Done
from notifications.prices import read_prices
from notifications.provider import Accepted, Temporary
from notifications.receipts import Receipt
from notifications.trouble import Trouble
from portal import jobs
from portal.flows import receipts
from portal.store import contacts, outbox, shippers
from portal.store.spending import spent
from tests.dispatch import new_dispatch, shipment

BEN = {"name": "Ben Okoro", "phone": "+4915112345678", "email": "ben@example.com", "language": "en"}


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    found = new_dispatch(app)
    found.ships(shipment("B-1", recipient=BEN))
    return found


def heard(kit):
    with kit.reading() as session:
        return list(reversed(outbox.latest(session)))


def next_stop(kit, dispatch, clock):
    dispatch.happens("B-1", "out_for_delivery", clock())
    jobs.deliver(kit, Channel.SMS)
    clock.forward(minutes=5)
    dispatch.happens("B-1", "next_stop", clock())


def of(kit, notice):
    return [one for one in heard(kit) if one.notice == notice]


def test_news_nobody_confirmed_in_time_goes_by_email(kit, dispatch, clock):
    next_stop(kit, dispatch, clock)
    [text] = of(kit, "next_stop")
    assert text.channel is Channel.SMS
    jobs.fall_back(kit)
    assert len(of(kit, "next_stop")) == 1
    clock.forward(minutes=4)
    jobs.fall_back(kit)
    jobs.fall_back(kit)
    text, mail = of(kit, "next_stop")
    assert (mail.channel, mail.instead_of) == (Channel.EMAIL, text.id)
    assert "confirmed" in mail.because


def test_what_arrived_needs_no_other_way(kit, dispatch, clock):
    next_stop(kit, dispatch, clock)
    jobs.deliver(kit, Channel.SMS)
    clock.forward(minutes=10)
    jobs.fall_back(kit)
    assert [one.standing for one in of(kit, "next_stop")] == [Standing.DELIVERED]


def test_who_said_stop_meanwhile_hears_it_by_email(kit, dispatch, clock):
    next_stop(kit, dispatch, clock)
    with kit.transaction() as session:
        contacts.stop(session, Channel.SMS, BEN["phone"], "test", clock())
    jobs.deliver(kit, Channel.SMS)
    jobs.fall_back(kit)
    text, mail = of(kit, "next_stop")
    assert text.stopped_by == Rule.OPTED_OUT
    assert mail.channel is Channel.EMAIL
    assert "held back" in mail.because


def test_it_ends_after_one_other_way(kit, dispatch, clock):
    next_stop(kit, dispatch, clock)
    clock.forward(minutes=4)
    jobs.fall_back(kit)
    with kit.transaction() as session:
        contacts.stop(session, Channel.EMAIL, BEN["email"], "test", clock())
    jobs.deliver(kit, Channel.EMAIL)
    clock.forward(minutes=4)
    jobs.fall_back(kit)
    assert len(of(kit, "next_stop")) == 2


def test_news_that_is_no_longer_true_is_kept_with_its_reason(kit, dispatch, clock):
    next_stop(kit, dispatch, clock)
    clock.forward(minutes=20)
    jobs.fall_back(kit)
    _, mail = of(kit, "next_stop")
    assert mail.stopped_by == Rule.TOO_LATE


def test_news_on_both_channels_has_nobody_to_stand_in(kit, dispatch, clock):
    dispatch.happens("B-1", "out_for_delivery", clock())
    assert all(one.facts is None and one.fallback_at is None for one in of(kit, "out_for_delivery"))


def test_the_ceiling_holds_texts_back_and_email_says_it(kit, dispatch, clock, app):
    with kit.transaction() as session:
        shippers.set_rules(session, 1, {"month_ceiling": "0.10"})
    kit.shippers.forget()
    kit.voice = replace(kit.voice, prices=read_prices("+49=0.08"))
    next_stop(kit, dispatch, clock)
    jobs.deliver(kit, Channel.SMS)
    jobs.fall_back(kit)
    first, mail_first, text, mail = [*of(kit, "out_for_delivery"), *of(kit, "next_stop")]
    assert (first.standing, mail_first.stopped_by) == (Standing.DELIVERED, Rule.REPLACED)
    assert text.stopped_by == Rule.MONEY_CEILING
    assert mail.channel is Channel.EMAIL
    with kit.reading() as session:
        [month] = spent(session, [1])
    assert (month.month, month.cost_micros, month.held_back) == ("2026-06", 80_000, 1)


def test_the_day_has_its_cap(kit, dispatch, clock):
    kit.outbox.limits = replace(kit.outbox.limits, a_day=1)
    next_stop(kit, dispatch, clock)
    jobs.deliver(kit, Channel.SMS)
    texts = [one for one in heard(kit) if one.channel is Channel.SMS]
    assert [one.stopped_by for one in texts] == ["", Rule.DAILY_CAP]
    clock.forward(hours=25)
    dispatch.happens("B-1", "attempt_failed", clock(), reason="consignee_not_home")
    jobs.deliver(kit, Channel.SMS)
    assert of(kit, "attempt_failed")[0].standing is Standing.DELIVERED


def taken(kit, clock):
    """The provider takes the texts that are due, and says nothing more."""
    claims = kit.outbox.claim(Channel.SMS, 10, "w", clock())
    kit.outbox.record([Done(one, "twilio", Accepted(f"SM-{one.message.id}"), clock()) for one in claims])
    return [one.message for one in claims]


def test_nobody_is_told_that_the_van_is_near_once_it_was_there(kit, dispatch, clock):
    next_stop(kit, dispatch, clock)
    assert [one.notice for one in taken(kit, clock)] == ["next_stop"]
    clock.forward(minutes=3)
    dispatch.happens("B-1", "delivered", clock())
    clock.forward(minutes=2)
    jobs.fall_back(kit)
    assert [one.channel for one in of(kit, "next_stop")] == [Channel.SMS]


def test_a_second_try_of_old_news_is_no_news(kit, dispatch, clock):
    dispatch.happens("B-1", "out_for_delivery", clock())
    [text] = taken(kit, clock)
    clock.forward(minutes=3)
    dispatch.happens("B-1", "delivered", clock())
    off = Receipt(
        "twilio",
        "off",
        clock(),
        message_id=text.id,
        provider_id=f"SM-{text.id}",
        standing=Standing.FAILED,
        trouble=Trouble.OUT_OF_REACH,
    )
    with kit.transaction() as session:
        receipts.settle(session, [off], clock())
    clock.forward(minutes=31)
    assert [one.notice for one in taken(kit, clock)] == ["delivered"]
    assert of(kit, "out_for_delivery")[0].stopped_by == Rule.REPLACED


def test_what_is_tried_again_while_it_is_the_latest_news_goes(kit, dispatch, clock):
    dispatch.happens("B-1", "at_depot", clock())
    dispatch.happens("B-1", "out_for_delivery", clock())
    [claim] = kit.outbox.claim(Channel.SMS, 10, "w", clock())
    kit.outbox.record([Done(claim, "twilio", Temporary("20429"), clock(), clock())])
    assert [one.notice for one in taken(kit, clock)] == ["out_for_delivery"]
