"""How what we hold about a person is blanked: each treatment in one word, and what JSON keeps of itself.

Which column gets which treatment is said in one place, `personal_tables.py`.
"""

import json
import re
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any


class Treatment(StrEnum):
    """What becomes of a column when its person is forgotten."""

    BLANK = "blanked: empty words, no number, an empty list"
    SCRUBBED = "JSON in which only names of things, moments and numbers stay"
    STORY = "events without place, note and proof"
    TO_PEOPLE = "blanked in messages to people; a webhook keeps the address it goes to"
    BODY = "blanked in messages to people; in webhooks scrubbed"
    REPLY = "blanked in answers to texts, which quote them"
    FRESH = "replaced by new random letters, so that the old link leads nowhere"


class Of(StrEnum):
    """By what a table's rows belong to a shipment; those of a fingerprint or a word belong to a person of none."""

    SELF = "id"
    SHIPMENT = "shipment_id"
    MESSAGE = "message_id"
    CHANGE = "change_id"
    FINGERPRINT = "fingerprint"
    WORD = "word"


# Strings under these names tell of things, not of people. Whatever else is a string is emptied, unless it is a moment.
_THINGS = """
    action actor answer answered_by by cause change change_id changed_by channel code currency decided_by event_id form
    from_name group happening how id if_unanswered kind language life locker matter method not_sent notice over owner
    picture reason_code reply_to role severity shipment shipper size slot sort standing state status told_how type unit
    way what
"""
THINGS = frozenset(_THINGS.split())
# A locker is a public place: what it is called and where it stands tells nothing of whoever collects there.
OF_A_LOCKER = frozenset({"name", "address"})
PLACES_ON_EARTH = frozenset({"lat", "lng", "latitude", "longitude"})
# Of an event's line the first five say what happened, when and why; then come place, note, proof and what it corrects.
WORDS_OF_A_LINE = (5, 6, 7)
SHORTEST_NEEDLE = 2
SOMEBODY = "[somebody]"


def scrubbed(value: Any, things: frozenset[str] = THINGS) -> Any:
    """JSON in its shape, without what could be somebody's: strings are emptied, coordinates are null."""
    if isinstance(value, str):
        return value if _is_moment(value) else ""
    if isinstance(value, list | tuple):
        return [scrubbed(one, things) for one in value]
    if not isinstance(value, Mapping):
        return value
    known = things | OF_A_LOCKER if value.get("kind") == "locker" or "locker" in value else things
    return {name: _scrubbed_under(name, one, known) for name, one in value.items()}


def _scrubbed_under(name: str, value: Any, things: frozenset[str]) -> Any:
    if name in PLACES_ON_EARTH:
        return None
    if isinstance(value, str) and name in things:
        return value
    return scrubbed(value, things)


def _is_moment(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return not text.isdecimal()


def bare_line(line: list[Any]) -> list[Any]:
    """An event's line without the words of its place, note and proof; empty tails are cut as they always are."""
    bare = ["" if at in WORDS_OF_A_LINE else one for at, one in enumerate(line)]
    while len(bare) > 3 and not bare[-1]:
        bare.pop()
    return bare


def bare_story(value: Any) -> Any:
    """The events of a shipment, or one of them beside its row, without words."""
    if isinstance(value, Mapping):
        return {**value, "line": bare_line(list(value.get("line", ())))}
    return [bare_line(line) for line in value]


def bare_body(text: str) -> str:
    """A webhook's body, scrubbed; it stays JSON that dispatch can read when it is called again."""
    try:
        return json.dumps(scrubbed(json.loads(text)), ensure_ascii=False, separators=(",", ":"))
    except ValueError:
        return ""


def striking(needles: Collection[str]) -> re.Pattern[str] | None:
    """What finds these words where they stand by themselves, in any case; None where there is nothing to find."""
    long = sorted(
        {one.strip() for one in needles if len(one.strip()) >= SHORTEST_NEEDLE}, key=len, reverse=True
    )
    if not long:
        return None
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, long))})(?!\w)", re.IGNORECASE)


def struck(value: Any, needles: re.Pattern[str]) -> Any:
    """Text or JSON in which somebody else is only called somebody."""
    if isinstance(value, str):
        return needles.sub(SOMEBODY, value)
    if isinstance(value, list | tuple):
        return [struck(one, needles) for one in value]
    if isinstance(value, Mapping):
        return {name: struck(one, needles) for name, one in value.items()}
    return value


def words_in(value: Any) -> Iterable[str]:
    """Every text in a value, for a vocabulary that has to forget them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for one in value:
            yield from words_in(one)
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from words_in(one)
