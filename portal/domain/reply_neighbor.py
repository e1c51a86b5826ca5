"""The neighbor in somebody's text: a house number, and a name where what stands beside it can only be one."""

import re
from collections.abc import Sequence
from itertools import pairwise

from portal.domain.reply_intents import Neighbor
from portal.domain.reply_reading import Piece, Reading
from portal.domain.reply_vocabulary import folded
from portal.domain.reply_words import Concept

C = Concept

# they belong to a name: de Vries, van den Berg, von der Heide
PARTICLES = {
    "de",
    "van",
    "der",
    "den",
    "von",
    "zu",
    "ten",
    "ter",
    "la",
    "le",
    "el",
    "di",
    "da",
    "dos",
    "du",
    "al",
}
NAME = re.compile(r"[^\W\d_]+(?:(?: | ?- ?|['’])[^\W\d_]+){0,3}")
HOUSE_NUMBER = re.compile(r"[1-9]\d{0,3}[a-z]?(?:[-/][1-9]\d{0,3}[a-z]?)?")
MOST_UNKNOWN, LONGEST_NAME = 3, 60

FIGURES = {C.FIGURE, C.PAIR}
LEADS_TO_A_NAME = FIGURES | {C.NEIGHBOR, C.TITLE, C.NUMBER}
# what may follow a name: a second sentence must not
ENDS = {C.POLITE, C.THANKS, C.NUMBER, C.TITLE, C.LEAVE, C.NEIGHBOR, C.AT, C.AFTER, C.BEFORE, C.YES, *FIGURES}


def neighbor(reading: Reading, asked: bool) -> Neighbor | None:
    """The neighbor that was named; None if it is not certain which. `asked`: we asked for name and number."""
    pieces = reading.pieces
    figures = [piece for piece in pieces if piece.concept in FIGURES]
    if len(figures) > 1 or _is_an_hour(pieces) or _is_away(pieces):
        return None
    number = _house_number(figures[0].raw) if figures else ""
    unknown = [at for at, piece in enumerate(pieces) if piece.concept is C.UNKNOWN]
    name = _name(reading, unknown, asked) if unknown else ""
    said_neighbor = C.NEIGHBOR in reading.concepts
    if number is None or name is None or not (said_neighbor or number or name):
        return None
    return Neighbor(number, name)


def _is_away(pieces: Sequence[Piece]) -> bool:
    """ "Not home, neighbor 12" is a wish; "neighbor 12 is not home" is none."""
    concepts = [piece.concept for piece in pieces]
    return C.AWAY in concepts and C.NEIGHBOR in concepts[: concepts.index(C.AWAY)]


def _is_an_hour(pieces: Sequence[Piece]) -> bool:
    """ "After 5" and "5 o'clock" are no house numbers."""
    return any(
        (one.concept in (C.AFTER, C.BETWEEN) and after.concept in FIGURES)
        or (one.concept in FIGURES and after.concept in (C.HOUR, C.AND))
        for one, after in pairwise(pieces)
    )


def _house_number(raw: str) -> str | None:
    """`12`, `12b`, `12-14`, `12/3`; None if it is none."""
    number = "".join(raw.split()).replace("–", "-").lower()
    return number if HOUSE_NUMBER.fullmatch(number) else None


def _name(reading: Reading, unknown: Sequence[int], asked: bool) -> str | None:
    """The unknown words as a name: one run of them, right beside the number or the word for a neighbor."""
    pieces = reading.pieces
    first, last = unknown[0], unknown[-1]
    between = pieces[first : last + 1]
    if len(unknown) > MOST_UNKNOWN or any(
        piece.concept is not C.UNKNOWN and folded(piece.raw) not in PARTICLES for piece in between
    ):
        return None
    while (
        first > 0
        and folded(pieces[first - 1].raw) in PARTICLES
        and first > 1
        and (pieces[first - 2].concept in FIGURES or folded(pieces[first - 2].raw) in PARTICLES)
    ):
        first -= 1
    before, after = pieces[:first], pieces[last + 1 :]
    alone = asked and all(piece.concept in (C.FILLER, C.POLITE) for piece in before)
    if not (alone or _leads(before) or _leads(after[::-1])) or not _ends(after):
        return None
    raw = reading.text[pieces[first].start : pieces[last].end]
    if len(raw) > LONGEST_NAME or not NAME.fullmatch(raw):
        return None
    return raw.title() if raw.islower() else raw


def _leads(pieces: Sequence[Piece]) -> bool:
    """Whether what stands nearest leads to a name, with at most one small word between."""
    if not pieces:
        return False
    if pieces[-1].concept in LEADS_TO_A_NAME:
        return True
    small = pieces[-1].concept in (C.FILLER, C.POLITE, C.AT, C.BEFORE)
    return small and len(pieces) > 1 and pieces[-2].concept in LEADS_TO_A_NAME


def _ends(pieces: Sequence[Piece]) -> bool:
    """Whether what follows a name only says where, or please."""
    last_figure = max((at for at, piece in enumerate(pieces) if piece.concept in FIGURES), default=-1)
    return all(piece.concept in ENDS for piece in pieces[last_figure + 1 :]) and all(
        piece.concept in ENDS | {C.FILLER} for piece in pieces[: last_figure + 1]
    )
