"""What a message costs, as an operator writes it."""

import pytest

from notifications.message import Channel
from notifications.prices import read_prices

PRICES = read_prices("+49=0.081 +1=0.0083 +1242=0.05 *=0.10", "0.0009")


@pytest.mark.parametrize(
    ("to", "micros"),
    [
        ("+4915112345678", 81_000),
        ("+12025550123", 8_300),
        ("+12425550123", 50_000),
        ("+33612345678", 100_000),
    ],
)
def test_the_longest_prefix_counts(to, micros):
    assert PRICES.of(Channel.SMS, to, 1) == micros
    assert PRICES.of(Channel.SMS, to, 3) == 3 * micros


def test_emails_have_one_price_and_calls_to_dispatch_none():
    assert PRICES.of(Channel.EMAIL, "anna@example.org", 0) == 900
    assert PRICES.of(Channel.WEBHOOK, "https://dispatch.example/hook", 0) == 0


def test_without_prices_nothing_costs():
    assert read_prices("").of(Channel.SMS, "+4915112345678", 2) == 0


@pytest.mark.parametrize(
    "wrong", ["49=0.08", "+49", "+49=", "+49=x", "+49=-1", "+49=nan", "+49=1e9", "+4٩=0.08", "DE=0.1"]
)
def test_a_price_that_cannot_be_read_is_named(wrong):
    with pytest.raises(ValueError, match=r"written like|no amount|between"):
        read_prices(f"+1=0.01 {wrong}")
