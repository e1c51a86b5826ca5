"""A busy process says so with every answer, also where nothing changed."""

import time

import pytest

from portal.web.busy import Busy
from portal.web.poll import PollFirst
from tests.dispatch import new_dispatch
from tests.recipient import recipient_of

pytestmark = pytest.mark.engines("sqlite")


def share_after(seconds, each, threads=4, a_second=10):
    busy = Busy(threads, clock=0.0)
    for tick in range(seconds * a_second):
        busy.spent(each, (tick + 1) / a_second)
    return busy.share


def test_the_share_is_that_of_all_threads_lately():
    assert share_after(60, 0.2) == pytest.approx(0.5, abs=0.02)
    assert share_after(60, 4.0) == pytest.approx(1.0, abs=0.01)
    assert share_after(1, 0.4) < 0.2


def test_it_calms_down_when_there_is_nothing_to_do():
    busy = Busy(4, clock=0.0)
    for tick in range(600):
        busy.spent(0.4, (tick + 1) / 10)
    assert busy.share > 0.9
    busy.spent(0.001, 120.0)
    assert busy.share < 0.01


def test_a_busy_process_slows_every_page_and_makes_none_new(app):
    ann = recipient_of(app, new_dispatch(app))
    first = ann.polls()
    assert (first.headers["Doorstep-Interval"], first.json["interval_s"]) == ("60", 60)
    door = app.wsgi_app
    assert isinstance(door, PollFirst)
    began = time.monotonic() - 60
    door.busy = Busy(1, clock=began)
    for second in range(60):
        door.busy.spent(1.0, began + second + 1.0)
    again = ann.polls(etag=first.headers["ETag"])
    assert again.status_code == 304
    assert float(again.headers["Doorstep-Interval"]) > 400
    assert ann.polls("?lang=de").json["interval_s"] > 400
