"""Links and one-time codes: how they are made, recognised, and when they are no longer good."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LINK_LENGTH = 22
SECRET_LENGTH = 26
# A device's secret is typed into phones: no capitals, and nothing that looks like something else.
SECRET_LETTERS = "abcdefghijkmnpqrstuvwxyz23456789"
CODE_DIGITS = 6
LINK_LIVES_AFTER_END = timedelta(days=14)


def link_code(secret: bytes, nonce: str) -> str:
    """The 22 characters of a link: 128 bits derived from a random nonce and our secret.

    Only the nonce and the fingerprint are kept, so that a copy of the database opens no page,
    and every message about a shipment can carry the same link.
    """
    return _link(secret, f"link:{nonce}")


def neighbor_code(secret: bytes, nonce: str) -> str:
    """The 22 characters of a neighbor's link, made alike; it never opens a recipient's page."""
    return _link(secret, f"neighbor:{nonce}")


def _link(secret: bytes, about: str) -> str:
    digest = hmac.new(secret, about.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest[:16]).rstrip(b"=").decode()


def hand_over_code(secret: bytes, ask_id: str) -> str:
    """Four digits by which a neighbor knows whom to give the parcel to; only neighbor and recipient are shown them."""
    digest = hmac.new(secret, f"hand-over:{ask_id}".encode(), hashlib.sha256).digest()
    return f"{int.from_bytes(digest[:8]) % 10_000:04d}"


def fingerprint(code: str) -> str:
    """What is stored in place of a link, key or session: its SHA-256 in hex."""
    return hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()


def next_nonce(nonce: str) -> str:
    """The nonce of the link that takes the place of this one's; the calendar's entry keeps its name."""
    first, _, number = nonce.partition(".")
    return f"{first}.{int(number or 1) + 1}"


def calendar_uid(nonce: str) -> str:
    """The name of a shipment's visit in its recipient's calendar, whichever link it has; it opens nothing."""
    return f"{fingerprint('calendar:' + nonce.partition('.')[0])[:32]}@doorstep"


def sealed_code(secret: bytes, shipment_id: int, code: str) -> str:
    """What is stored in place of a one-time code; bound to its shipment."""
    return hmac.new(
        secret, f"code:{shipment_id}:{code}".encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()


class CodeVerdict(StrEnum):
    """What a typed one-time code is worth; the value is the sentence the page shows."""

    RIGHT = "Thank you, the code is right."
    WRONG = "This code is not right. Please check the message and try again."
    USED_UP = "That was one try too many. Please ask for a new code."
    TOO_OLD = "This code is too old. Please ask for a new one."
    NONE = "Please ask for a code first."


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code that was sent: its seal, until when it is good, and how often it was guessed."""

    id: int
    seal: str
    expires_at: datetime
    tries: int
    used: bool


def judge(sent: OneTimeCode | None, seal: str, tries_allowed: int, now: datetime) -> CodeVerdict:
    """The verdict on a typed code. `sent.tries` already counts this try, so that parallel guesses cannot share one."""
    if sent is None or sent.used:
        return CodeVerdict.NONE
    if now >= sent.expires_at:
        return CodeVerdict.TOO_OLD
    if sent.tries > tries_allowed:
        return CodeVerdict.USED_UP
    return CodeVerdict.RIGHT if hmac.compare_digest(sent.seal, seal) else CodeVerdict.WRONG
