"""What is folded away in a timeline so that the story is seen: runs of quiet entries, long words, many steps."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.domain.timeline import Entry, Step, Strand

# So many quiet entries that follow each other become one line.
RUN = 3
LONG_WORDS, LONG_LINES = 400, 6
SHOWN_WORDS = 110
# The first steps say how it began and the last ones how it ended.
FIRST_STEPS, LAST_STEPS = 2, 3

CALLED = {
    Strand.WINDOW: ("window", "windows"),
    Strand.VIEW: ("page view", "page views"),
    Strand.DISPATCH: ("call to dispatch", "calls to dispatch"),
    Strand.AGENT: ("look of an agent", "looks of agents"),
}
USUALLY = ("entry", "entries")


@dataclass(frozen=True, slots=True)
class Run:
    """Quiet entries that follow each other, newest first."""

    entries: tuple[Entry, ...]

    @property
    def words(self) -> str:
        """What is in it, such as `4 windows, 2 page views`."""
        counts = Counter(entry.strand for entry in self.entries)
        return ", ".join(
            f"{count} {CALLED.get(strand, USUALLY)[count > 1]}" for strand, count in counts.items()
        )


def folded(entries: Iterable[Entry]) -> list[Entry | Run]:
    """The entries in their order, long runs of quiet ones as one."""
    shown: list[Entry | Run] = []
    run: list[Entry] = []
    for entry in entries:
        if entry.quiet:
            run.append(entry)
            continue
        shown += _run(run)
        run = []
        shown.append(entry)
    return shown + _run(run)


def _run(entries: list[Entry]) -> list[Entry | Run]:
    return [Run(tuple(entries))] if len(entries) >= RUN else list(entries)


def is_long(words: str) -> bool:
    """Whether somebody's words are folded away behind their beginning."""
    return len(words) > LONG_WORDS or words.count("\n") >= LONG_LINES


def beginning(words: str) -> str:
    """As much of long words as stands before they are opened."""
    line = words.strip().partition("\n")[0]
    return f"{line[:SHOWN_WORDS].rstrip()} …"


def parted(steps: Sequence[Step]) -> tuple[Sequence[Step], Sequence[Step], Sequence[Step]]:
    """The first steps, those that are folded away, and the last ones."""
    if len(steps) <= FIRST_STEPS + LAST_STEPS + 1:
        return steps, (), ()
    return steps[:FIRST_STEPS], steps[FIRST_STEPS:-LAST_STEPS], steps[-LAST_STEPS:]
