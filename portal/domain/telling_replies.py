"""What is said to an agent about texts from the recipient: their words, what they were taken for, what came of it."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from portal.domain.kinds.base import No
from portal.domain.timeline import Entry, Step, Strand, Tone

NOTHING = "nothing"
TAKEN_FOR = {
    "where": "the question where it is",
    "new_window": "a wish for another time",
    "neighbor": "a wish to leave it with a neighbor",
    "locker": "a wish for a locker",
    "code": "a one-time code",
    "choice": "one of the choices we offered",
    "undo": "taking the change back",
    "yes": "a yes",
    "no": "a no",
    "thanks": "kind words",
    "automatic": "written by a machine",
    "stop": "STOP",
    "start": "START",
    "help": "HELP",
}
CAME_OF_IT = {
    "answered": "Answered by text.",
    "obeyed": "Obeyed.",
    "change": "Dispatch was asked for the change.",
    "withdrawn": "The change was taken back.",
}
REFUSED = {
    "NUMBER_TOO_NEW": "The number was put on file less than a day ago.",
    "TOO_MANY_CODES": "As many codes as we may were sent within the hour.",
    "NUMBER_CORRECTED": "This number is no longer the one on file.",
}
SILENT = {
    "our_own_number": "Not answered: it came from a number of our own.",
    "they_said_stop": "Not answered: they asked us not to use this number.",
    "no_answer_needed": "Needs no answer.",
    "nothing_changes": "Nothing changes.",
    "enough_for_a_day": "Not answered: this number had ten answers in a day.",
    "said_before": "Not answered: the same was said within a day.",
    "a_stranger": "Not answered: we never wrote to this number.",
}
A_CODE = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}(?!\d)")
NO_WORDS = "(no words: an empty text, or a picture)"


@dataclass(frozen=True, slots=True)
class Said:
    """A text as it was kept: `understood` names what it was taken for, `became` what came of it (see `came_of_it`)."""

    id: int
    shipment_id: int | None
    sender: str
    text: str
    at: datetime
    understood: str
    became: str
    handled_at: datetime | None = None
    handled_by: str = ""


def of_replies(texts: Iterable[Said]) -> Iterator[Entry]:
    """Each text as an entry."""
    for one in texts:
        lost = one.understood == NOTHING
        seen = one.handled_at is not None
        yield Entry(
            at=one.at,
            strand=Strand.REPLY,
            title="Text from the recipient",
            key=f"reply-{one.id}",
            facts=(taken_for(one), came_of_it(one.became)),
            words=without_codes(one.text),
            state="nobody understood it" if lost and not seen else "",
            steps=(Step(f"Looked after by {one.handled_by}", one.handled_at, Tone.GOOD),) if seen else (),
            tone=Tone.WARN if lost and not seen else Tone.PLAIN,
            by=one.sender,
        )


def taken_for(one: Said) -> str:
    """What a text was taken for, as a sentence."""
    if one.understood == NOTHING:
        return "Our rules could make nothing of it."
    known = TAKEN_FOR.get(one.understood)
    return f"Understood as {known}." if known else "Not read."


def came_of_it(became: str) -> str:
    """`answered:…`, `change:…`, `withdrawn:…`, `refused:<No>`, `silent:<why>` as a sentence."""
    kind, _, more = became.partition(":")
    match kind:
        case "refused":
            because = No[more].value if more in No.__members__ else REFUSED.get(more, "")
            return f"Not possible: {because}" if because else "Not possible."
        case "silent":
            return SILENT.get(more, "Not answered.")
        case _:
            return CAME_OF_IT.get(kind, "")


def without_codes(text: str) -> str:
    """Their words, without what may be a one-time code."""
    return A_CODE.sub("••••••", text) or NO_WORDS
