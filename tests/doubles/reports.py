"""What the providers' double reports to us about messages it took: late, out of order, twice, never, or forged."""

import asyncio
import random
import uuid
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from tests.doubles import sendgrid, twilio, wire
from tests.doubles.weather import Weather

CALLS_AT_ONCE = 12
EVENTS_A_CALL = 60
EVENTS_EVERY_SECONDS = 0.15
LONGEST_PAUSE_SECONDS = 8.0
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
STRANGER = ec.derive_private_key(987_654_321, ec.SECP256R1())


class Reports:
    """Tells the portal at `public_url`; `acknowledged` is what it answered 2xx to, by message."""

    def __init__(self, weather: Weather, public_url: str, now: Callable[[], datetime]) -> None:
        self.weather, self.public_url, self.now = weather, public_url, now
        self.acknowledged: dict[str, list[str]] = {}
        self.counts: Counter[str] = Counter()
        self.lags: list[float] = []
        self._taken_at: dict[str, float] = {}
        self._door = asyncio.Semaphore(CALLS_AT_ONCE)
        self._events: deque[dict[str, Any]] = deque()
        self._running: set[asyncio.Task[None]] = set()

    def of_text(self, sid: str, message_id: str, url: str, dice: random.Random) -> None:
        """Twilio took a text whose status goes to `url`."""
        self._begin(self._text(sid, message_id, url, dice))

    def of_mail(self, mail_id: str, message_id: str, dice: random.Random) -> None:
        """SendGrid took a mail."""
        self._taken_at[message_id] = asyncio.get_running_loop().time()
        self._begin(self._mail(mail_id, message_id, dice))

    async def pour(self) -> None:
        """Post SendGrid's events as they come, for ever, several calls at a time."""
        while True:
            await asyncio.sleep(EVENTS_EVERY_SECONDS)
            while some := [self._events.popleft() for _ in range(min(EVENTS_A_CALL, len(self._events)))]:
                self._begin(self._posted(some))

    async def _posted(self, events: list[dict[str, Any]]) -> None:
        """What is not answered with 2xx comes again, later each time."""
        pause = 0.5
        while not await self._post(
            f"{self.public_url}/callbacks/sendgrid/events",
            *sendgrid.signed(events, int(self.now().timestamp())),
        ):
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
        for event in events:
            self._noted(event["message_id"], event["event"])

    def _begin(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def _text(self, sid: str, message_id: str, url: str, dice: random.Random) -> None:
        weather = self.weather
        if dice.random() < weather.of_nobody:
            nobody = f"{self.public_url}/callbacks/twilio/status/{uuid.UUID(int=dice.getrandbits(128))}"
            await self._status(nobody, "SM" + "9" * 32, "delivered")
        if dice.random() < weather.forged:
            await self._forged(*twilio.signed(url, _form("SM" + "8" * 32, "failed"), "not-our-token"))
        if dice.random() < weather.never_reported:
            return
        words = ["sent", "delivered"] if dice.random() < 0.9 else ["sent"]
        if dice.random() < weather.repeated:
            words += [dice.choice(words) for _ in range(dice.randint(1, 3))]
        if dice.random() < weather.out_of_order:
            dice.shuffle(words)
        for word in words:
            await asyncio.sleep(dice.uniform(0.01, weather.reported_within_seconds))
            if await self._status(url, sid, word):
                self._noted(message_id, word)

    async def _mail(self, mail_id: str, message_id: str, dice: random.Random) -> None:
        weather = self.weather
        told = [self._event(mail_id, message_id, "processed")]
        if dice.random() < 0.9:
            told.append(self._event(mail_id, message_id, "delivered"))
        if dice.random() < weather.repeated:
            told += [dice.choice(told) for _ in range(dice.randint(1, 3))]
        if dice.random() < weather.of_nobody:
            told.append(self._event("mail-of-nobody", str(uuid.UUID(int=dice.getrandbits(128))), "delivered"))
        if dice.random() < weather.out_of_order:
            dice.shuffle(told)
        if dice.random() < weather.forged:
            lie = [self._event("mail-of-a-liar", message_id, "bounce")]
            headers, body = sendgrid.signed(lie, int(self.now().timestamp()), STRANGER)
            await self._forged(f"{self.public_url}/callbacks/sendgrid/events", headers, body)
        for event in told:
            await asyncio.sleep(dice.uniform(0, weather.reported_within_seconds / 2))
            self._events.append(event)

    def _event(self, mail_id: str, message_id: str, word: str) -> dict[str, Any]:
        return {
            "event": word,
            "message_id": message_id,
            "sg_event_id": f"{mail_id}-{word}-{message_id}",
            "sg_message_id": f"{mail_id}.filter0001",
            "timestamp": int(self.now().timestamp()),
        }

    async def _status(self, url: str, sid: str, word: str) -> bool:
        return await self._post(*twilio.signed(url, _form(sid, word)), tries=2)

    async def _forged(self, url: str, headers: dict[str, str], body: bytes) -> None:
        if await self._post(url, headers, body):
            self.counts["forgeries_accepted"] += 1
        self.counts["forgeries"] += 1

    async def _post(self, url: str, headers: dict[str, str], body: bytes, tries: int = 1) -> bool:
        """Whether it was taken; tried again only where no connection was made, as Twilio does."""
        kind = {"Content-Type": "application/json"} if body.startswith(b"[") else FORM
        for _ in range(tries):
            try:
                async with self._door:
                    return 200 <= await wire.post(url, headers | kind, body) < 300
            except ConnectionRefusedError:
                await asyncio.sleep(0.5)
            except (OSError, ValueError, IndexError):
                break
        self.counts["unheard"] += 1
        return False

    def _noted(self, message_id: str, word: str) -> None:
        if taken_at := self._taken_at.pop(message_id, None):
            self.lags.append(asyncio.get_running_loop().time() - taken_at)
        self.acknowledged.setdefault(message_id, []).append(word)
        self.counts["receipts"] += 1


def _form(sid: str, word: str) -> list[tuple[str, str]]:
    return [("MessageSid", sid), ("MessageStatus", word), ("AccountSid", twilio.ACCOUNT), ("From", "")]
