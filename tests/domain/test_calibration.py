"""What finished rounds teach, and what they may not."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.calibration import BUCKETS, Pair, bucket, default_table, learn, pairs_of
from portal.domain.first_leg import Phase
from portal.domain.round import Round
from portal.domain.travel import SMALL_TOWN
from tests.domain.rounds import at, driven, even, street

DEFAULT = default_table("small_town", 90)


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
    hundred = deliveries([n / 100 for n in range(50, 149)], estimated=300.0)
    spread = learn([hundred], DEFAULT).spread(Phase.STOP_DONE, 300)
    assert (spread.low, spread.high) == (pytest.approx(0.54, abs=0.01), pytest.approx(1.44, abs=0.01))


def test_what_rounding_gives_need_not_be_held_twice():
    late = learn([deliveries([1.5] * 50, minutes=2.0)], DEFAULT).spread(Phase.STOP_DONE, 30)
    assert late.high == pytest.approx(1.5)


def test_few_deliveries_change_nothing():
    assert learn([deliveries([1.0] * 39)], DEFAULT).spreads == DEFAULT.spreads


def test_a_thin_bucket_borrows_from_the_next_wider_one():
    thin, wide = deliveries([2.0] * 30), deliveries([2.0] * 30, estimated=60.0)
    table = learn([thin, wide], DEFAULT)
    assert table.spread(Phase.STOP_DONE, 30).high == pytest.approx(2, abs=0.1)
    assert table.spread(Phase.STOP_DONE, 60) == DEFAULT.spread(Phase.STOP_DONE, 60)


def test_a_delivery_that_was_estimated_often_weighs_no_more_than_another():
    pairs = deliveries([1.2] * 99)
    often = [replace(pairs[0], actual=300.0)] * 1000
    assert learn([often + pairs[1:]], DEFAULT).spread(Phase.STOP_DONE, 30).high == pytest.approx(1.2, abs=0.1)


def test_looks_that_overlap_in_time_count_once_and_widen_the_window():
    apart = deliveries([1 + n / 100 for n in range(100)])
    together = [replace(pair, at=at(9)) for pair in apart]
    width = [learn([pairs], DEFAULT).spread(Phase.STOP_DONE, 30).high for pairs in (apart, together)]
    assert width[0] < width[1]


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
