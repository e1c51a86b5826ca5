"""Scaled out: a real worker on a real Valkey is woken by a commit; losing the broker loses nothing."""

import os
import subprocess
import sys
import time

import pytest

from portal import jobs, tasks
from portal.clock import wall_clock
from portal.store import outbox
from tests.dispatch import new_dispatch, shipment

pytestmark = pytest.mark.engines("postgresql")


@pytest.fixture
def settings(settings, valkey_url):
    return settings.model_copy(update={"redis_url": valkey_url})


@pytest.fixture
def worker(settings):
    told = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "SECRET_KEY": settings.secret_key.get_secret_value(),
        "CLOCK_STARTS_AT": "2026-06-15T08:00:00Z",
        "CLOCK_REAL_START": wall_clock().isoformat(),
    }
    command = [sys.executable, "-c", "from portal.app import main; main()", "worker", "--concurrency", "1"]
    process = subprocess.Popen(
        command, env=os.environ | told, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    yield process
    process.terminate()
    process.wait(20)


def standing(kit):
    with kit.reading() as session:
        return {message.standing.value for message in outbox.latest(session)}


def eventually(holds, seconds=10.0):
    give_up_at = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > give_up_at:
            return False
        time.sleep(0.01)
    return True


def test_many_hints_of_a_kind_become_few():
    sent = []
    hints = tasks.Hints(lambda task, args: sent.append((task, args)))
    for _ in range(100):
        hints("deliver", "sms")
        hints("deliver", "email")
    assert eventually(lambda: set(sent) == {("deliver", ("sms",)), ("deliver", ("email",))})
    assert len(sent) < 20
    hints("feed")
    assert eventually(lambda: ("feed", ()) in sent), "a hint after a quiet while is sent too"


def test_a_commit_wakes_a_worker_that_sends(app, worker):
    dispatch, kit = new_dispatch(app), app.extensions["doorstep"]
    tasks.nudge_from(app, tasks.celery_of(app))
    dispatch.ships(shipment("A-1"))
    dispatch.happens("A-1", "out_for_delivery", kit.now())
    for _ in range(300):
        if standing(kit) == {"delivered"}:
            return
        time.sleep(0.1)
    pytest.fail(f"the worker did not send: {standing(kit)}")


class TestWithoutABroker:
    """The broker is away."""

    @pytest.fixture
    def valkey_url(self):
        return "redis://127.0.0.1:1/0"

    def test_a_lost_nudge_is_swept_up_by_the_clock(self, app):
        dispatch, kit = new_dispatch(app), app.extensions["doorstep"]
        tasks.nudge_from(app, tasks.celery_of(app))
        dispatch.ships(shipment("A-1"))
        dispatch.happens("A-1", "out_for_delivery", kit.now())
        assert eventually(lambda: kit.nudges.lost > 0)
        assert standing(kit) == {"queued"}
        with app.app_context():
            jobs.outbox(kit)
        assert standing(kit) == {"delivered"}
