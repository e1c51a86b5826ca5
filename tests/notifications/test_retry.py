"""When it is tried again."""

import random
from datetime import timedelta

from notifications.message import Channel
from notifications.retry import WEBHOOK_PAUSES, next_try
from tests.notifications.cast import at

NOW = at(9)


def test_pauses_are_jittered_and_never_longer_than_five_minutes():
    pauses = [next_try(Channel.SMS, attempts, NOW) - NOW for attempts in range(1, 200)]
    assert timedelta(0) <= min(pauses)
    assert max(pauses) <= timedelta(minutes=5)
    assert len(set(pauses)) > 190
    assert next_try(Channel.SMS, 1, NOW) - NOW <= timedelta(seconds=4)


def test_the_carriers_own_wish_is_respected_within_reason():
    assert next_try(Channel.EMAIL, 1, NOW, timedelta(minutes=20)) == NOW + timedelta(minutes=20)
    assert next_try(Channel.EMAIL, 1, NOW, timedelta(days=30)) == NOW + timedelta(days=1)


def test_webhooks_are_tried_ten_times_over_about_75_hours_then_parked():
    at_time, tries = NOW, 1
    while following := next_try(Channel.WEBHOOK, tries, at_time, chance=random.Random(tries)):
        at_time, tries = following, tries + 1
    assert tries == len(WEBHOOK_PAUSES) + 1 == 10
    assert timedelta(hours=75) <= at_time - NOW <= timedelta(hours=84)
