"""Webhooks are signed as the public library expects, and checked with two secrets."""

from datetime import UTC, datetime, timedelta

import pytest
from standardwebhooks.webhooks import Webhook

from notifications.signing import BadSecret, BadSignature, key_of, new_secret, sign, verify

NOW = datetime.now(UTC)
BODY = '{"type":"delivery_change.requested","name":"Jürgen"}'.encode()


def test_the_public_library_accepts_what_we_sign():
    secret = new_secret()
    headers = sign([secret], "msg-1", NOW, BODY)
    assert Webhook(secret).verify(BODY, headers)["name"] == "Jürgen"


def test_we_accept_what_the_public_library_signs():
    secret = new_secret()
    signature = Webhook(secret).sign("msg-2", NOW, BODY.decode())
    headers = {
        "Webhook-Id": "msg-2",
        "Webhook-Timestamp": str(int(NOW.timestamp())),
        "Webhook-Signature": signature,
    }
    assert verify([secret], headers, BODY, NOW) == "msg-2"


def test_while_a_secret_is_replaced_both_are_good():
    new, old = new_secret(), new_secret()
    headers = sign([new, old], "msg-3", NOW, BODY)
    assert len(headers["webhook-signature"].split()) == 2
    assert verify([old], headers, BODY, NOW) == verify([new], headers, BODY, NOW) == "msg-3"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda headers, body: (headers, body + b" "),
        lambda headers, body: (headers | {"webhook-id": "msg-9"}, body),
        lambda headers, body: (headers | {"webhook-signature": ""}, body),
        lambda headers, body: (headers | {"webhook-signature": "v1,ünsinn v2,x"}, body),
        lambda headers, body: (headers | {"webhook-timestamp": "soon"}, body),
        lambda headers, body: (headers | {"webhook-timestamp": "9" * 40}, body),
        lambda headers, body: ({}, body),
    ],
)
def test_what_was_touched_is_refused(spoil):
    secret = new_secret()
    headers, body = spoil(sign([secret], "msg-4", NOW, BODY), BODY)
    with pytest.raises(BadSignature):
        verify([secret], headers, body, NOW)


def test_an_old_call_is_refused():
    secret = new_secret()
    with pytest.raises(BadSignature):
        verify([secret], sign([secret], "msg-5", NOW - timedelta(minutes=6), BODY), BODY, NOW)


@pytest.mark.parametrize("secret", ["whsec_", "whsec_c2hvcnQ=", "not base64 at all!", "whsec_" + "QUFB" * 22])
def test_a_weak_secret_is_refused(secret):
    with pytest.raises(BadSecret):
        key_of(secret)
