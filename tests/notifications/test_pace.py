"""A ceiling of segments a second, whoever sends."""

from collections import deque
from datetime import timedelta
from itertools import islice

import pytest

from notifications.delivery import deliver_due
from notifications.message import Channel, Standing
from notifications.pace import Pace
from portal.clock import ManualClock
from tests.notifications.board import board
from tests.notifications.carriers import Obedient
from tests.notifications.cast import at, message
from tests.notifications.shelf import MemoryShelf

NOW = at(9)


class InLine(MemoryShelf):
    """Takes the first in line without looking through all of them."""

    def put(self, *messages):
        super().put(*messages)
        self.line = deque(messages)

    def _due(self, channel, now):
        while self.line and self[self.line[0]].standing is not Standing.QUEUED:
            self.line.popleft()
        return [self[one] for one in islice(self.line, 100)]


def test_a_quarter_of_a_second_may_leave_ahead():
    assert Pace(100, NOW, NOW).fits([1] * 1000) == 26
    assert Pace(1, NOW, NOW).fits([1] * 10) == 1


def test_segments_count_not_messages_and_an_email_counts_as_one():
    assert Pace(100, NOW, NOW).fits([4] * 1000) == 7
    assert Pace(100, NOW, NOW).fits([0] * 1000) == 26


def test_what_was_taken_must_have_left_before_more_may():
    busy = Pace(10, NOW + timedelta(seconds=1), NOW)
    assert busy.shut
    assert busy.fits([1]) == 0
    assert busy.room_at == NOW + timedelta(seconds=0.875)
    assert not Pace(10, NOW + timedelta(seconds=1), busy.room_at).shut


@pytest.mark.parametrize("segments", [1, 3])
def test_after_an_outage_twenty_thousand_leave_at_an_even_pace(segments):
    shelf, clock, left = InLine(), ManualClock(NOW), []
    shelf.put(*(message(segments=segments, expires_at=None) for _ in range(20_000)))
    carrier = Obedient(takes=lambda: left.append(clock()))
    deliver_due(
        shelf,
        board(carrier, per_second=400.0),
        Channel.SMS,
        clock,
        pause=lambda seconds: clock.forward(seconds=seconds),
    )
    assert len(left) == 20_000
    assert {one.standing for one in shelf.messages.values()} == {Standing.SENT}
    per_second = [0] * (int((left[-1] - NOW).total_seconds()) + 1)
    for moment in left:
        per_second[int((moment - NOW).total_seconds())] += segments
    lasted = (left[-1] - NOW).total_seconds()
    mean = 20_000 * segments / lasted
    assert max(per_second) / mean <= 1.5
    assert 0.9 * 400 <= mean <= 1.1 * 400
