"""Collecting from a locker: the codes that open it, and making the stay longer."""

import hashlib
import hmac
from collections.abc import Container
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import count

from portal.domain.lockers import Booking
from portal.domain.rules import ShipperRules

DIGITS = 8
EXTENSIONS = 1
# So many wrong codes within this time, and a locker takes none for the rest of it: of 100 million codes, a guesser
# sees 40 an hour.
WRONG_CODES, WRONG_CODES_WITHIN = 10, timedelta(minutes=15)


class By(StrEnum):
    """Whose code it was."""

    RECIPIENT = "recipient"
    DELEGATE = "delegate"


class NotLonger(StrEnum):
    """Why a stay cannot be made longer."""

    NOT_OFFERED = "not_offered"
    ALREADY = "already"
    OVER = "over"
    NOT_THERE = "not_there"


def pickup_code(secret: bytes, change_id: str, nonce: str = "", taken: Container[str] = ()) -> str:
    """The digits that open a compartment, the same each time; `nonce` makes the code of somebody else who collects.

    They are stored nowhere. `taken` are codes of others at the same locker: then the next one is made.
    """
    for turn in count():
        said = f"pickup:{change_id}:{nonce}:{turn}".encode()
        number = int.from_bytes(hmac.new(secret, said, hashlib.sha256).digest()[:8], "big")
        code = f"{number % 10**DIGITS:0{DIGITS}d}"
        if code not in taken:
            return code
    raise AssertionError("there are more codes than compartments")


def code_of(secret: bytes, booking: Booking) -> str:
    """The recipient's code: the locker's own, else ours."""
    return booking.own_code or pickup_code(secret, booking.change_id)


def delegate_code_of(secret: bytes, booking: Booking) -> str:
    """The code for somebody else who collects; empty when nobody was allowed to, or they have been there."""
    if not booking.delegate_nonce or booking.delegate_used_at:
        return ""
    return pickup_code(secret, booking.change_id, booking.delegate_nonce)


def code_mark(secret: bytes, code: str) -> str:
    """By what a parcel is found from the code its recipient was given; without our secret it tells nothing."""
    typed = "".join(filter(str.isalnum, code)).upper()
    said = f"find:{typed}".encode("utf-8", "surrogatepass")
    return hmac.new(secret, said, hashlib.sha256).hexdigest()[:32] if typed else ""


def whose(secret: bytes, booking: Booking, typed: str) -> By | None:
    """Whose code of this booking was typed; compared in the same time whatever was typed."""
    found = None
    for by, code in (
        (By.RECIPIENT, code_of(secret, booking)),
        (By.DELEGATE, delegate_code_of(secret, booking)),
    ):
        if code and hmac.compare_digest(code.encode(), typed.encode("utf-8", "surrogatepass")):
            found = found or by
    return found


def blocked_until(wrong: int, since: datetime | None, now: datetime) -> datetime | None:
    """Until when a locker takes no code after so many wrong ones; None while it does."""
    if since is None or wrong < WRONG_CODES or now >= since + WRONG_CODES_WITHIN:
        return None
    return since + WRONG_CODES_WITHIN


def longer(booking: Booking, rules: ShipperRules, now: datetime) -> datetime | NotLonger:
    """The new end of a stay that is made longer now, or why it cannot be."""
    if not booking.waits or booking.until is None:
        return NotLonger.NOT_THERE
    if booking.over(now):
        return NotLonger.OVER
    if rules.extend_hours <= 0:
        return NotLonger.NOT_OFFERED
    if booking.extended >= EXTENSIONS:
        return NotLonger.ALREADY
    return booking.until + timedelta(hours=rules.extend_hours)
