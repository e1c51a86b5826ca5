"""Which texts a network failed to deliver are sent once more."""

from datetime import timedelta

import pytest

from notifications.message import Channel, Standing
from notifications.once_more import once_more_at
from notifications.receipts import Receipt
from notifications.trouble import ONCE_MORE_AFTER, Trouble
from tests.notifications.cast import at, message

OFF = Trouble.OUT_OF_REACH


def failed(trouble=OFF):
    return Receipt("twilio", "SM1:undelivered", at(9), standing=Standing.FAILED, trouble=trouble)


@pytest.mark.parametrize(
    ("trouble", "soonest", "latest"),
    [
        (Trouble.OUT_OF_REACH, 15, 30),
        (Trouble.HICCUP, 1, 3),
        (Trouble.BUSY, 2, 10),
        (Trouble.CONFIGURATION, 0, 0),
    ],
)
def test_each_kind_has_its_pause(trouble, soonest, latest):
    pauses = [
        once_more_at(message(), failed(trouble), at(9), lambda chance=chance: chance) - at(9)
        for chance in (0, 1)
    ]
    assert pauses == [timedelta(minutes=soonest), timedelta(minutes=latest)]


@pytest.mark.parametrize("trouble", [*(one for one in Trouble if one not in ONCE_MORE_AFTER), None])
def test_all_others_have_failed_for_good(trouble):
    assert once_more_at(message(), failed(trouble), at(9)) is None


def test_once_and_only_texts_and_only_while_it_is_true():
    assert once_more_at(message(resends=1), failed(), at(9)) is None
    assert once_more_at(message(Channel.EMAIL), failed(), at(9)) is None
    assert once_more_at(message(expires_at=at(9, 15)), failed(), at(9), lambda: 0) is None
    assert once_more_at(message(expires_at=at(9, 16)), failed(), at(9), lambda: 0) == at(9, 15)
    assert once_more_at(message(expires_at=None), failed(), at(9), lambda: 0) == at(9, 15)


BERLIN = {"timezone": "Europe/Berlin"}


@pytest.mark.parametrize(
    ("more", "when"),
    [
        ({"notice": "delivered", "facts": BERLIN, "expires_at": at(34)}, at(31)),
        ({"notice": "delivered", "facts": BERLIN, "expires_at": at(30)}, None),
        ({"notice": "nearby", "facts": BERLIN, "expires_at": at(21)}, at(20, 10)),
        ({"notice": "delivered", "facts": {}, "expires_at": at(34)}, at(20, 10)),
        ({"notice": "reply_help", "facts": None, "expires_at": at(34)}, at(20, 10)),
    ],
)
def test_by_night_it_waits_for_the_morning_at_the_door(more, when):
    # 20:55 in Berlin
    assert once_more_at(message(**more), failed(), at(19, 55), lambda: 0) == when
