"""1,000 guesses at once of one one-time code, the right one among them: at most five are looked at."""

import random
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from html import unescape
from urllib.parse import urlsplit

from sqlalchemy import Engine, text

from benchmarks.figures import Figures
from portal.domain.access import CODE_DIGITS, CodeVerdict
from tests.faults.callers import Caller, Line, Visitor
from tests.faults.ground import ENGINES, Ground, ground

ROUNDS, GUESSES, AT_ONCE, SEED = 5, 1_000, 100, 42
TRIES = 5
ANSWERS = {"right", *(one.name for one in CodeVerdict)}


@dataclass(frozen=True, slots=True)
class Counted:
    """`looked_at`: the most guesses of one code that were told whether they are right; `opened`: right guesses that
    were; `uncounted`: guesses that the database does not know of; `other`: answers that nobody should get."""

    rounds: int
    guesses: int
    looked_at: int
    opened: int
    uncounted: int
    other: int
    answers: dict[str, int]


def run(figures: Figures) -> None:
    """Goal: of a thousand guesses at once at most five are looked at, on either database."""
    for engine in ENGINES:
        found = play(engine, ROUNDS, GUESSES, SEED)
        told = {"rounds": found.rounds, "guesses": found.guesses, "right_ones_opened": found.opened}
        figures.add(f"codes_{engine}_looked_at", found.looked_at, "guesses", f"<= {TRIES}", **told)
        figures.add(f"codes_{engine}_uncounted", found.uncounted, "guesses", "== 0")
        figures.add(f"codes_{engine}_other_answers", found.other, "answers", "== 0")


def play(engine: str, rounds: int, guesses: int, seed: int, place: str = "/tmp") -> Counted:
    """Every round has a recipient and a code of its own; all guesses bear the same session."""
    dice = random.Random(seed)
    looked_at, uncounted, answers = 0, 0, Counter[str]()
    with ground("codes", engine, place) as where, where.house(where.web()):
        tables = where.tables()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for number in range(rounds):
                visitor, reference = _with_a_code(where, number)
                some = _guesses(_sent(tables, reference), guesses, dice)
                said = Counter(pool.map(partial(_guess, where.url, visitor), some))
                answers += said
                looked_at = max(looked_at, said["right"] + said[CodeVerdict.WRONG.name])
                uncounted += guesses - _tries(tables, reference)
    opened = answers["right"]
    other = sum(count for name, count in answers.items() if name not in ANSWERS)
    return Counted(rounds, rounds * guesses, looked_at, opened, uncounted, other, dict(answers))


def _with_a_code(where: Ground, number: int) -> tuple[Visitor, str]:
    """A recipient whom a code was sent, with a session that all guesses share."""
    reference = f"C-{number}"
    door = {"lines": ["1 Mill Lane"], "locality": "Harbourton", "postcode": "12345", "country": "DE"}
    told = {
        "reference": reference, "parcels": [{"code": f"P-{reference}"}], "address": door | {"timezone": "UTC"},
        "recipient": {"name": "Ann Archer", "email": f"ann{number}@example.org", "language": "en"},
    }  # fmt: skip
    (kept,) = Caller(where.url, where.key).tell("shipments", [told])
    visitor = Visitor(Line(where.url), urlsplit(kept["link"]).path)
    visitor.opens("/verify?for=proof")
    sent = visitor.sends("/verify/code", **{"for": "proof"})
    if sent is None or sent.status != 303:
        raise RuntimeError(f"no code was sent: {sent}")
    return visitor, reference


def _sent(tables: Engine, reference: str) -> str:
    """The code as it stands in the message."""
    asked = text(
        "SELECT m.text FROM messages m JOIN shipments s ON s.id = m.shipment_id"
        " WHERE s.reference = :reference AND m.notice = 'one_time_code'"
    )
    with tables.connect() as connection:
        words = connection.execute(asked, {"reference": reference}).scalars().first()
    found = re.search(rf"\b\d{{{CODE_DIGITS}}}\b", words or "")
    if found is None:
        raise RuntimeError("no code was written")
    return found[0]


def _guesses(right: str, number: int, dice: random.Random) -> list[str]:
    """Different ones, the right one somewhere among them."""
    some = [f"{one:0{CODE_DIGITS}d}" for one in dice.sample(range(10**CODE_DIGITS), number)]
    guesses = [code for code in some if code != right][: number - 1]
    guesses.insert(dice.randrange(number), right)
    return guesses


def _guess(url: str, visitor: Visitor, code: str) -> str:
    """One guess from a browser of its own with the same session; what it was told."""
    mine = Visitor(Line(url), visitor.path, visitor.cookie, visitor.token)
    said = mine.sends("/verify", code=code, **{"for": "proof"})
    mine.line.hang_up()
    assert said is not None
    if said.status == 303:
        return "right"
    told = unescape(said.text)
    return next((one.name for one in CodeVerdict if one.value in told), f"answered {said.status}")


def _tries(tables: Engine, reference: str) -> int:
    """How many guesses the database counted."""
    asked = text(
        "SELECT sum(tries) FROM one_time_codes c JOIN shipments s ON s.id = c.shipment_id"
        " WHERE s.reference = :reference"
    )
    with tables.connect() as connection:
        return int(connection.execute(asked, {"reference": reference}).scalar_one() or 0)
