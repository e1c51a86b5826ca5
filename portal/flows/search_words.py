"""Names and addresses: the words as they are, then as beginnings, then as they may have been meant."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations, product

from sqlalchemy.orm import Session

from portal.domain.clue import SHORTEST_BEGINNING, Word
from portal.domain.finding import keys_of_word, pair_key
from portal.store import search_words as store
from portal.store.search_words import Scope

# Where so few are found with the words as they are, those that begin so are looked for, too.
FEW = 10
# Words that begin so: of the only word, of one of several.
ALONE, AMONG = 300, 40
# A rare pair leads to few; of a common word so many of the newest are looked through for the others.
PAIRS, PAIRS_ALIKE, LOOKED_THROUGH = 4, 40, 20_000
# Of words that are only begun or guessed there are dozens, and each is looked up with dozens: fewer are looked through.
GUESSED_THROUGH = 1_500


@dataclass(frozen=True, slots=True)
class Meant:
    """A typed word that nobody has, and those that are spelled like it; none: it was left out."""

    typed: str
    words: tuple[str, ...]


@dataclass(slots=True)
class Guess:
    """What is found by words that may be misspelled."""

    ids: list[int] = field(default_factory=list)
    meant: tuple[Meant, ...] = ()


def whole(session: Session, scope: Scope, words: Sequence[Word], limit: int) -> list[int]:
    """The newest shipments with all of these words."""
    groups = [_keys(word) for word in words]
    if len(groups) == 1:
        return store.newest(session, scope, groups[0], limit)
    pairs = _pairs(words)
    known = store.common(session, {*pairs, *(key for group in groups for key in group)})
    if not all(any(key in known for key in group) for group in groups):
        return []
    # first name and last name, street and number: hardly anybody else has both
    for pair in sorted(pairs & known.keys(), key=lambda key: known[key])[:PAIRS]:
        if ids := store.together(session, scope, [pair], groups, limit, LOOKED_THROUGH):
            return ids
    return _all_of(session, scope, groups, known, limit, LOOKED_THROUGH)


def beginning(session: Session, scope: Scope, words: Sequence[Word], limit: int) -> list[int]:
    """The newest shipments with words that begin so."""
    most = ALONE if len(words) == 1 else AMONG
    groups = [list(dict.fromkeys((*_keys(word), *_beginnings(session, word, most)))) for word in words]
    if len(groups) == 1:
        return store.newest(session, scope, groups[0], limit)
    known = store.common(session, (key for group in groups for key in group))
    groups = [[key for key in group if key in known] for group in groups]
    return _all_of(session, scope, groups, known, limit, GUESSED_THROUGH) if all(groups) else []


def guessed(session: Session, scope: Scope, words: Sequence[Word], limit: int) -> Guess:
    """The newest shipments with words that are spelled like these; a word like no other is left out."""
    known = store.common(session, (key for word in words for key in _keys(word)))
    corrected: list[Word] = []
    wider: list[Word] = []
    meant = []
    for word in words:
        alike = tuple(dict.fromkeys(near for one in word.spellings for near in store.alike(session, one)))
        as_typed = word.spellings if any(key in known for key in _keys(word)) else ()
        if not as_typed:
            meant.append(Meant(word.spellings[0], alike))
        if as_typed or alike:
            corrected.append(Word(as_typed or alike, word.number))
            wider.append(Word((*as_typed, *alike), word.number))
    if all(word.number for word in corrected):
        return Guess()
    # first only what nobody has is put right, then what is there may be misheard as well
    ids = _all_alike(session, scope, corrected, limit)
    if not ids and wider != corrected:
        ids = _all_alike(session, scope, wider, limit)
    return Guess(ids, tuple(meant))


def _all_alike(session: Session, scope: Scope, words: Sequence[Word], limit: int) -> list[int]:
    """The newest shipments with one spelling of each word, first where two of them belong together."""
    groups = [_keys(word) for word in words]
    if len(groups) == 1:
        return store.newest(session, scope, groups[0], limit)
    pairs = _pairs(words)
    known = store.common(session, {*pairs, *(key for group in groups for key in group)})
    together = sorted(pairs & known.keys(), key=lambda key: known[key])[:PAIRS_ALIKE]
    ids = store.together(session, scope, together, groups, limit, GUESSED_THROUGH)
    return ids or _all_of(session, scope, groups, known, limit, GUESSED_THROUGH)


def _pairs(words: Sequence[Word]) -> set[int]:
    return {
        pair_key(left, right)
        for one, other in combinations(words, 2)
        if not (one.number and other.number)
        for left, right in product(one.spellings, other.spellings)
    }


def _all_of(
    session: Session,
    scope: Scope,
    groups: Sequence[Sequence[int]],
    known: dict[int, tuple[int, int]],
    limit: int,
    through: int,
) -> list[int]:
    """The rarest word leads, the others are looked up with it."""
    sizes = [(sum(known.get(key, (0, 0))[0] for key in group), len(group)) for group in groups]
    oldest = [min((known[key][1] for key in group if key in known), default=0) for group in groups]
    lead = min(range(len(groups)), key=lambda at: (sizes[at], oldest[at]))
    others = [group for at, group in enumerate(groups) if at != lead]
    look = max(limit, through // len(groups[lead]))
    return store.together(session, scope, groups[lead], others, limit, look)


def _keys(word: Word) -> list[int]:
    return list(dict.fromkeys(key for spelling in word.spellings for key in keys_of_word(spelling)))


def _beginnings(session: Session, word: Word, most: int) -> list[int]:
    long = [one for one in word.spellings if word.number or len(one) >= SHORTEST_BEGINNING]
    return store.keys_of_words(known for one in long for known in store.beginnings(session, one, most))
