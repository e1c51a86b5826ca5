"""Somebody's text as pieces with a meaning: words and phrases of one language, figures, times, and the unknown."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest

from portal.domain.reply_vocabulary import folded, forgiven, vocabulary
from portal.domain.reply_words import Concept

C = Concept
LONGEST, MOST_PIECES, LONGEST_PHRASE = 1_600, 60, 7

HANDS = {
    "👍": C.YES,
    "👌": C.YES,
    "✅": C.YES,
    "👎": C.NO,
    "❌": C.NO,
    "🙏": C.THANKS,
    "❤": C.THANKS,
    "😊": C.FILLER,
}

LEXEMES = re.compile(
    r"""(?P<date>(?<!\d)\d{4}-\d{1,2}-\d{1,2}(?!\d) | (?<!\d)\d{1,2}([./])\s?\d{1,2}\2\s?(?:20)?\d\d(?![\d:])
               | (?<!\d)\d{1,2}\.\s?\d{1,2}\.(?!\d))
      | (?P<clock>(?<!\d)\d{1,2}(?:[:h.]\d\d|[:h.]?(?:\d\d)?\s?[ap]m\b)(?![\d]))
      | (?P<pair>(?<!\d)\d{1,4}\s?[-–/]\s?\d{1,4}[a-z]?(?![\d\w]))
      | (?P<figure>\d+(?:\s?[b-h]\b|[a-z]\b)?)
      | (?P<word>[^\W\d_]+)
      | (?P<hand>[👍👌✅👎❌🙏❤😊])""",
    re.VERBOSE | re.IGNORECASE,
)
# an address of the web, whatever else the text says
ADDRESS = re.compile(r"://|www\.|@|[^\W\d_]{2}\.[^\W\d_]{2}", re.IGNORECASE)
DOTTED = re.compile(r"\b([ap])\.\s?m\b\.?", re.IGNORECASE)
# a house number is often introduced by what also means no: "no 12", "n° 12"
ALSO_NUMBER = {"no", "n"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text: what it stands for, how it was written, and where (from, to) in the tidied text."""

    concept: Concept
    raw: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A text in one language: its pieces in order, and the tidied text they were cut from."""

    language: str
    text: str
    pieces: tuple[Piece, ...]

    @property
    def concepts(self) -> set[Concept]:
        """All meanings."""
        return {piece.concept for piece in self.pieces}

    def without(self, *concepts: Concept) -> list[Piece]:
        """The pieces that stand for something else."""
        return [piece for piece in self.pieces if piece.concept not in concepts]


def tidy(text: str) -> str:
    """At most 1,600 characters, in one spelling: composed, figures of any script as ours, no control characters."""
    known = unicodedata.normalize("NFKC", text[: LONGEST * 2])
    chars = (_tidy(char) for char in known)
    return DOTTED.sub(r"\1m", " ".join("".join(chars).split()))[:LONGEST]


def _tidy(char: str) -> str:
    if char.isascii() and char.isprintable():
        return char
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return " " if unicodedata.category(char)[0] in "CZ" else char


def read(text: str, language: str) -> Reading:
    """A tidied text in one language."""
    lexed = list(_lexemes(text))
    pieces: list[Piece] = []
    at = 0
    while at < len(lexed):
        concepts, length = _meaning(lexed, at, language)
        first, last = lexed[at], lexed[at + length - 1]
        raw = text[first.start : last.end]
        pieces += [Piece(concept, raw, first.start, last.end) for concept in concepts]
        at += length
    return Reading(language, text, tuple(_in_context(pieces, text, language)))


def _lexemes(text: str) -> Iterator[Piece]:
    """Figures and words as they stand; a text of too many is nobody's answer."""
    for count, found in enumerate(LEXEMES.finditer(text)):
        if count > MOST_PIECES:
            yield Piece(C.UNKNOWN, "", found.start(), found.start())
            return
        kind, raw = found.lastgroup or "", found.group()
        concept = {
            "word": C.UNKNOWN,
            "hand": HANDS.get(raw, C.FILLER),
            "figure": C.FIGURE,
            "pair": C.PAIR,
            "clock": C.CLOCK,
            "date": C.DATE,
        }[kind]
        yield Piece(concept, raw, found.start(), found.end())


def _meaning(lexed: list[Piece], at: int, language: str) -> tuple[tuple[Concept, ...], int]:
    """What stands at this place: the meanings of the longest phrase we know, and how many words it takes."""
    piece = lexed[at]
    if piece.concept is not C.UNKNOWN:
        return (piece.concept,), 1
    known = vocabulary(language)
    words: list[str] = []
    for one in lexed[at : at + LONGEST_PHRASE]:
        if one.concept is not C.UNKNOWN:
            break
        words.append(folded(one.raw))
    for length in range(len(words), 0, -1):
        if (concepts := known.get(tuple(words[:length]))) is not None:
            return concepts, length
    return forgiven(words[0] if words else "", language), 1


def _in_context(pieces: list[Piece], text: str, language: str) -> Iterator[Piece]:
    """`no 12` is a number, `no, 12` is not; a French `ou` between other words is "or", not "where"."""
    before: Piece | None = None
    for piece, after in zip_longest(pieces, pieces[1:]):
        introduces = (
            piece.concept in (C.NO, C.NOT)
            and folded(piece.raw) in ALSO_NUMBER
            and after is not None
            and after.concept in (C.FIGURE, C.PAIR)
            and not set(text[piece.end : after.start]) & set(",;:!?")
        )
        joins = language == "fr" and piece.raw.lower() == "ou" and before is not None
        yield replace(piece, concept=C.NUMBER if introduces else C.NOT) if introduces or joins else piece
        before = piece
