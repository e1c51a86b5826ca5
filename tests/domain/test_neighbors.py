"""What a neighbor is told of whom, and when they may be asked."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from portal.domain.neighbors import (
    DAYS,
    LONGEST_NAME,
    PARTS,
    Habits,
    asker,
    hours_of,
    house_number,
    is_recipient,
    may_be_asked,
    suits,
)

MONDAY = datetime(2026, 6, 15, tzinfo=UTC)


def span(first, last, day=15):
    return MONDAY.replace(day=day, hour=first), MONDAY.replace(day=day, hour=last)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ann Archer", "A. Archer"),
        ("Ann Maria van der Berg", "A. Berg"),
        ("Şule Öztürk", "Ş. Öztürk"),
        ("Cher", "Cher"),
        ("", ""),
        ("n" * 1_000, "n" * LONGEST_NAME),
    ],
)
def test_who_asks_is_an_initial_and_a_last_name(name, shown):
    assert asker(name) == shown


@pytest.mark.parametrize(
    ("street", "number"),
    [
        ("12 Mill Lane", "12"),
        ("Lindenstraße 12a", "12a"),
        ("Straße des 17. Juni 135", "135"),
        ("12 bis rue de la Paix", "12"),
        ("221B Baker Street", "221B"),
        ("Hauptstr. 5-7", "5-7"),
        ("ul. Długa 3/5", "3/5"),
        ("Rose Cottage", ""),
        ("", ""),
    ],
)
def test_of_a_street_only_the_number_is_told(street, number):
    assert house_number(street) == number


@given(some.text(max_size=300))
def test_no_name_and_no_street_is_too_strange(text):
    assert len(asker(text)) <= LONGEST_NAME
    assert len(house_number(text)) <= 20


def test_the_recipient_is_no_neighbor_of_theirs():
    assert is_recipient(" ann  ARCHER", "12", "Ann Archer", "12 Mill Lane")
    assert not is_recipient("Ann Archer", "14", "Ann Archer", "12 Mill Lane")
    assert not is_recipient("Wen Li", "12", "Ann Archer", "12 Mill Lane")


def test_hours_let_through_what_touches_them():
    mornings = ("mon", "morning")
    assert suits(mornings, span(9, 11)) and suits(mornings, span(11, 14))
    assert not suits(mornings, span(12, 14)) and not suits(mornings, span(9, 11, day=16))
    assert suits(mornings, (MONDAY.replace(day=14, hour=22), MONDAY.replace(hour=1)))
    assert suits(None, span(9, 11)) and suits(mornings, None)


def test_everything_and_nothing_are_any_time():
    assert hours_of(DAYS, PARTS) is None
    assert hours_of([], []) is None and hours_of(["mon"], []) is None
    assert hours_of(["sun", "mon", "forged"], ["evening"]) == ("mon", "sun", "evening")


def test_who_never_wants_to_be_asked_is_not():
    assert may_be_asked(Habits(), [], 1, 1, None, MONDAY)
    assert not may_be_asked(Habits(blocked=True), [], 1, 1, None, MONDAY)
    assert not may_be_asked(Habits(a_week=2), [], 1, 3, None, MONDAY)
    assert not may_be_asked(Habits(hours=("tue", "evening")), [], 1, 1, span(9, 11), MONDAY)
