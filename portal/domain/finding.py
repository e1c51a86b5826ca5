"""Under which keys a shipment can be found: its words, pairs that belong together, ends of its number, its door.

A key is a number of 64 bits made of a kind and a text, so that all of them fit one narrow index on every database.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations

from portal.domain.clue import plain

LONGEST_WORD = 40
# Of a name, of the lines of an address, of a town; whoever sends more is found by the first ones.
MOST_OF_A_NAME, MOST_OF_LINES, MOST_OF_A_TOWN = 6, 10, 4
MOST_PAIRS = 12
# So many last digits of a phone number have keys; other lengths are looked up under the next shorter one.
ENDS = (4, 5)

DIGIT_GAPS = re.compile(r"[^0-9]")
WORD = re.compile(r"[^\W_]+")


def key(kind: str, text: str) -> int:
    """The number under which a text of that kind is kept, signed, 64 bits."""
    digest = blake2b(f"{kind}:{text}".encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


@lru_cache(maxsize=20_000)
def words_of(text: str) -> tuple[str, ...]:
    """The words of a text as they are kept: lower case, without accents, each once, in order."""
    found = WORD.findall(plain(text))
    return tuple(dict.fromkeys([word[:LONGEST_WORD] for word in found]))


def has_digit(word: str) -> bool:
    """Whether it is a number of a house, a flat or a postcode rather than a name."""
    return not word.isalpha() and any(map(str.isdecimal, word))


@lru_cache(maxsize=50_000)
def word_key(word: str) -> int:
    """The key of one word."""
    return key("w", word)


def postcode_key(postcode: str) -> int:
    """The key of a postcode, given as one word."""
    return key("z", postcode[:LONGEST_WORD])


def keys_of_word(word: str) -> tuple[int, ...]:
    """The keys under which a word of a name or an address may be kept."""
    return (word_key(word), postcode_key(word)) if has_digit(word) else (word_key(word),)


def pair_key(one: str, other: str) -> int:
    """The key of two words that stand together in a name, or of a street and a number."""
    return key("p", "|".join(sorted((one, other))))


def end_key(digits: str) -> int | None:
    """The key under which a number with these last digits is looked for; None when they are too few."""
    length = max((end for end in ENDS if end <= len(digits)), default=0)
    return key("t", digits[-length:]) if length else None


def door_key(country: str, postcode: str, lines: Iterable[str]) -> int:
    """The key of a door, however its address is written; of everybody who lives there."""
    return key("d", f"{country}|{gapless(postcode)}|{' '.join(words_of(' '.join(lines)))}")


def gapless(postcode: str) -> str:
    """A postcode as one word."""
    return "".join(words_of(postcode))[:LONGEST_WORD]


def vocabulary_of(name: str, lines: Sequence[str], locality: str, postcode: str) -> set[str]:
    """The words by which somebody could look for this person and door."""
    name_words, line_words, town = _words(name, lines, locality)
    parts = words_of(postcode)
    return {*name_words, *line_words, *town, *parts, *filter(None, ["".join(parts)[:LONGEST_WORD]])}


def keys_of(
    name: str, lines: Sequence[str], locality: str, postcode: str, country: str, phone: str
) -> set[int]:
    """Every key of a shipment; `phone` in E.164 or empty."""
    name_words, line_words, town = _words(name, lines, locality)
    numbers = [word for word in line_words if has_digit(word)]
    streets = [word for word in line_words if not has_digit(word)]
    pairs = [
        *combinations(name_words[:4], 2),
        *((street, number) for number in numbers for street in streets),
    ]
    parts, digits = words_of(postcode), DIGIT_GAPS.sub("", phone)
    keys = {*map(word_key, name_words), *map(word_key, line_words), *map(word_key, town)}
    keys.update([pair_key(*pair) for pair in pairs[:MOST_PAIRS]])
    keys.update([key("t", digits[-end:]) for end in ENDS if len(digits) >= end])
    keys.add(door_key(country, postcode, lines))
    if parts:
        keys.add(postcode_key("".join(parts)))
    if len(parts) > 1:
        keys.update(map(word_key, parts))
    return keys


def _words(name: str, lines: Sequence[str], locality: str) -> tuple[tuple[str, ...], ...]:
    return (
        words_of(name)[:MOST_OF_A_NAME],
        words_of(" ".join(lines))[:MOST_OF_LINES],
        words_of(locality)[:MOST_OF_A_TOWN],
    )
