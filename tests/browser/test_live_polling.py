"""How a recipient's page asks for news: at the server's pace, one question at a time, and not when nobody looks."""

import re

import pytest

from tests.dispatch import new_dispatch
from tests.recipient import recipient_of

LIVE = re.compile(r"/live(\?|$)")
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""


@pytest.fixture
def ann(app):
    return recipient_of(app, new_dispatch(app))


class Asked:
    """Stands between page and server: counts questions, and answers by itself where `answer` says."""

    def __init__(self, page):
        self.count, self.answer = 0, None
        page.route(LIVE, self._take)

    def _take(self, route):
        self.count += 1
        if self.answer is None:
            route.continue_()
        elif self.answer != "nothing":
            route.fulfill(**self.answer)


@pytest.fixture
def asked(page):
    page.clock.install()
    return Asked(page)


def passes(page, seconds):
    """Time goes by for the page; what it asks meanwhile is answered."""
    for _ in range(round(seconds)):
        page.clock.run_for(1_000)
        page.wait_for_timeout(10)


def test_it_asks_as_often_as_the_last_answer_says_also_when_nothing_changed(page, ann, asked):
    page.goto(ann.path)
    passes(page, 50)
    assert asked.count == 0
    while asked.count < 1:
        passes(page, 1)
    asked.answer = {"status": 304, "headers": {"Doorstep-Interval": "5"}}
    while asked.count < 2:
        passes(page, 1)
    passes(page, 20)
    assert 5 <= asked.count <= 7
    asked.answer = {"status": 304, "headers": {"Doorstep-Interval": "600"}}
    passes(page, 120)
    assert asked.count <= 8


def test_it_asks_one_question_at_a_time_and_gives_up_on_one_that_hangs(page, ann, asked, watch):
    asked.answer = "nothing"
    page.goto(ann.path)
    passes(page, 68)
    assert asked.count == 1
    for _ in range(5):
        page.evaluate("window.dispatchEvent(new Event('online'))")
    passes(page, 3)
    assert asked.count == 1
    passes(page, 15)
    asked.answer = None
    passes(page, 140)
    assert asked.count == 2
    watch.forgive("ERR_")


def test_nobody_looks_and_nothing_is_asked_somebody_looks_and_it_is_fresh_at_once(page, ann, asked):
    page.goto(ann.path)
    page.evaluate(HIDE, True)
    passes(page, 200)
    assert asked.count == 0
    page.evaluate(HIDE, False)
    passes(page, 1)
    assert asked.count == 1
    for _ in range(4):
        page.evaluate(HIDE, True)
        page.evaluate(HIDE, False)
    passes(page, 1)
    assert asked.count == 1


def test_a_server_that_asks_for_patience_gets_it(page, ann, asked):
    asked.answer = {"status": 503, "headers": {"Retry-After": "250"}, "body": ""}
    page.goto(ann.path)
    passes(page, 66)
    assert asked.count == 1
    page.evaluate("window.dispatchEvent(new Event('online'))")
    passes(page, 200)
    assert asked.count == 1
    asked.answer = None
    passes(page, 90)
    assert asked.count >= 2
    assert page.get_by_text("No connection right now.").is_hidden()
