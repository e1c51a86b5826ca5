"""Figures: percentiles from histograms, shares that are not said of too few."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.figures import EDGES, Fared, bucket_of


def fared(*seconds):
    return Fared(hand_off=Counter(bucket_of(value) for value in seconds))


@given(st.lists(st.floats(0, 1500), min_size=20, max_size=200), st.floats(0.01, 0.99))
def test_a_percentile_lies_in_the_bucket_of_the_true_one(times, share):
    found = fared(*times).percentile(share)
    ordered = sorted(times)
    true = ordered[min(len(ordered) - 1, max(0, -(-int(share * len(ordered) * 1e9) // 10**9) - 1))]
    bucket = bucket_of(true)
    below = EDGES[bucket - 1] if bucket else 0.0
    assert below <= found <= EDGES[min(bucket + 1, len(EDGES) - 1)]


def test_shares_within_an_edge():
    times = [0.05] * 19 + [2.5]
    assert fared(*times).within(1.0) == pytest.approx(0.95)
    assert fared(*times).within(3.0) == 1.0


def test_too_few_say_nothing():
    few = fared(*[0.1] * 19)
    assert few.within(1.0) is None
    assert few.percentile(0.5) is None
    assert Fared(became=Counter(delivered=19)).delivery_rate is None


def test_what_took_longer_than_any_edge_is_not_made_shorter():
    assert fared(*[9999] * 30).percentile(0.5) == EDGES[-1]
    assert fared(*[9999] * 30).within(10.0) == 0.0


def test_the_delivery_rate_counts_only_what_has_ended():
    found = Fared(became=Counter(delivered=30, failed=10, sent=100, stopped=50))
    assert found.delivery_rate == 0.75
