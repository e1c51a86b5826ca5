"""The recipient's page, from the first announcement to the door."""

import pytest

from tests.dispatch import new_dispatch
from tests.recipient import recipient_of

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


def test_the_page_says_first_when_it_comes(ann):
    print(ann.looks())
    assert "Today between 2 and 4 pm" in ann.reads()
