"""Words that are spelled alike: a caller's name as it was heard, beside the names there are.

The neighborhood of a word is the word and each spelling with a letter left out, of longer words with two. Two words
that are a slip apart share a spelling there, so that likely words are found by equality and then measured; the idea
is Wolf Garbe's (SymSpell).
"""

import re
from collections.abc import Iterable
from itertools import combinations

from portal.domain.finding import has_digit, key

# Shorter words are all alike.
SHORTEST, TWO_FROM = 4, 8
# Of longer words only the beginning has spellings: as good for finding them, and never more than 37.
BEGINNING = 8
DOUBLED = re.compile(r"(.)\1")


def slips(word: str) -> int:
    """How many slips may be in a word of this length; numbers are right or wrong."""
    if has_digit(word) or len(word) < SHORTEST:
        return 0
    return 2 if len(word) >= TWO_FROM else 1


def neighborhood(word: str) -> set[str]:
    """The spellings under which a word is kept and looked for; empty for those that take no slips."""
    most = slips(word)
    if not most:
        return set()
    head = word[:BEGINNING]
    lengths = range(max(1, len(head) - most), len(head) + 1)
    return {"".join(kept) for length in lengths for kept in combinations(head, length)}


def neighborhood_keys(word: str) -> set[int]:
    """The same as keys."""
    return {key("m", spelling) for spelling in neighborhood(word)}


def distance(one: str, other: str, most: int) -> int:
    """How many letters are added, left out, replaced or swapped with their neighbor; above `most`: `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before: list[int] = []
    last: list[int] = []
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        before, last, row = last, row, [at]
        for there, theirs in enumerate(other, 1):
            cost = min(last[there] + 1, row[there - 1] + 1, last[there - 1] + (letter != theirs))
            if at > 1 < there and letter == other[there - 2] and one[at - 2] == theirs:
                cost = min(cost, before[there - 2] + 1)
            row.append(cost)
        if min(row) > most and (not last or min(last) > most):
            return most + 1
    return min(row[-1], most + 1)


def nearest(word: str, known: Iterable[str], most: int = 6) -> list[str]:
    """The known words that a slip or two turns into this one, the likeliest first; never the word itself."""
    found = []
    for other in set(known) - {word}:
        allowed = min(slips(word), max(1, slips(other)))
        apart = distance(word, other, allowed)
        if 0 < apart <= allowed:
            # doubled letters are not heard, and the first letter is seldom heard wrong
            unlike = (_undoubled(other) != _undoubled(word), other[:1] != word[:1])
            found.append((apart, *unlike, abs(len(other) - len(word)), other))
    return [other for *_, other in sorted(found)][:most]


def _undoubled(word: str) -> str:
    return DOUBLED.sub(r"\1", word)
