"""What a position is worth: the van's morning in a small town, seen by phones of every kind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.fixes import Crumb, Fix, Known, Verdict, is_odd, judge
from portal.domain.geo import Point

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
DOORS = [Point(48.0, 9.0), Point(48.01, 9.01)]
HERE = Fix(48.0, 9.0, NOW)
# about 74 m a step to the east
EAST = 0.001


def ago(seconds: float, fix: Fix = HERE, **more: float) -> Fix:
    return replace(fix, at=NOW - timedelta(seconds=seconds), **more)


def ahead(seconds: float, **more: float) -> Fix:
    return ago(-seconds, **more)


def crumb(received_ago: float, age: float, verdict: Verdict = Verdict.TAKEN, lng: float = 9.0) -> Crumb:
    """What came in so many seconds ago and was then so many seconds old."""
    received = NOW - timedelta(seconds=received_ago)
    return Crumb(Fix(48.0, lng, received - timedelta(seconds=age)), received, verdict)


def verdict(fix: Fix, last: Fix | None = None, *crumbs: Crumb, doors: list[Point] = DOORS) -> Verdict:
    return judge(fix, Known(last, crumbs), doors, NOW).verdict


def test_the_first_position_is_taken_as_it_is():
    assert judge(ago(3), Known(), DOORS, NOW).fix == ago(3)
    assert verdict(ago(3)) is Verdict.TAKEN


def test_what_is_older_than_the_newest_comes_too_late():
    assert verdict(ago(60, lng=9.001), ago(30)) is Verdict.LATE
    assert verdict(ago(30, lng=9.001), ago(30)) is Verdict.LATE
    assert judge(ago(60), Known(ago(30)), DOORS, NOW).outcome == "ignored"


def test_the_same_again_is_known_already():
    assert verdict(ago(30), ago(30)) is Verdict.REPEATED


def test_a_clock_two_minutes_ahead_is_no_reason_to_doubt():
    judged = judge(ahead(110), Known(ago(30)), DOORS, NOW)
    assert (judged.verdict, judged.fix.at) == (Verdict.TAKEN, NOW)


def test_a_position_from_tomorrow_is_rejected_and_says_what_time_it_is():
    judged = judge(ahead(86_400), Known(), DOORS, NOW)
    assert (judged.verdict, judged.outcome, judged.field) == (Verdict.FUTURE, "rejected", "recorded_at")
    assert "it is 2026-06-15T09:00:00+00:00 now" in judged.because


@pytest.mark.parametrize("off", [86_400, -86_400, 3_600, -3_600, 400], ids=str)
def test_a_clock_that_is_steadily_off_does_not_matter_after_a_minute(off: int):
    first = [crumb(seconds, off) for seconds in (70, 60, 50, 40, 30, 20, 10)]
    judged = judge(ago(off), Known(ago(15), tuple(first)), DOORS, NOW)
    assert (judged.verdict, judged.fix.at, judged.outcome) == (Verdict.CLOCK, NOW, "taken")
    assert "clock is off" in judged.because
    assert verdict(ago(off), None, *first[-3:]) is not Verdict.CLOCK


def test_a_phone_that_was_offline_has_no_wrong_clock():
    """An hour of positions comes in within a minute: each is less old than the one before."""
    flushed = [crumb(90 - number, 3_600 - 9 * number) for number in range(90)]
    oldest = flushed[0]
    assert oldest.age > flushed[-1].age
    assert verdict(ago(2_800), ago(2_810), *flushed) is Verdict.TAKEN


def test_a_tracker_that_sends_every_quarter_of_an_hour_has_no_wrong_clock():
    earlier = [crumb(900, age) for age in range(0, 900, 10)]
    assert verdict(ago(800), ago(890), *earlier) is Verdict.TAKEN


def test_a_jump_is_doubted_until_a_second_position_says_the_same():
    last, far = ago(20), ago(10, lng=9.5)
    assert verdict(far, last) is Verdict.JUMP
    doubted = Crumb(far, NOW - timedelta(seconds=10), Verdict.JUMP)
    assert verdict(ago(0, lng=9.5 + EAST), last, doubted) is Verdict.TAKEN
    assert verdict(ago(0, lng=9.2), last, doubted) is Verdict.JUMP


def test_two_phones_in_two_places_do_not_make_a_van_that_flickers():
    """One of them was left at home: what it says lies before the last position of the other."""
    at_home = Crumb(ago(15, lng=9.5), NOW - timedelta(seconds=15), Verdict.JUMP)
    assert verdict(ago(5, lng=9.5), ago(10), at_home) is Verdict.JUMP


def test_a_ferry_or_a_tunnel_is_no_jump():
    assert verdict(HERE, ago(1_800, lng=9.5)) is Verdict.TAKEN


def test_who_knows_their_place_badly_does_not_jump():
    assert verdict(replace(HERE, lng=9.005), ago(1)) is Verdict.JUMP
    assert verdict(replace(HERE, lng=9.005, accuracy_m=300.0), ago(1)) is Verdict.TAKEN


def test_a_rough_position_is_not_shown():
    assert verdict(replace(HERE, accuracy_m=500.0)) is Verdict.TAKEN
    assert verdict(replace(HERE, accuracy_m=501.0)) is Verdict.POOR


@pytest.mark.parametrize(("lat", "lng", "words"), [(48.0, -100.0, "500 km"), (9.0, 48.0, "swapped")])
def test_another_continent_is_rejected(lat: float, lng: float, words: str):
    judged = judge(Fix(lat, lng, NOW), Known(), DOORS, NOW)
    assert (judged.verdict, judged.outcome) == (Verdict.FAR, "rejected")
    assert words in judged.because


def test_a_van_without_a_route_may_be_anywhere():
    assert verdict(Fix(-33.0, 151.0, NOW), doors=[]) is Verdict.TAKEN


def test_zero_zero_is_no_place():
    assert verdict(Fix(0.0, 0.0, NOW), doors=[]) is Verdict.NOWHERE
    assert verdict(Fix(0.0, 9.0, NOW), doors=[]) is Verdict.TAKEN


def test_only_what_is_odd_needs_the_trail():
    assert not is_odd(ago(5), ago(15), NOW)
    assert is_odd(ago(5, lng=9.5), ago(15), NOW)
    assert is_odd(ago(400), ago(15), NOW)
    assert is_odd(ahead(130), None, NOW)
    assert not is_odd(ago(20, lng=9.5), ago(15), NOW)
