"""The providers' double as a process of its own, and what it says it took."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from types import TracebackType
from typing import Any, Self
from urllib.request import Request, urlopen

from tests.doubles import twilio
from tests.doubles.providers import API_KEY, Taken
from tests.doubles.weather import Weather
from tests.servers.run import PROJECT


@dataclass(frozen=True, slots=True)
class Record:
    """What providers took, what we acknowledged to them by message, how calls fared, and counts of receipts.

    `lags` are the real seconds from an email taken to its first event acknowledged, sorted.
    """

    taken: list[Taken]
    acknowledged: dict[str, list[str]]
    calls: dict[str, int]
    counts: Counter[str]
    lags: list[float]


class Outside:
    """Twilio and SendGrid for a portal at `public_url`, on the clock of its settings."""

    def __init__(self, weather: Weather, public_url: str, clock: dict[str, Any]) -> None:
        told = {"weather": weather.as_json(), "public_url": public_url, **clock}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.doubles.providers", json.dumps(told)],
            cwd=PROJECT,
            # it ends when this pipe does, so also when this process is killed
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self._process.stdout
        said = json.loads(self._process.stdout.readline())
        self.url: str = said["url"]
        self.public_key: str = said["public_key"]

    @property
    def settings(self) -> dict[str, str]:
        """The environment of a portal that sends by them."""
        return {
            "TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
            "TWILIO_AUTH_TOKEN": twilio.TOKEN,
            "TWILIO_FROM": "+4915100000000",
            "TWILIO_API_BASE": self.url,
            "SENDGRID_API_KEY": API_KEY,
            "SENDGRID_FROM": "news@carrier.example",
            "SENDGRID_API_BASE": self.url,
            "SENDGRID_WEBHOOK_PUBLIC_KEY": self.public_key,
        }

    def count(self) -> int:
        """How many messages were taken."""
        return int(self._ask("taken")["taken"])

    def calm(self) -> None:
        """From now on nothing goes wrong."""
        self._ask("calm")

    def tell(self, at: datetime) -> None:
        """Stand at this moment from now on."""
        self._ask(f"now/{at.isoformat()}")

    def record(self) -> Record:
        """Everything."""
        told = self._ask("record")
        taken = [Taken(**one) for one in told["taken"]]
        return Record(taken, told["acknowledged"], told["calls"], Counter(told["counts"]), told["lags"])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def _ask(self, what: str) -> dict[str, Any]:
        with urlopen(Request(f"{self.url}/control/{what}"), timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
            return found


def clock_settings(starts_at: datetime, real_start: datetime, speed: float) -> dict[str, str]:
    """The environment of a portal on a clock that runs `speed` times as fast."""
    return {
        "CLOCK_STARTS_AT": starts_at.isoformat(),
        "CLOCK_REAL_START": real_start.isoformat(),
        "CLOCK_SPEED": str(speed),
    }
