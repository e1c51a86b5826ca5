"""1,000 guesses at once of an agent's password, and of the code after it, the right one among them: at most five of
each are looked at."""

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from html import unescape

import pyotp
from sqlalchemy import Engine, text

from benchmarks.figures import Figures
from portal.flows import agents, second_factor, sign_in
from portal.flows.sign_in import House, Try
from portal.store import agents as agent_store
from portal.store.agents import Agent
from portal.web.login import WRONG, WRONG_CODE
from tests.faults.callers import Line, Visitor
from tests.faults.ground import ENGINES, Ground, ground

ROUNDS, GUESSES, AT_ONCE, SEED = 3, 1_000, 100, 42
TRIES = sign_in.TRIES
LOGIN, CODE = "/console/login", "/console/login/code"
ANSWERS = {"right", "wrong", "wait", "too late"}


@dataclass(frozen=True, slots=True)
class Counted:
    """`looked_at`: the most guesses of one agent's that were told whether they are right; `kept`: the most that the
    database counted of them; `other`: answers that nobody should get."""

    guesses: int
    looked_at: int
    kept: int
    other: int
    answers: dict[str, int]


@dataclass(frozen=True, slots=True)
class Round:
    """How to guess, what is right, what is not, and what the guesses are counted for."""

    guess: Callable[[str], str]
    right: str
    wrong: list[str]
    mark: str


@dataclass(frozen=True, slots=True)
class Halfway:
    """An agent whose password was right in a browser that nobody knows, and the code that is right."""

    visitor: Visitor
    mark: str
    right: str


def run(figures: Figures) -> None:
    """Goal: of a thousand guesses at once at most five are looked at, of passwords and of codes, on either database."""
    for engine in ENGINES:
        for what, found in play(engine, ROUNDS, GUESSES, SEED).items():
            told = {"rounds": ROUNDS, "guesses": found.guesses, "right_ones": found.answers.get("right", 0)}
            figures.add(
                f"guesses_{what}_{engine}_looked_at", found.looked_at, "guesses", f"<= {TRIES}", **told
            )
            figures.add(f"guesses_{what}_{engine}_kept", found.kept, "guesses", f"<= {TRIES}")
            figures.add(f"guesses_{what}_{engine}_other_answers", found.other, "answers", "== 0")


def play(engine: str, rounds: int, guesses: int, seed: int, place: str = "/tmp") -> dict[str, Counted]:
    """Passwords, then codes. Every round has an agent of its own; all its guesses bear the same session."""
    dice = random.Random(seed)
    with ground("guesses", engine, place) as where, where.house(where.web()):
        return {
            "passwords": _count(where, rounds, guesses, dice, _password_round),
            "codes": _count(where, rounds, guesses, dice, _code_round),
        }


def _count(
    where: Ground, rounds: int, guesses: int, dice: random.Random, begin: Callable[[Ground, int, int], Round]
) -> Counted:
    looked_at, kept, answers, tables = 0, 0, Counter[str](), where.tables()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for number in range(rounds):
            this = begin(where, number, guesses)
            some = list(this.wrong)
            some.insert(dice.randrange(guesses), this.right)
            said = Counter(pool.map(this.guess, some))
            answers += said
            looked_at = max(looked_at, said["right"] + said["wrong"])
            kept = max(kept, _kept(tables, this.mark))
    other = sum(count for name, count in answers.items() if name not in ANSWERS)
    return Counted(rounds * guesses, looked_at, kept, other, dict(answers))


def _password_round(where: Ground, number: int, guesses: int) -> Round:
    email = f"agent{number}@example.org"
    _, password = _hire(where, email)
    guess = partial(_guess_password, where.url, _opened(where, LOGIN), email)
    return Round(guess, password, [f"guess {one}" for one in range(guesses - 1)], email)


def _code_round(where: Ground, number: int, guesses: int) -> Round:
    agent = _halfway(where, f"halfway{number}@example.org")
    some = [code for one in range(guesses) if (code := f"{one:06d}") != agent.right]
    return Round(partial(_guess_code, where.url, agent.visitor), agent.right, some[: guesses - 1], agent.mark)


def _hire(where: Ground, email: str) -> tuple[Agent, str]:
    app = where.app()
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.transaction() as session:
        password = agents.add_agent(session, email, "", "agent", None, kit.now())
        found = agent_store.by_email(session, email)
    if found is None:
        raise RuntimeError("the agent was not added")
    return found, password


def _halfway(where: Ground, email: str) -> Halfway:
    """The password is right; a code is awaited, and the phone shows it."""
    agent, _ = _hire(where, email)
    app = where.app()
    kit, secret = app.extensions["doorstep"], where.settings["SECRET_KEY"].encode()
    now, known = datetime.now(UTC), Try(agent, "", "192.0.2.0/24", datetime.now(UTC))
    with app.app_context(), kit.transaction() as session:
        second_factor.offer(session, secret, agent, now)
        offered = second_factor.offered(session, secret, agent, "Doorstep")
        if offered is None:
            raise RuntimeError("no key was offered")
        totp, before = pyotp.TOTP(offered.key), now - timedelta(seconds=30)
        guess = second_factor.count_guess(session, agent, "elsewhere", now)
        assert isinstance(guess, second_factor.Guess)
        assert second_factor.check(session, secret, agent, totp.at(before), now, guess)
        opened = sign_in.admit(session, House(secret, True), known, "", "", "", now)
    visitor = _opened(where, CODE, f"doorstep-agent={opened.token}")
    return Halfway(visitor, f"{agent.id}:", totp.at(datetime.now(UTC) + timedelta(seconds=10)))


def _opened(where: Ground, path: str, cookie: str = "") -> Visitor:
    """A browser that has the form before it; `cookie` it brings along."""
    visitor = Visitor(Line(where.url), path, "", "")
    found = Visitor(Line(where.url), path, f"x; {cookie}" if cookie else "")
    found.opens("")
    visitor.cookie, visitor.token = f"{found.cookie}; {cookie}" if cookie else found.cookie, found.token
    return visitor


def _guess_password(url: str, visitor: Visitor, email: str, password: str) -> str:
    return _guess(url, visitor, WRONG, email=email, password=password)


def _guess_code(url: str, visitor: Visitor, code: str) -> str:
    return _guess(url, visitor, WRONG_CODE, code=code)


def _guess(url: str, visitor: Visitor, wrong: str, **fields: str) -> str:
    """One guess from a browser of its own with the same session; what it was told."""
    mine = Visitor(Line(url), visitor.path, visitor.cookie, visitor.token)
    said = mine.sends("", **fields)
    mine.line.hang_up()
    assert said is not None
    if said.status == 303:
        # once the right one was in, its session has gone on and the others have nothing to guess at
        return "too late" if said.location.startswith(LOGIN) else "right"
    if said.status == 429:
        return "wait"
    return "wrong" if wrong in unescape(said.text) else f"answered {said.status}"


def _kept(tables: Engine, mark: str) -> int:
    """How many guesses the database counted; a right one is taken back."""
    asked = text("SELECT count(*) FROM sign_in_tries WHERE mark = :mark")
    with tables.connect() as connection:
        return int(connection.execute(asked, {"mark": mark}).scalar_one() or 0)
