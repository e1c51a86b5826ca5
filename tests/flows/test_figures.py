"""The figures of messages, counted from their tables on both engines."""

from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.message import Channel, Standing
from notifications.outbox import Done
from notifications.prices import read_prices
from notifications.provider import Accepted, Permanent, Unknown
from portal import jobs
from portal.flows import figures
from portal.store import outbox, shippers
from tests.notifications.cast import message, numbers
from tests.office import Office


@pytest.fixture
def kit(app):
    with app.app_context():
        kit = app.extensions["doorstep"]
        with kit.transaction() as session:
            shippers.add(session, "fern", "Fern & Kettle")
            shippers.add(session, "birch", "Birch Tea")
        yield kit


def put(kit, clock, count, **more):
    """Messages to as many people, due now."""
    now = clock()
    usual = {"created_at": now, "not_before": now, "expires_at": now + timedelta(hours=4)}
    made = [message(**(usual | {"to": f"+49151{next(numbers):08d}"} | more)) for _ in range(count)]
    with kit.transaction() as session:
        outbox.put(session, made)


def sends(kit, clock, seconds, outcome):
    """Everything that is due gets this outcome after so many seconds."""
    claims = kit.outbox.claim(Channel.SMS, 100, "w", clock())
    at = clock() + timedelta(seconds=seconds)
    kit.outbox.record([Done(claim, "twilio", outcome, at, at + timedelta(days=1)) for claim in claims])


def counted(kit, clock):
    with kit.transaction() as session:
        figures.count(session, clock())
    with kit.reading() as session:
        return figures.shown(session, clock())


def test_a_days_messages_are_counted_by_what_became_of_them(kit, clock):
    put(kit, clock, 30, segments=1, cost_micros=80_000)
    sends(kit, clock, 0.4, Accepted("SM1", Standing.DELIVERED))
    put(kit, clock, 10, segments=2, cost_micros=160_000)
    sends(kit, clock, 20, Accepted("SM2", Standing.DELIVERED))
    put(kit, clock, 10)
    sends(kit, clock, 0.1, Permanent("30006"))
    put(kit, clock, 5, standing=Standing.STOPPED, stopped_by="opted_out")
    whole = counted(kit, clock).whole
    assert whole.became == {"delivered": 40, "failed": 10, "stopped": 5}
    assert whole.within(1.0) == 0.75
    assert whole.delivery_rate == 0.8
    assert (whole.segments, whole.cost_micros) == (50, 30 * 80_000 + 10 * 160_000)
    assert 10 < whole.percentile(0.95) <= 30


def test_the_hand_off_is_measured_from_when_the_news_was_due_whatever_was_tried_between(kit, clock):
    put(kit, clock, 25)
    sends(kit, clock, 1, Unknown("500"))
    clock.forward(minutes=2)
    for claim in kit.outbox.doubtful(Channel.SMS, 100, clock() + timedelta(days=1)):
        kit.outbox.requeue(claim, clock())
    sends(kit, clock, 0, Accepted("SM1"))
    whole = counted(kit, clock).whole
    assert whole.became["doubtful"] == whole.became["resent"] == 25
    assert whole.percentile(0.5) > 60


def test_where_a_day_is_played_faster_the_hand_off_is_told_in_real_seconds(kit, clock):
    put(kit, clock, 25)
    sends(kit, clock, 30, Accepted("SM1"))
    with kit.transaction() as session:
        figures.count(session, clock(), 60)
    with kit.reading() as session:
        assert figures.shown(session, clock()).whole.percentile(0.99) == 0.4975


def test_counting_twice_changes_nothing_and_today_is_counted_at_most_once_a_minute(kit, clock):
    put(kit, clock, 30)
    with kit.transaction() as session:
        assert figures.count(session, clock()) == 4
    put(kit, clock, 3)
    assert counted(kit, clock).whole.became["queued"] == 30
    clock.forward(minutes=1)
    assert counted(kit, clock).whole.became["queued"] == 33
    clock.forward(minutes=1)
    assert counted(kit, clock).whole.became["queued"] == 33


def test_a_shipper_sees_its_own_figures(kit, clock):
    put(kit, clock, 3)
    put(kit, clock, 4, shipper_id=2)
    counted(kit, clock)
    with kit.reading() as session:
        assert figures.shown(session, clock(), 2).whole.became["queued"] == 4
        assert figures.shown(session, clock(), 3).whole.became.total() == 0


def test_calls_to_dispatch_are_not_messages_to_people(kit, clock):
    put(kit, clock, 3, channel=Channel.WEBHOOK, notice="delivery_change.requested")
    assert counted(kit, clock).whole.became.total() == 0


def test_the_page_and_the_metrics_show_them(kit, clock, app):
    client = app.test_client()
    answer = client.get("/quality")
    assert "too few messages" in answer.text
    # caches keep it: each language apart
    assert "Accept-Language" in answer.headers["Vary"]
    put(kit, clock, 40, segments=1, cost_micros=80_000)
    sends(kit, clock, 0.4, Accepted("SM1", Standing.DELIVERED))
    jobs.count_figures(kit)
    page = client.get("/quality").text
    assert "100.0" in page
    assert "Fern" not in page, "nobody's brand stands on the public page"
    told = client.get("/metrics").text
    labels = 'channel="sms",notice="out_for_delivery",shipper="fern"'
    assert (
        'doorstep_hand_off_today{channel="sms",le="0.5",notice="out_for_delivery",shipper="fern"} 40.0'
        in told
    )
    assert f"doorstep_cost_today{{{labels}}} 3.2" in told


def test_the_console_shows_a_shipper_its_own_figures_and_money(kit, clock, app):
    kit.voice = replace(kit.voice, prices=read_prices("*=0.08"))
    with kit.transaction() as session:
        shippers.set_rules(session, 1, {"month_ceiling": 5})
    kit.shippers.forget()
    put(kit, clock, 30, segments=1, cost_micros=80_000)
    sends(kit, clock, 0.4, Accepted("SM1", Standing.DELIVERED))
    jobs.count_figures(kit)
    house = Office(app, clock)
    with kit.reading() as session:
        fern, birch = shippers.by_slug(session, "fern"), shippers.by_slug(session, "birch")

    def looks(email, role, shop):
        client = house.enter(app.test_client(), house.agent(email, role, shop))
        return client.get("/console/figures")

    page = looks("lead@fern.example", "lead", fern).text
    assert "Fern &amp; Kettle" in page
    assert "Birch" not in page
    assert "2.40" in page
    assert "the ceiling is 5.00" in page
    assert "Fern" not in looks("lead@birch.example", "lead", birch).text
    assert "Birch Tea" in looks("boss@carrier.example", "admin", None).text
    assert looks("agent@fern.example", "agent", fern).status_code == 403


def test_a_day_of_the_past_is_counted_until_its_receipts_are_in(kit, clock):
    put(kit, clock, 30)
    counted(kit, clock)
    clock.forward(days=2)
    sends(kit, clock, 0, Accepted("SM1", Standing.DELIVERED))
    assert counted(kit, clock).whole.became.total() == 30
    clock.forward(days=4)
    with kit.transaction() as session:
        outbox.put(session, [replace(message(), id="x", dedupe_key="x")])
    assert counted(kit, clock).whole.became.total() == 30
