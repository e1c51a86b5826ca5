"""The words of a language as they are looked up: without accents, with a letter wrong where that is certain."""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from portal.domain.reply_words import TABLES, Concept, Table

C = Concept
# shorter words have too many neighbors: "banana" is one letter from "mañana"
LONG_WORD = 7
LETTERS = str.maketrans({"ł": "l", "đ": "d", "ı": "i", "ø": "o", "æ": "ae", "œ": "oe", "ß": "ss", "ð": "d"})
SPELLED_OUT = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa"})


@lru_cache(maxsize=4096)
def folded(word: str) -> str:
    """A word as it is looked up: small, without accents."""
    plain = unicodedata.normalize("NFKD", word.casefold().translate(LETTERS))
    return "".join(char for char in plain if not unicodedata.combining(char)).translate(LETTERS)


Words = dict[tuple[str, ...], tuple[Concept, ...]]


def _spellings(phrase: str) -> Iterator[tuple[str, ...]]:
    """A phrase of the table as people type it: without accents, or with umlauts spelled out."""
    for form in (phrase.lower(), phrase.lower().translate(SPELLED_OUT)):
        yield tuple(folded(word) for word in re.findall(r"[^\W_]+", form))


@lru_cache(maxsize=16)
def vocabulary(language: str) -> Words:
    """Every phrase of a language with its meanings."""
    return dict(phrases(TABLES[language]))


def phrases(table: Table) -> Iterator[tuple[tuple[str, ...], tuple[Concept, ...]]]:
    """Every spelling of every phrase with its meanings."""
    for key, listed in table.items():
        for phrase in " ".join(listed.split()).split(","):
            for spelling in _spellings(phrase):
                if spelling:
                    yield spelling, key if isinstance(key, tuple) else (key,)


@lru_cache(maxsize=16)
def months(language: str) -> dict[str, int]:
    """The months of a language, from 1."""
    listed = " ".join(TABLES[language][C.MONTH].split()).split(",")
    return {spelling[0]: number for number, name in enumerate(listed, 1) for spelling in _spellings(name)}


@lru_cache(maxsize=16)
def _long_words(language: str) -> dict[str, list[tuple[str, tuple[Concept, ...]]]]:
    """Long single words by their first letter: those in which a wrong letter is forgiven."""
    found: dict[str, list[tuple[str, tuple[Concept, ...]]]] = {}
    for words, concepts in vocabulary(language).items():
        if len(words) == 1 and len(words[0]) >= LONG_WORD:
            found.setdefault(words[0][0], []).append((words[0], concepts))
    return found


@lru_cache(maxsize=4096)
def forgiven(word: str, language: str) -> tuple[Concept, ...]:
    """What a long word with one wrong letter was meant to be, if that is certain."""
    meant = {
        concepts
        for known, concepts in _long_words(language).get(word[:1], ())
        if _one_letter_apart(word, known)
    }
    return meant.pop() if len(meant) == 1 else (C.UNKNOWN,)


def _one_letter_apart(word: str, known: str) -> bool:
    """Whether one letter was left out, doubled, mistaken, or two were swapped."""
    if abs(len(word) - len(known)) > 1 or word == known:
        return word == known
    start = next(
        (at for at, (a, b) in enumerate(zip(word, known, strict=False)) if a != b), min(len(word), len(known))
    )
    rest, other = word[start:], known[start:]
    swapped = len(rest) > 1 and rest[:2] == other[:2][::-1] and rest[2:] == other[2:]
    return swapped or rest[1:] == other[1:] or rest[1:] == other or rest == other[1:]
