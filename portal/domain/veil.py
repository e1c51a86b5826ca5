"""A timeline as it is shown before somebody gave a reason to see contacts: numbers and addresses in it are masked.

The exact words of a message stay: they went to the recipient, and hold no number or address of theirs. Their links
are cut where whoever reads them may not act: a link opens the page to whoever holds it.
"""

import re
from dataclasses import replace

from portal.domain import masking
from portal.domain.timeline import Entry, Step, Strand, Timeline

# Whom a message went to and who wrote a text are numbers and addresses; elsewhere `by` names a colleague or a role.
BY_CONTACT = {Strand.MESSAGE, Strand.REPLY}

# A colleague is named by their address in our own sentences.
COLLEAGUE = re.compile(r"\b(?:Looked after|Answered|Sent again|Written) by [^\s@]+@[^\s:,]+")
LINK = re.compile(r"/([tnu])/[\w-]{22}")
# Also who may act for the recipient never answers for a neighbor.
NEIGHBORS_LINK = re.compile(r"/(n)/[\w-]{22}")
QUOTES = (
    "Place: ",
    "About: ",
    "Asked: ",
    "Seen by the driver: ",
    "Done as asked: ",
    "Not done as asked: ",
    "Change ",
)


def veiled(timeline: Timeline) -> Timeline:
    """The same timeline without contacts."""
    return replace(timeline, entries=tuple(map(veiled_entry, timeline.entries)))


def veiled_entry(entry: Entry) -> Entry:
    """One entry without contacts."""
    if not _holds_any(entry):
        return entry
    return replace(
        entry,
        title=_sentence(entry.title),
        facts=tuple(map(_sentence, entry.facts)),
        why=tuple(map(_sentence, entry.why)),
        words=_words(entry.words) if entry.own_words else entry.words,
        steps=tuple(map(_step, entry.steps)),
        by=masking.contact(entry.by) if entry.strand in BY_CONTACT else entry.by,
    )


def closed(timeline: Timeline, links: re.Pattern[str] = LINK) -> Timeline:
    """The same timeline without these links."""
    return replace(timeline, entries=tuple(closed_entry(one, links) for one in timeline.entries))


def closed_entry(entry: Entry, links: re.Pattern[str] = LINK) -> Entry:
    """One entry without these links."""
    said = (entry.words, *entry.facts, *(step.text for step in entry.steps))
    if not any(map(links.search, said)):
        return entry

    def cut(text: str) -> str:
        return links.sub(r"/\1/…", text)

    return replace(
        entry,
        facts=tuple(map(cut, entry.facts)),
        words=cut(entry.words),
        steps=tuple(replace(step, text=cut(step.text)) for step in entry.steps),
    )


def _holds_any(entry: Entry) -> bool:
    """Whether there is anything to look at: of most entries there is not, and there are hundreds on a page."""
    if entry.strand in BY_CONTACT or (entry.own_words and entry.words) or _may_hold(entry.title):
        return True
    said = (*entry.facts, *entry.why, *(step.text for step in entry.steps))
    return any(map(_may_hold, said))


def _step(step: Step) -> Step:
    return replace(step, text=_sentence(step.text)) if _may_hold(step.text) else step


def _words(text: str) -> str:
    return masking.in_text(text) if text else text


def _sentence(text: str) -> str:
    if not _may_hold(text):
        return text
    named = COLLEAGUE.search(text)
    if named is None:
        return masking.in_text(text)
    before, after = text[: named.start()], text[named.end() :]
    return f"{masking.in_text(before)}{named[0]}{masking.in_text(after)}"


def _may_hold(text: str) -> bool:
    """Our own sentences name events by their ids, which are no numbers to call; some of them quote somebody."""
    return "@" in text or "+" in text or text.startswith(QUOTES)
