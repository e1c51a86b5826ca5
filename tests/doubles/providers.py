"""Twilio and SendGrid under load in a process of their own: they remember every message they took, whatever dies.

`python -m tests.doubles.providers JSON` prints where it listens, and ends when its standard input does.
"""

import asyncio
import base64
import itertools
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import orjson

from portal.clock import ScaledClock
from tests.doubles import sendgrid, twilio, wire
from tests.doubles.reports import Reports
from tests.doubles.server import TAKES, Answer, Call, Fault
from tests.doubles.weather import Weather
from tests.doubles.wire import Reply

API_KEY = "SG.key-of-the-tests"
SIGNED_IN = "Basic " + base64.b64encode(f"{twilio.ACCOUNT}:{twilio.TOKEN}".encode()).decode()
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that a provider took; `words` is a fingerprint of its text, `fault` what the caller saw."""

    provider: str
    message_id: str
    to: str
    words: str
    provider_id: str
    fault: str
    at: str


class Providers:
    """Both providers on one address. Under the same seed the same call to the same address fares the same."""

    def __init__(self, weather: Weather, reports: Reports, now: Callable[[], datetime]) -> None:
        self.weather, self.reports, self._clock = weather, reports, now
        self.fair = False
        self.told_now: datetime | None = None
        self.taken: list[Taken] = []
        self.calls: Counter[str] = Counter()
        self._texts: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._by_sid: dict[str, dict[str, Any]] = {}
        self._nth: Counter[str] = Counter()
        self._numbers = itertools.count(1)

    def now(self) -> datetime:
        """The time as it was told last, else the clock's."""
        return self.told_now or self._clock()

    def take(self, call: Call) -> Reply:
        """What becomes of a call."""
        path = urlsplit(call.path).path
        if path.startswith("/control/"):
            return Reply(self._control(path.removeprefix("/control/")))
        if path.endswith("/Messages.json"):
            if call.headers.get("authorization") != SIGNED_IN:
                return Reply(_json(401, {"code": 20003, "message": "Authenticate", "status": 401}))
            return self._list(call) if call.method == "GET" else self._text(call)
        if "/Messages/SM" in path:
            return self._fetch(path.rpartition("/")[2].removesuffix(".json"))
        if path == "/v3/mail/send" and call.headers.get("authorization") == f"Bearer {API_KEY}":
            return self._mail(call)
        return Reply(_json(404, {"code": 20404, "message": call.path, "status": 404}))

    def _control(self, asked: str) -> Answer:
        match asked:
            case "record":
                told: dict[str, Any] = {"taken": [asdict(one) for one in self.taken], "calls": self.calls}
                told |= {"acknowledged": self.reports.acknowledged, "counts": self.reports.counts}
                told["lags"] = sorted(self.reports.lags)
                return _json(200, told)
            case "calm":
                self.fair = True
            case _ if asked.startswith("now/"):
                self.told_now = datetime.fromisoformat(asked.removeprefix("now/"))
        return _json(200, {"taken": len(self.taken)})

    def _reply(
        self, kind: str, to: str, taken: Callable[[Fault, int], Answer], refused: dict[Fault, Answer]
    ) -> Reply:
        """Draw what happens to the nth call of this kind about `to`, and let it be taken where that is part of it."""
        nth = self._nth[f"{kind} {to}"] = self._nth[f"{kind} {to}"] + 1
        fault = Fault.NONE if self.fair else self.weather.fault(kind, to, nth)
        self.calls[f"{kind} {fault}"] += 1
        answer = taken(fault, nth) if fault in TAKES else refused[fault]
        if fault is Fault.TAKEN_THEN_ERROR:
            answer = refused[Fault.ERROR]
        slow = self.weather.slow_seconds if fault is Fault.SLOW else 0.0
        return Reply(answer, fault, self.weather.answers_in_seconds + slow)

    def _text(self, call: Call) -> Reply:
        form = dict(parse_qsl(call.body.decode(), keep_blank_values=True))

        def taken(fault: Fault, nth: int) -> Answer:
            sid = f"SM{next(self._numbers):032d}"
            url = form["StatusCallback"].partition("#")[0]
            message_id = url.rpartition("/")[2]
            self._by_sid[sid] = self._resource(sid, form)
            self._texts[form["To"]].append(self._by_sid[sid])
            self._keep("twilio", message_id, form["To"], form["Body"], sid, fault)
            self.reports.of_text(sid, message_id, url, self.weather.dice("report", form["To"], nth))
            return _json(201, self._by_sid[sid])

        return self._reply("text", form["To"], taken, TWILIO_REFUSES)

    def _list(self, call: Call) -> Reply:
        to = parse_qs(urlsplit(call.path).query)["To"][0]

        def taken(fault: Fault, nth: int) -> Answer:
            newest_first = self._texts[to][::-1]
            return _json(200, {"messages": newest_first, "next_page_uri": None, "page": 0, "page_size": 200})

        return self._reply("list", to, taken, TWILIO_REFUSES)

    def _fetch(self, sid: str) -> Reply:
        """One message as it stands by now: delivered, whether that was reported or not."""
        found = self._by_sid.get(sid)
        if found is None:
            return Reply(_json(404, {"code": 20404, "message": "not found", "status": 404}))

        def taken(fault: Fault, nth: int) -> Answer:
            return _json(200, found | {"status": "delivered"})

        return self._reply("fetch", found["to"], taken, TWILIO_REFUSES)

    def _resource(self, sid: str, form: dict[str, str]) -> dict[str, Any]:
        made = format_datetime(self.now())
        told = {"sid": sid, "to": form["To"], "body": form["Body"], "status": "queued", "date_sent": None}
        return told | {"date_created": made, "date_updated": made, "account_sid": twilio.ACCOUNT}

    def _mail(self, call: Call) -> Reply:
        mail = orjson.loads(call.body)
        person = mail["personalizations"][0]
        to = person["to"][0]["email"]
        message_id = (person.get("custom_args") or mail["custom_args"])["message_id"]

        def taken(fault: Fault, nth: int) -> Answer:
            mail_id = f"mail-{next(self._numbers)}"
            words = json.dumps([mail["subject"], mail["content"]])
            self._keep("sendgrid", message_id, to, words, mail_id, fault)
            self.reports.of_mail(mail_id, message_id, self.weather.dice("report", to, nth))
            return Answer(202, headers={"X-Message-Id": mail_id})

        return self._reply("mail", to, taken, SENDGRID_REFUSES)

    def _keep(self, provider: str, message_id: str, to: str, words: str, its_id: str, fault: Fault) -> None:
        mark = sha256(words.encode()).hexdigest()[:16]
        at = self.now().isoformat()
        self.taken.append(Taken(provider, message_id, to, mark, its_id, fault.value, at))


def _json(status: int, value: object) -> Answer:
    return Answer(status, orjson.dumps(value), JSON)


TWILIO_REFUSES = {
    Fault.TOO_MANY: _json(429, {"code": 20429, "message": "Too Many Requests", "status": 429}),
    Fault.ERROR: Answer(500, b"<html>error</html>"),
}
SENDGRID_REFUSES = {
    Fault.TOO_MANY: _json(429, {"errors": [{"field": None, "message": "too many requests"}]}),
    Fault.ERROR: _json(500, {"errors": [{"field": None, "message": "internal error"}]}),
}


async def main(told: dict[str, Any]) -> None:
    """Serve until standard input ends."""
    now = ScaledClock(
        datetime.fromisoformat(told["starts_at"]), datetime.fromisoformat(told["real_start"]), told["speed"]
    )
    weather = Weather.from_json(told["weather"])
    reports = Reports(weather, told["public_url"], now)
    server, url = await wire.serve(Providers(weather, reports, now).take)
    pouring = asyncio.create_task(reports.pour())
    print(json.dumps({"url": url, "public_key": sendgrid.PUBLIC_KEY}), flush=True)
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    pouring.cancel()
    server.close()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
