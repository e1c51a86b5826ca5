"""Recipients of the fault runs and their news, told by a dispatch over HTTP that asks again until it is answered."""

import http.client
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from notifications.message import Channel

ASK_AGAIN_SECONDS = 0.3
BATCH = 50

# What happens to a parcel, of which the last is told, and the channels by which that goes at once: both, the
# phone (email stands in for it), the mailbox (the phone stands in for it).
BOTH = ("delivered",), {Channel.SMS, Channel.EMAIL}
BY_TEXT = ("out_for_delivery", "no_longer_heading"), {Channel.SMS}
BY_EMAIL = ("held",), {Channel.EMAIL}
# of ten people
MIX = (BOTH, BOTH, BY_TEXT, BOTH, BY_EMAIL, BOTH, BY_TEXT, BOTH, BY_EMAIL, BOTH)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with a phone and a mailbox of their own, and one piece of news."""

    number: int

    @property
    def reference(self) -> str:
        return f"F-{self.number:06d}"

    @property
    def phone(self) -> str:
        return f"+49151{20_000_000 + self.number}"

    @property
    def email(self) -> str:
        return f"person{self.number}@example.org"

    @property
    def channels(self) -> set[Channel]:
        """By which the news goes at once."""
        return MIX[self.number % len(MIX)][1]

    def address(self, channel: Channel) -> str:
        return self.phone if channel is Channel.SMS else self.email

    def shipment(self) -> dict[str, object]:
        """As dispatch tells it."""
        door = {"lines": [f"{self.number} Mill Lane"], "locality": "Harbourton", "postcode": "12345"}
        return {
            "reference": self.reference,
            "parcels": [{"code": f"P-{self.reference}"}],
            "recipient": {
                "name": f"Person {self.number}", "phone": self.phone, "email": self.email, "language": "en",
            },
            "address": door | {"country": "DE", "timezone": "UTC"},
        }  # fmt: skip

    def events(self, at: datetime) -> Iterator[dict[str, object]]:
        """The news, as it happens."""
        for nth, happening in enumerate(MIX[self.number % len(MIX)][0]):
            told = {"event_id": f"e-{self.number}-{nth}", "shipment": self.reference, "happening": happening}
            yield told | {"happened_at": (at + timedelta(seconds=nth)).isoformat()}


def people(messages: int) -> list[Person]:
    """As many as have this many messages sent to them at first."""
    found: list[Person] = []
    planned = 0
    while planned < messages:
        found.append(Person(len(found)))
        planned += len(found[-1].channels)
    return found


class Dispatch:
    """Tells everybody's shipment and news, in the order of `people`, in a thread of its own.

    `told` counts the people whose news was answered with 2xx; a call without an answer is made again, and
    `again` counts those.
    """

    def __init__(self, url: str, key: str, everybody: list[Person], at: datetime, pace: float = 0.0) -> None:
        self.url, self.key, self.everybody, self.at, self.pace = url, key, everybody, at, pace
        self.told = self.again = 0
        self.error: Exception | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._caller: http.client.HTTPConnection | None = None

    def begin(self) -> None:
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            for first in range(0, len(self.everybody), BATCH):
                some = self.everybody[first : first + BATCH]
                if self._ended.is_set():
                    return
                self._tell("shipments", [one.shipment() for one in some], {"created", "unchanged"})
                self._tell(
                    "events", [event for one in some for event in one.events(self.at)], {"taken", "seen"}
                )
                self.told += len(some)
                time.sleep(self.pace)
        except Exception as error:
            self.error = error

    def _tell(self, name: str, items: list[dict[str, object]], right: set[str]) -> None:
        body = json.dumps({name: items}).encode()
        for answer in self._asked(f"/api/v1/{name}", body):
            outcomes = {result["outcome"] for result in answer["results"]}
            if not outcomes <= right:
                raise RuntimeError(f"{name} were not taken: {str(answer)[:300]}")

    def _asked(self, path: str, body: bytes) -> Iterator[dict[str, list[dict[str, str]]]]:
        """One answer with 2xx, however often it takes."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        while not self._ended.is_set():
            try:
                caller = self._caller = self._caller or http.client.HTTPConnection(
                    urlsplit(self.url).netloc, timeout=20
                )
                caller.request("POST", path, body, headers)
                answer = caller.getresponse()
                said = answer.read()
                if answer.status == 200:
                    yield json.loads(said)
                    return
                if answer.status < 500:
                    raise RuntimeError(f"{path}: {answer.status} {said[:300]!r}")
            except (OSError, http.client.HTTPException):
                if self._caller:
                    self._caller.close()
                self._caller = None
            self.again += 1
            time.sleep(ASK_AGAIN_SECONDS)
