"""The lead's figures, as rules: parts become shares, and a share is claimed only when there are enough."""

from collections import Counter
from datetime import UTC, datetime

import pytest

from portal.domain.change import Kind
from portal.domain.day_figures import Share, arrived, by_channel, by_kind, first_attempts
from portal.domain.events import DispatchEvent, Happening
from portal.domain.shipment import fold
from portal.domain.visits import first_attempt


def at(hour: int) -> datetime:
    return datetime(2026, 6, 15, hour, tzinfo=UTC)


def told(*events: tuple[str, int]) -> list[DispatchEvent]:
    return [
        DispatchEvent(str(number), Happening(what), at(hour)) for number, (what, hour) in enumerate(events)
    ]


@pytest.mark.parametrize(
    ("story", "first"),
    [
        (told(), None),
        (told(("at_depot", 6), ("out_for_delivery", 8)), None),
        (told(("out_for_delivery", 8), ("delivered", 10)), (at(10), True)),
        (told(("out_for_delivery", 8), ("attempt_failed", 10), ("delivered", 15)), (at(10), False)),
        (told(("cancelled", 9)), None),
    ],
)
def test_the_first_attempt_is_the_first_time_at_the_door(story, first):
    assert first_attempt(fold(story).story) == first


def test_a_failed_attempt_that_was_taken_back_never_was():
    story = told(("out_for_delivery", 8), ("attempt_failed", 10))
    correction = DispatchEvent("fix", Happening.DELIVERED, at(10), corrects="1")
    assert first_attempt(fold([*story, correction]).story) == (at(10), True)


def test_few_are_no_share():
    assert Share(19, 19).value is None
    assert Share(19, 20).value == 0.95
    assert first_attempts(Counter(ok=30, failed=10)) == Share(30, 40)
    assert first_attempts({}) == Share(0, 0)


def test_changes_are_sorted_by_kind_with_their_answers():
    parts = {"locker:asked": 5, "locker:accepted": 3, "locker:answered:2": 3, "hold:asked": 1}
    found = by_kind(parts)
    assert set(found) == {Kind.LOCKER, Kind.HOLD}
    assert dict(found[Kind.LOCKER].became) == {"asked": 5, "accepted": 3}
    assert dict(found[Kind.LOCKER].answered) == {2: 3}


def test_messages_are_sorted_by_channel_and_what_has_no_end_yet_is_left_out_of_the_share():
    found = by_channel({"sms:delivered": 30, "sms:failed": 10, "email:sent": 7, "sms:planned": 4})
    assert list(found) == ["sms", "email"]
    assert arrived(found["sms"]) == Share(30, 40)
    assert arrived(found["email"]) == Share(0, 0)
