"""Messages that carriers took, and what they report of each: true reports again and again, and forgeries."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from cryptography.hazmat.primitives.asymmetric import ec

from notifications.message import Channel, Message, Standing
from tests.doubles import sendgrid, twilio

# What a carrier says of one message, in its order; the last word by our rules stands beside it.
TEXTS = (
    (("sent", "delivered"), "delivered", 50),
    (("queued", "sending", "sent", "delivered"), "delivered", 15),
    (("sent",), "sent", 10),
    (("sent", "undelivered"), "failed", 10),
    (("sent", "failed", "delivered"), "delivered", 5),
    (("delivered", "undelivered"), "delivered", 5),
    (("sent", "delivered", "read"), "delivered", 5),
)
MAILS = (
    (("processed", "delivered"), "delivered", 60),
    (("processed",), "sent", 10),
    (("processed", "deferred", "deferred", "delivered"), "delivered", 10),
    (("processed", "bounce"), "failed", 10),
    (("processed", "delivered", "bounce"), "delivered", 10),
)
MOST_REPEATED = 5
LIAR = ec.derive_private_key(1_234_567, ec.SECP256R1())
LIARS_ID = "of-a-liar"


@dataclass(frozen=True, slots=True)
class Story:
    """One message and what is reported of it."""

    message: Message
    words: tuple[str, ...]
    ends: str

    @property
    def reports(self) -> int:
        """How many different ones there are."""
        return len(set(self.words))


def stories(count: int, shipper_id: int, now: datetime, dice: random.Random) -> list[Story]:
    """Half texts, half emails; most were taken, of some nobody knows."""
    found = []
    for number in range(count):
        channel = Channel.SMS if number % 2 else Channel.EMAIL
        kinds = TEXTS if channel is Channel.SMS else MAILS
        words, ends, _ = dice.choices(kinds, [share for *_, share in kinds])[0]
        found.append(Story(_message(number, channel, shipper_id, now, dice.random() < 0.1), words, ends))
    return found


def _message(number: int, channel: Channel, shipper_id: int, now: datetime, doubtful: bool) -> Message:
    text = channel is Channel.SMS
    return Message(
        id=f"{number:08d}-0000-4000-8000-000000000000",
        shipper_id=shipper_id,
        shipment_id=None,
        channel=channel,
        notice="delivered",
        language="en",
        to=f"+49151{20_000_000 + number}" if text else f"person{number}@example.org",
        text="acme: your parcel was delivered.",
        because="A run of the faults.",
        # nobody asks about a doubtful one while this runs: its receipts must tell
        not_before=now.replace(year=now.year + 1),
        expires_at=None,
        dedupe_key=f"story:{number}",
        created_at=now,
        segments=1,
        standing=Standing.UNKNOWN if doubtful else Standing.SENT,
        attempts=1,
        provider="twilio" if text else "sendgrid",
        provider_id="" if doubtful else its_id(number, channel),
        sent_at=None if doubtful else now,
    )


def its_id(number: int, channel: Channel) -> str:
    """What the carrier calls it."""
    return f"SM{number:032d}" if channel is Channel.SMS else f"mail-{number}"


@dataclass(frozen=True, slots=True)
class Post:
    """One call to our callbacks: `path`, headers, body; how many receipts it holds, and whether it is genuine."""

    path: str
    headers: dict[str, str]
    body: bytes
    receipts: int
    genuine: bool


def posts(
    told: list[Story], public_url: str, now: datetime, dice: random.Random, forged: float
) -> list[Post]:
    """Every report one to five times, all of them shuffled, with this share of forgeries among them."""
    texts = [
        post for one in told if one.message.channel is Channel.SMS for post in _texts(one, public_url, dice)
    ]
    events = [event for one in told if one.message.channel is Channel.EMAIL for event in _events(one, dice)]
    dice.shuffle(events)
    mails = []
    while events:
        some = [events.pop() for _ in range(min(len(events), dice.randint(1, 60)))]
        mails.append(_mail_post(some, int(now.timestamp()), dice))
    honest = texts + mails
    wanted = sum(post.receipts for post in honest) * forged / (1 - forged)
    lies: list[Post] = []
    while sum(post.receipts for post in lies) < wanted:
        lies += _lies(dice.choice(told), public_url, now, dice)
    everything = honest + lies
    dice.shuffle(everything)
    return everything


def _texts(story: Story, public_url: str, dice: random.Random) -> Iterator[Post]:
    number = int(story.message.id[:8])
    url = f"{public_url}/callbacks/twilio/status/{story.message.id}"
    for word in story.words:
        for _ in range(dice.randint(1, MOST_REPEATED)):
            fields = _fields(its_id(number, Channel.SMS), word)
            yield _text_post(public_url, *twilio.signed(url, fields), genuine=True)


def _fields(sid: str, word: str) -> list[tuple[str, str]]:
    return [("MessageSid", sid), ("MessageStatus", word), ("AccountSid", twilio.ACCOUNT), ("From", "")]


def _text_post(public_url: str, url: str, headers: dict[str, str], body: bytes, *, genuine: bool) -> Post:
    form = headers | {"Content-Type": "application/x-www-form-urlencoded"}
    return Post(url.removeprefix(public_url), form, body, 1, genuine)


def _events(story: Story, dice: random.Random) -> Iterator[dict[str, Any]]:
    mail_id = its_id(int(story.message.id[:8]), Channel.EMAIL)
    for word in story.words:
        event = {
            "event": word,
            "message_id": story.message.id,
            "sg_event_id": f"{mail_id}-{word}",
            "sg_message_id": f"{mail_id}.filter0001",
        }
        for _ in range(dice.randint(1, MOST_REPEATED)):
            yield event


def _mail_post(events: list[dict[str, Any]], stamp: int, dice: random.Random) -> Post:
    headers, body = sendgrid.signed([event | {"timestamp": stamp} for event in events], stamp)
    kind = {"Content-Type": "application/json"}
    return Post("/callbacks/sendgrid/events", headers | kind, body, len(events), True)


def _lies(story: Story, public_url: str, now: datetime, dice: random.Random) -> Iterator[Post]:
    """Forgeries about one message, each in another way."""
    stamp = int(now.timestamp())
    if story.message.channel is Channel.SMS:
        url = f"{public_url}/callbacks/twilio/status/{story.message.id}"
        lie = _fields(LIARS_ID, "undelivered")
        _, good, _ = twilio.signed(url, _fields(LIARS_ID, "sent"))
        _, elsewhere, body = twilio.signed(f"{public_url}/callbacks/twilio/status/another", lie)
        yield _text_post(public_url, *twilio.signed(url, lie, "not-our-token"), genuine=False)
        yield _text_post(public_url, url, good, urlencode(lie).encode(), genuine=False)
        yield _text_post(public_url, url, elsewhere, body, genuine=False)
        yield _text_post(public_url, url, {}, body, genuine=False)
        return
    lie_event = {"event": "bounce", "message_id": story.message.id, "sg_event_id": f"lie-{dice.random()}"}
    lie_event |= {"sg_message_id": LIARS_ID, "timestamp": str(stamp)}
    path, kind = "/callbacks/sendgrid/events", {"Content-Type": "application/json"}
    signed = {
        "another key": sendgrid.signed([lie_event], stamp, LIAR),
        "too old": sendgrid.signed([lie_event], stamp - 3600),
        "not signed": ({}, json.dumps([lie_event]).encode()),
        "changed": (sendgrid.signed([], stamp)[0], json.dumps([lie_event]).encode()),
    }
    for headers, body in signed.values():
        yield Post(path, headers | kind, body, 1, False)
