"""100,000 receipts, each one to five times, shuffled, 5 % forged, over HTTP to two web processes on PostgreSQL."""

import asyncio
import random
import secrets
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass

from sqlalchemy import Connection, create_engine, text

from benchmarks.figures import Figures
from notifications.message import Standing
from notifications.receipts import RANK
from portal.app import create_app
from portal.clock import wall_clock
from portal.db import db
from portal.flows import operate
from portal.store import outbox
from tests.doubles import sendgrid, twilio
from tests.doubles.providers import API_KEY
from tests.doubles.wire import Line
from tests.faults.guard import Guard
from tests.faults.house import House, opened, settings_of, short_folder, wait_until_it_answers
from tests.faults.servers import Broker, Durable
from tests.faults.stories import LIARS_ID, Post, Story, posts, stories
from tests.servers.databases import migrate
from tests.servers.valkey import free_port

SEED = 34
RECEIPTS = 100_000
FORGED = 0.05
# a story has 2.3 reports on average, each comes three times
RECEIPTS_A_STORY = 6.6
LINES = 16

# Every step that a message takes is written down by the database itself, whoever makes it take it.
WATCH = {
    "sqlite": (
        "CREATE TABLE steps (was TEXT, became TEXT)",
        "CREATE TRIGGER watch AFTER UPDATE ON messages WHEN OLD.standing <> NEW.standing"
        " BEGIN INSERT INTO steps VALUES (OLD.standing, NEW.standing); END",
    ),
    "postgresql": (
        "CREATE TABLE steps (was TEXT, became TEXT)",
        "CREATE FUNCTION watched() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " INSERT INTO steps VALUES (OLD.standing, NEW.standing); RETURN NEW; END $$",
        "CREATE TRIGGER watch AFTER UPDATE ON messages FOR EACH ROW"
        " WHEN (OLD.standing <> NEW.standing) EXECUTE FUNCTION watched()",
    ),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """What came of the receipts; `back` are steps that lead back, `wrong` messages that ended otherwise."""

    receipts: int
    calls: int
    forged: int
    accepted: int
    back: int
    steps: int
    wrong: int
    stories: int
    kept: int
    different: int
    refused: int
    seconds: float


def run(figures: Figures) -> None:
    """Goals: no forgery accepted, no status goes back, every final status right, each report kept once."""
    found = play("postgresql", RECEIPTS, SEED)
    figures.add(
        "receipts_forgeries_accepted",
        found.accepted,
        "receipts",
        "== 0",
        forged=found.forged,
        receipts=found.receipts,
        calls=found.calls,
        per_second=found.receipts / found.seconds,
        seed=SEED,
    )
    figures.add("receipts_steps_back", found.back, "steps", "== 0", steps=found.steps)
    figures.add("receipts_final_status_wrong", found.wrong, "messages", "== 0", messages=found.stories)
    figures.add("receipts_kept_amiss", abs(found.kept - found.different), "receipts", "== 0", kept=found.kept)
    figures.add("receipts_genuine_refused", found.refused, "calls", "== 0")


def play(engine: str, count: int, seed: int, place: str = "/tmp") -> Counted:
    """Post `count` receipts to a served portal and look at what it made of them."""
    dice = random.Random(seed)
    with ExitStack() as stack:
        guard = stack.enter_context(Guard())
        folder = stack.enter_context(short_folder("receipts", guard, place))
        url = f"http://127.0.0.1:{free_port()}"
        told = _settings(url)
        if engine == "sqlite":
            told |= {"DATABASE_URL": f"sqlite:///{folder / 'doorstep.db'}", "INSTANCE_PATH": str(folder)}
        else:
            told["DATABASE_URL"] = stack.enter_context(Durable(folder, guard)).place.url()
            told["REDIS_URL"] = stack.enter_context(Broker(folder, guard)).url
        about = _set_up(told, engine, round(count * (1 - FORGED) / RECEIPTS_A_STORY), dice)
        calls = posts(about, url, wall_clock(), dice, FORGED)
        port = url.rpartition(":")[2]
        words = ["serve"] if engine == "sqlite" else ["web", "--workers", "2"]
        stack.enter_context(opened(House(folder, told, {"web": [*words, "--port", port]}, guard)))
        wait_until_it_answers(url)
        began = time.monotonic()
        # in a thread of its own: the tests' browser may hold an event loop in this one
        with ThreadPoolExecutor(1) as alone:
            answers = alone.submit(lambda: asyncio.run(_pour(url, calls))).result()
        seconds = time.monotonic() - began
        database = create_engine(told["DATABASE_URL"])
        with database.connect() as connection:
            counted = _count(connection, about, calls, answers, seconds)
        database.dispose()
        return counted


def _settings(url: str) -> dict[str, str]:
    return {
        "SECRET_KEY": secrets.token_urlsafe(40),
        "PUBLIC_URL": url,
        "LOG_LEVEL": "ERROR",
        "TWILIO_ACCOUNT_SID": twilio.ACCOUNT,
        "TWILIO_AUTH_TOKEN": twilio.TOKEN,
        "TWILIO_FROM": "+4915100000000",
        "SENDGRID_API_KEY": API_KEY,
        "SENDGRID_FROM": "news@carrier.example",
        "SENDGRID_WEBHOOK_PUBLIC_KEY": sendgrid.PUBLIC_KEY,
        # nobody is to be asked or sent anything
        "TWILIO_API_BASE": "http://127.0.0.1:9",
        "SENDGRID_API_BASE": "http://127.0.0.1:9",
    }


def _set_up(told: dict[str, str], engine: str, count: int, dice: random.Random) -> list[Story]:
    migrate(told["DATABASE_URL"])
    app = create_app(settings_of(told))
    kit = app.extensions["doorstep"]
    with app.app_context():
        operate.add_shipper(kit, "acme", country="DE")
        with kit.transaction() as session:
            about = stories(count, next(iter(kit.voice.shippers(session))), wall_clock(), dice)
            outbox.put(session, [one.message for one in about])
            for statement in WATCH[engine]:
                session.execute(text(statement))
        db.session.remove()
        db.engine.dispose()
    return about


async def _pour(url: str, calls: list[Post]) -> list[int]:
    """Post all of them by several connections; what is not answered with 2xx, 3xx or 4xx is posted again."""
    answers = [0] * len(calls)
    waiting: Iterator[tuple[int, Post]] = iter(enumerate(calls))

    async def caller() -> None:
        line = Line(url)
        for number, call in waiting:
            while not 200 <= answers[number] < 500:
                try:
                    answers[number] = await line.post(call.path, call.headers, call.body)
                except (OSError, asyncio.IncompleteReadError):
                    await asyncio.sleep(0.2)
        line.close()

    await asyncio.gather(*(caller() for _ in range(LINES)))
    return answers


def _count(
    connection: Connection, about: list[Story], calls: list[Post], answers: list[int], seconds: float
) -> Counted:
    stands = dict(connection.execute(text("SELECT id, standing FROM messages")).all())
    steps = [
        (Standing(was), Standing(became)) for was, became in connection.execute(text("SELECT * FROM steps"))
    ]
    kept = Counter(row[0] for row in connection.execute(text("SELECT provider_id FROM receipts")))
    lies = [answer for call, answer in zip(calls, answers, strict=True) if not call.genuine]
    return Counted(
        receipts=sum(call.receipts for call in calls),
        calls=len(calls),
        forged=len(lies),
        accepted=_good(lies) + kept[LIARS_ID],
        back=sum(RANK[became] < RANK[was] for was, became in steps),
        steps=len(steps),
        wrong=sum(stands[one.message.id] != one.ends for one in about),
        stories=len(about),
        kept=kept.total(),
        different=sum(one.reports for one in about),
        refused=sum(call.genuine for call in calls)
        - _good(answer for call, answer in zip(calls, answers, strict=True) if call.genuine),
        seconds=seconds,
    )


def _good(answers: Iterable[int]) -> int:
    return sum(200 <= answer < 300 for answer in answers)
