"""Numbers that get two texts with the very same words: what is found of one must not be taken for the other."""

import itertools
import random
from collections.abc import Iterator
from datetime import datetime

from notifications.message import Channel, Message
from tests.doubles.server import Fault
from tests.doubles.weather import Weather


def twins(count: int, weather: Weather) -> Iterator[str]:
    """Numbers that get two texts with the very same words.

    They have no mailbox to fall back upon, so none of theirs meets an error that took nothing: two of those in a
    row, and the one resend that is allowed is spent.
    """
    numbers = (f"+49151{10_000_000 + number}" for number in itertools.count())
    lucky = (
        to for to in numbers if all(weather.fault("text", to, nth) is not Fault.ERROR for nth in range(1, 9))
    )
    return itertools.islice(lucky, count)


def alike(shipper_id: int, to: str, at: datetime, dice: random.Random) -> Iterator[Message]:
    """Two messages with the very same words to the same number."""
    for number in range(2):
        yield Message(
            id=f"{dice.getrandbits(64):032x}-{number}",
            shipper_id=shipper_id,
            shipment_id=None,
            channel=Channel.SMS,
            notice="delivered",
            language="en",
            to=to,
            text="acme: your parcel was delivered.",
            because="A run of the faults.",
            not_before=at,
            expires_at=None,
            dedupe_key=f"twin:{to}:{number}",
            created_at=at,
            segments=1,
        )
