"""What finished rounds teach, and what they may not."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.calibration import Pair, learn, pairs_of
from portal.domain.first_leg import Phase
from portal.domain.round import Round
from portal.domain.spreads import BUCKETS, Shape, Spread, Table, bucket, default_table, table_of
from portal.domain.travel import SMALL_TOWN
from tests.domain.rounds import at, driven, even, street

DEFAULT = default_table("small_town", 90)
EVEN_TABLE = Table(90, {(phase, place): Spread(0.5, 1.5) for phase in Phase for place in range(BUCKETS)})


def taught(pairs: Sequence[Pair], base: Table = EVEN_TABLE) -> Table:
    """What is learned again and again until nothing is left of the base."""
    for _ in range(8):
        base = learn([pairs], base)
    return base


def deliveries(ratios: list[float], estimated: float = 30.0, minutes: float = 0.0) -> list[Pair]:
    """One a day, so that each is a look of its own; `minutes` of rounding are taken back."""
    days = (at(9) + timedelta(days=n) for n in range(len(ratios)))
    return [
        Pair(n, Phase.STOP_DONE, day, estimated, ratio * estimated + minutes)
        for n, (day, ratio) in enumerate(zip(days, ratios, strict=True))
    ]


def test_minutes_fall_into_six_buckets():
    assert [bucket(minutes) for minutes in (0, 9.9, 10, 39, 79, 159, 160, 999)] == [0, 0, 1, 2, 3, 4, 5, 5]
    assert BUCKETS == 6


@pytest.mark.parametrize("town", ["small_town", "dense_van"])
@pytest.mark.parametrize("level", [80, 90])
def test_every_shipped_spread_lies_round_the_estimate(town, level):
    table = default_table(town, level)
    for spread in table.spreads.values():
        assert 0 < spread.low < 1 < spread.high


def test_the_ends_are_quantiles_with_the_rank_of_conformal_prediction():
    thousand = deliveries([0.5 + n / 1000 for n in range(1000)], estimated=300.0)
    spread = taught(thousand).spread(Phase.STOP_DONE, 300)
    assert (spread.low, spread.high) == (pytest.approx(0.54, abs=0.01), pytest.approx(1.45, abs=0.01))


def test_what_rounding_gives_need_not_be_held_twice():
    late = taught(deliveries([1.5] * 50, minutes=2.5)).spread(Phase.STOP_DONE, 30)
    assert late.high == pytest.approx(1.5, abs=0.01)


def test_what_the_shape_says_is_not_learned_again():
    busy = replace(EVEN_TABLE, shape=Shape(high_work=0.5))
    pairs = [replace(pair, work=480.0) for pair in deliveries([1.5] * 200, estimated=300.0)]
    table = taught(pairs, busy)
    assert table.spread(Phase.STOP_DONE, 300, 480.0).high == pytest.approx(1.5, abs=0.02)
    assert table.spread(Phase.STOP_DONE, 300, 120.0).high > 1.8


@given(st.lists(st.floats(0.2, 6), min_size=40, max_size=80), st.floats(3, 300), st.floats(0, 900))
def test_whatever_was_learned_a_window_lies_round_its_estimate(ratios, minutes, work):
    table = learn([deliveries(ratios, estimated=minutes)], DEFAULT)
    for phase in Phase:
        spread = table.spread(phase, minutes, work)
        assert 0 < spread.low < 1 < spread.high
    assert table_of(json.loads(json.dumps(table.plain()))) == table


def test_a_table_of_other_rules_is_no_table():
    plain = DEFAULT.plain()
    assert table_of({}) is None
    assert table_of({**plain, "shape": {"odd": 1}}) is None
    assert table_of({**plain, "cells": {"start 0": [1]}}) is None


def test_few_deliveries_change_nothing():
    assert learn([deliveries([1.0] * 39)], DEFAULT).spreads == DEFAULT.spreads


def test_a_thin_bucket_leans_on_its_phase_and_a_thin_phase_on_the_default():
    few, many = deliveries([3.0] * 30, estimated=300.0), deliveries([2.0] * 300, estimated=60.0)
    assert learn([few], EVEN_TABLE).spreads == EVEN_TABLE.spreads
    table = taught([*few, *many])
    assert table.spread(Phase.STOP_DONE, 300).high == pytest.approx(table.spread(Phase.STOP_DONE, 15).high)
    assert table.spread(Phase.UNDERWAY, 60) == EVEN_TABLE.spread(Phase.UNDERWAY, 60)
    young = learn([deliveries([2.0] * 45, estimated=60.0)], EVEN_TABLE).spread(Phase.STOP_DONE, 60).high
    assert EVEN_TABLE.spread(Phase.STOP_DONE, 60).high < young < 2


def test_a_delivery_that_was_estimated_often_weighs_no_more_than_another():
    pairs = deliveries([1.2] * 99)
    often = [replace(pairs[0], actual=300.0)] * 1000
    assert taught([*often, *pairs[1:]]).spread(Phase.STOP_DONE, 30).high == pytest.approx(1.2, abs=0.1)


def test_looks_that_overlap_in_time_count_once_and_teach_less():
    apart = deliveries([1 + n / 100 for n in range(100)])
    together = [replace(pair, at=at(9)) for pair in apart]
    high = [learn([pairs], EVEN_TABLE).spread(Phase.STOP_DONE, 30).high for pairs in (apart, together)]
    assert 1.5 < high[1] < high[0]


def test_an_even_round_is_estimated_right_once_its_pace_is_known():
    pairs = list(pairs_of(even(20, 11.3), SMALL_TOWN))
    assert len([pair for pair in pairs if pair.phase in (Phase.START, Phase.STOP_DONE)]) == sum(range(1, 20))
    assert all(abs(pair.estimated - pair.actual) < 2 for pair in pairs if pair.phase is Phase.STOP_DONE)


def test_what_happens_later_changes_nothing_that_was_said_before():
    def said(finished: Round) -> Iterator[tuple[int, float]]:
        return ((pair.shipment_id, pair.estimated) for pair in pairs_of(finished, SMALL_TOWN))

    calm = driven(street(6), at(9), at(9, 11), at(9, 22), at(9, 33), at(9, 44), at(9, 55))
    late = driven(street(6), at(9), at(9, 11), at(9, 22), at(9, 33), at(12, 44), at(13, 55))
    before = sum(pair.at < at(9, 44) for pair in pairs_of(calm, SMALL_TOWN))
    assert list(said(calm))[:before] == list(said(late))[:before]
