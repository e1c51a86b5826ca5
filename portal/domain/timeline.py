"""One timeline of all that happened about a shipment: its entries, and how they are woven."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from itertools import chain


class Strand(StrEnum):
    """What an entry tells of, causes first: an event moves a window, that makes a message."""

    EVENT = "event"
    DOOR = "door"
    REPLY = "reply"
    CHANGE = "change"
    WINDOW = "window"
    DISPATCH = "dispatch"
    CODE = "code"
    MESSAGE = "message"
    VIEW = "view"
    NOTE = "note"
    AGENT = "agent"


ORDER = {strand: place for place, strand in enumerate(Strand)}


class Tone(StrEnum):
    """Whether an entry is as it should be."""

    PLAIN = "plain"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


NOT_WELL = {Tone.WARN, Tone.BAD}


@dataclass(frozen=True, slots=True)
class Step:
    """What became of an entry later on, such as an attempt or a receipt; `at` None where no time was kept."""

    text: str
    at: datetime | None = None
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. `facts` are our sentences; `words` are somebody's own, shown as they are.

    `key` is the entry's address on the page, the same for ever; `state` is where it stands, `span` a window or the
    first and last time. `why` names the rules that made or stopped it. `undone`: a later entry took it back. `quiet`:
    all is as it should be, and it may be folded away among its like. `message_id` is set where an agent may send the
    words again. `own_words`: somebody wrote `words` themselves, so they may hold a number or an address. `pictures`:
    (name, what it is) of what can be looked at.
    """

    at: datetime
    strand: Strand
    title: str
    key: str = ""
    facts: tuple[str, ...] = ()
    subject: str = ""
    words: str = ""
    span: tuple[datetime, datetime] | None = None
    steps: tuple[Step, ...] = ()
    tone: Tone = Tone.PLAIN
    state: str = ""
    undone: bool = False
    by: str = ""
    message_id: str = ""
    pictures: tuple[tuple[str, str], ...] = ()
    why: tuple[str, ...] = ()
    quiet: bool = False
    own_words: bool = True

    @property
    def is_problem(self) -> bool:
        """Whether it is not as it should be."""
        return self.undone or self.tone in NOT_WELL

    def saying(self, *reasons: str) -> "Entry":
        """The same entry with more reasons."""
        return replace(self, why=(*self.why, *reasons))

    @property
    def order(self) -> tuple[datetime, int, str]:
        """The order in which a timeline is read, oldest first."""
        return (self.at, ORDER[self.strand], self.key)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which entries are shown: of some strands (none named: of all), and perhaps only what is not as it should be."""

    strands: frozenset[Strand] = frozenset()
    problems: bool = False

    @property
    def everything(self) -> bool:
        """Whether nothing is left out."""
        return not self.strands and not self.problems

    def takes(self, entry: Entry) -> bool:
        """Whether this entry is shown."""
        wanted = not self.strands or entry.strand in self.strands
        return wanted and (entry.is_problem or not self.problems)


EVERYTHING = Choice()


@dataclass(frozen=True, slots=True)
class Timeline:
    """Entries to show, newest first; how many each strand has in all, and how many are not as they should be."""

    entries: tuple[Entry, ...]
    counts: dict[Strand, int]
    total: int
    problems: int = 0


def weave(strands: Iterable[Iterable[Entry]], choice: Choice = EVERYTHING) -> Timeline:
    """One timeline from many strands, newest first; a choice shows some, but all are counted."""
    woven = _gather_looks(sorted(chain.from_iterable(strands), key=lambda entry: entry.order))
    counts = Counter(entry.strand for entry in woven)
    shown = [entry for entry in woven if choice.takes(entry)]
    problems = sum(entry.is_problem for entry in woven)
    return Timeline(tuple(reversed(shown)), dict(counts), len(woven), problems)


LOOKED = "Looked at this page"


def _gather_looks(entries: Sequence[Entry]) -> list[Entry]:
    """Looks of one person that follow each other become one entry, or they would bury the story."""
    gathered: list[Entry] = []
    runs: list[int] = []
    for entry in entries:
        last = gathered[-1] if gathered else None
        if last and entry.title == last.title == LOOKED and entry.by == last.by:
            first_at = last.span[0] if last.span else last.at
            gathered[-1] = replace(entry, key=last.key, span=(first_at, entry.at))
            runs[-1] += 1
        else:
            gathered.append(entry)
            runs.append(1)
    return [
        replace(entry, title=f"{LOOKED} {run} times") if run > 1 else entry
        for entry, run in zip(gathered, runs, strict=True)
    ]
