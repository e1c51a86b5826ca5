"""Change pages shown again: the same for everybody with the link, never another one's, and never what moved since."""

import re

import pytest

from tests.dispatch import locker, new_dispatch
from tests.recipient import recipient_of

ONE = {"size": "L", "width_mm": 400, "height_mm": 400, "depth_mm": 600, "count": 1}
FORM = "/change?kind=locker"


@pytest.fixture
def dispatch(app):
    dispatch = new_dispatch(app)
    dispatch.offers(lockers=[locker(compartments=[ONE])])
    return dispatch


def bare(html: str) -> str:
    """The page without what is of one answer only."""
    return re.sub(r'nonce="[^"]+"|name="csrf_token" value="[^"]+"', "", html)


def test_each_browser_gets_its_own_token_and_each_answer_its_own_nonce(app, dispatch):
    ann = recipient_of(app, dispatch)
    mine, yours = (app.test_client().get(f"{ann.path}{FORM}") for _ in range(2))
    tokens = [re.search(r'csrf_token" value="([^"]+)"', page.text) for page in (mine, yours)]
    nonces = [re.search(r'nonce="([^"]+)"', page.text) for page in (mine, yours)]
    assert bare(mine.text) == bare(yours.text)
    assert tokens[0][1] != tokens[1][1] and nonces[0][1] != nonces[1][1]
    assert nonces[1][1] in yours.headers["Content-Security-Policy"]


def test_a_page_made_for_another_browser_can_be_sent(app, dispatch):
    ann = recipient_of(app, dispatch)
    app.test_client().get(f"{ann.path}{FORM}")
    answer = ann.sends("/change", FORM, kind="locker", locker="station")
    assert answer.status_code == 303


def test_a_box_that_was_taken_is_full_for_the_others_and_free_for_its_holder(app, dispatch):
    ann, ben = recipient_of(app, dispatch), recipient_of(app, dispatch, "A-2")
    assert "Full right now" not in ben.reads(FORM)
    ann.sends("/change", FORM, kind="locker", locker="station")
    assert "All lockers near you are full right now." in ben.reads("/change")
    assert "Full right now" not in ann.reads(FORM)


def test_a_box_is_free_again_when_its_minutes_are_over(app, dispatch, clock):
    ann, ben = recipient_of(app, dispatch), recipient_of(app, dispatch, "A-2")
    ann.sends("/change", FORM, kind="locker", locker="station")
    assert "All lockers near you are full right now." in ben.reads("/change")
    clock.forward(minutes=6)
    assert "All lockers near you are full right now." not in ben.reads("/change")


def test_what_one_browser_is_about_to_wish_is_nobody_elses(app, dispatch):
    ann = recipient_of(app, dispatch)
    form = "/change?kind=instructions"
    ann.sends("/change", form, kind="instructions", words="Blue door at the back")
    assert "Blue door at the back" in ann.looks(form)
    assert "Blue door at the back" not in app.test_client().get(f"{ann.path}{form}").text


def test_a_wish_is_on_the_page_at_once(app, dispatch):
    ann = recipient_of(app, dispatch)
    assert "Take it back" not in app.test_client().get(f"{ann.path}/change").text
    dispatch.happens("A-1", "delivered", app.extensions["doorstep"].now())
    assert "already finished" in app.test_client().get(f"{ann.path}/change").text


def test_a_revoked_link_opens_nothing_any_more(app, dispatch):
    ann = recipient_of(app, dispatch)
    other = f"{ann.path[:-1]}{'a' if ann.path[-1] != 'a' else 'b'}"
    assert app.test_client().get(f"{ann.path}/change").status_code == 200
    assert app.test_client().get(f"{other}/change").status_code == 404
