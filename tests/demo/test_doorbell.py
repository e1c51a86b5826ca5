"""The demo's webhook receiver believes only what is signed, and rings once for what comes twice."""

from datetime import UTC, datetime

import requests

from notifications import signing
from portal.clock import ManualClock
from portal.demo.doorbell import Doorbell, listening

NOW = datetime(2026, 5, 20, 9, 0, tzinfo=UTC)
BODY = b'{"type": "delivery_change.requested", "data": {}}'


def test_a_signed_webhook_rings_and_a_second_delivery_of_it_does_not():
    bell = Doorbell(signing.new_secret(), ManualClock(NOW))
    headers = signing.sign([bell.secret], "wh-1", NOW, BODY)
    with listening(bell) as address:
        assert requests.post(address, data=BODY, headers=headers, timeout=5).status_code == 204
        assert bell.rang.is_set()
        bell.rang.clear()
        assert requests.post(address, data=BODY, headers=headers, timeout=5).status_code == 204
    assert not bell.rang.is_set()


def test_a_forged_webhook_is_turned_away():
    bell = Doorbell(signing.new_secret(), ManualClock(NOW))
    headers = signing.sign([signing.new_secret()], "wh-1", NOW, BODY)
    with listening(bell) as address:
        assert requests.post(address, data=BODY, headers=headers, timeout=5).status_code == 401
        assert requests.post(address, data=BODY, timeout=5).status_code == 401
    assert (bell.forged, bell.rang.is_set()) == (2, False)
