"""Standard Webhooks 1.0: sign what we send, check what we get, with two live secrets while one is replaced.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from hashlib import sha256

PREFIX = "whsec_"
TOLERANCE = timedelta(minutes=5)


class BadSecret(ValueError):
    """A secret that is not `whsec_` and the base64 of 24 to 64 bytes."""


class BadSignature(ValueError):
    """A webhook that is not signed by any of our secrets, or not lately."""


def new_secret() -> str:
    """A fresh secret: `whsec_` and the base64 of 32 random bytes."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def key_of(secret: str) -> bytes:
    """The key inside a secret; raises `BadSecret`."""
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise BadSecret("A webhook secret is whsec_ followed by base64.") from error
    if not 24 <= len(key) <= 64:
        raise BadSecret("A webhook secret holds 24 to 64 bytes.")
    return key


def sign(secrets_in_use: Iterable[str], webhook_id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt at `at`; a signature per secret, space-separated."""
    stamp = str(int(at.timestamp()))
    signatures = (_signature(key_of(secret), webhook_id, stamp, body) for secret in secrets_in_use)
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def verify(secrets_in_use: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime) -> str:
    """The webhook's id if one of the secrets signed it within 5 minutes of `now`; raises `BadSignature`."""
    given = {name.lower(): value for name, value in headers.items()}
    webhook_id, stamp = given.get("webhook-id", ""), given.get("webhook-timestamp", "")
    if not webhook_id or not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        raise BadSignature("The webhook has no id or no timestamp.")
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        raise BadSignature("The webhook's timestamp is too far from now.")
    signed = [part[3:] for part in given.get("webhook-signature", "").split(" ") if part.startswith("v1,")]
    for secret in secrets_in_use:
        right = _signature(key_of(secret), webhook_id, stamp, body)
        if any(hmac.compare_digest(right.encode(), one.encode()) for one in signed):
            return webhook_id
    raise BadSignature("No signature of the webhook matches.")


def _signature(key: bytes, webhook_id: str, stamp: str, body: bytes) -> str:
    signed = f"{webhook_id}.{stamp}.".encode() + body
    return base64.b64encode(hmac.new(key, signed, sha256).digest()).decode()
