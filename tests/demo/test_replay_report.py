"""A report counts windows as they were shown, and no window that came too late to help."""

from datetime import timedelta

from portal.demo.replay_file import Delivery
from portal.demo.replay_report import Sighting, report, table
from portal.domain.delivery import Promise
from tests.domain.rounds import at

ANN = Delivery("R1", 2, "A", 48.0, 9.0, at(7), at(10))
ROUNDS = {"R1": (Delivery("R1", 1, "Z", 48.0, 9.0, at(7), at(8)), ANN)}


def told(shown, start, end, expected=None, level=90):
    return Promise(
        start, end, "live" if level else "today", shown, level=level, expected_at=expected or at(10)
    )


def result(*promises, sightings=()):
    return report(ROUNDS, {"R1/A": promises}, sightings, 90, 1.0)


def test_windows_are_counted_in_the_bucket_of_the_minutes_left_when_shown():
    figures = result(
        told(at(6), at(9), at(11)), told(at(8), at(9), at(9, 55)), told(at(9, 45), at(10, 5), at(10, 30))
    )
    assert {row["minutes_left"]: (row["held"], row["late"], row["early"]) for row in figures["buckets"]} == {
        "0-20": (0, 0, 1),
        "60-180": (0, 1, 0),
        "over 180": (1, 0, 0),
    }


def test_today_between_claims_nothing_but_losing_a_window_to_it_is_a_change():
    kept = told(at(8), at(9), at(11))
    lost = told(at(9), at(9), at(14), level=0)
    figures = result(kept, lost)
    assert figures["windows_shown"] == 1
    assert (figures["changes_per_delivery"], figures["right_in_every_window"]) == (1, 1)


def test_a_window_shown_after_the_delivery_does_not_count():
    assert result(told(at(10, 1), at(10), at(11)))["windows_shown"] == 0


def test_what_the_page_said_is_counted_by_stops_away():
    seen = Sighting("R1/A", 1, told(at(8), at(9), at(11), expected=at(10) + timedelta(minutes=12)))
    row = result(sightings=[seen])["by_stops"][0]
    assert (row["stops_away"], row["held"], row["median_width_minutes"]) == (1, 1.0, 120)
    assert row["mean_error_minutes"] == 12


def test_a_report_without_a_single_window_can_still_be_told():
    assert "2 deliveries of 1 rounds" in table(result())[0]
