"""What an answer to one of our texts asks for, by plain rules: all of it must be understood, or nothing is done."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from portal.domain import reply_when
from portal.domain.reply_hours import Unclear
from portal.domain.reply_intents import (
    Automatic,
    Choice,
    Code,
    Expects,
    Intent,
    Locker,
    NewWindow,
    No,
    NotUnderstood,
    Thanks,
    Undo,
    Where,
    Yes,
)
from portal.domain.reply_neighbor import neighbor
from portal.domain.reply_reading import ADDRESS, Piece, Reading, read, tidy
from portal.domain.reply_vocabulary import folded
from portal.domain.reply_when import CONNECTORS, DAYS, PARTS
from portal.domain.reply_words import TABLES, Concept

C = Concept

# words that may stand beside any wish
NEUTRAL = {C.FILLER, C.POLITE, C.ITEM, C.HOME, C.TITLE, C.MAY, C.REQUEST, C.THANKS, C.YES}
TIMES = DAYS | PARTS.keys() | CONNECTORS | {C.NEXT, C.FIGURE, C.PAIR, C.CLOCK}
# a question about the parcel is answered even if it comes with words of anger; but not with these
OTHER_WISHES = {C.NEIGHBOR, C.LOCKER, C.UNDO, C.CODE, C.LATER, C.LEAVE, C.FIGURE, C.PAIR, C.AWAY}
MOST_UNKNOWN_IN_A_QUESTION = 8

# "leave it with Mrs Smith at number 8" needs no word for neighbor
AT_A_NAME = {C.LEAVE, C.TITLE, C.UNKNOWN, C.NUMBER, C.FIGURE}
NUMBERED = {C.ONE: 1, C.TWO: 2, C.THREE: 3}
SIX_DIGITS = re.compile(r"(?<![\d])\d{3}[ -]?\d{3}(?![\d])")
A_CODE_WITH_A_SLIP = re.compile(r"\d{4,8}")

# what machines write: answers of phones and mail programs, and phones that cannot show a reaction
MACHINES = (
    *(
        "automatic reply",
        "auto reply",
        "autoreply",
        "automated message",
        "automated response",
        "out of office",
    ),
    *("out of the office", "i m driving", "im driving", "do not disturb while", "sent from my car"),
    *("i ll get back to you", "mailbox full", "undeliverable", "message blocked"),
    *(
        "automatische antwort",
        "abwesenheitsnotiz",
        "ich fahre gerade",
        "respuesta automatica",
        "fuera de la oficina",
    ),
    *(
        "estoy conduciendo",
        "reponse automatique",
        "absence du bureau",
        "je conduis",
        "automatyczna odpowiedz",
    ),
    *(
        "poza biurem",
        "prowadze samochod",
        "automatisch antwoord",
        "afwezigheidsbericht",
        "ik rijd",
        "otomatik yanit",
    ),
    *("otomatik cevap", "ofis disindayim", "araba kullaniyorum"),
)
REACTION = re.compile(
    r"(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,12} to|removed an? .{1,20} from|"
    r"[^\w\s]{1,4} to)\s?[“\"«„]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What is known beside the words: how many choices were offered, what we asked last, the day at the door."""

    offered: int
    expects: Expects
    today: date


def understand(text: str, language: str, offered: int, expects: Expects, today: date) -> Intent:
    """What a text of at most 1,600 characters asks for.

    The recipient's own language (a BCP 47 tag) is tried first, then all; if others disagree, nothing was
    understood. `offered` is how many numbered choices our last text had, `today` the day at the door.
    """
    said, context = tidy(text), Context(offered, expects, today)
    if _is_automatic(said):
        return Automatic()
    if not said or ADDRESS.search(said):
        return NotUnderstood()
    own = language.replace("_", "-").split("-")[0].lower()
    if own in TABLES and (intent := _in(own, said, context)) is not None:
        return intent
    others = {_in(other, said, context) for other in TABLES if other != own} - {None}
    return (others.pop() or NotUnderstood()) if len(others) == 1 else NotUnderstood()


def _is_automatic(said: str) -> bool:
    words = " ".join(re.findall(r"[^\W_]+", folded(said)))
    return bool(REACTION.match(said)) or any(f" {phrase} " in f" {words} " for phrase in MACHINES)


def _in(language: str, said: str, context: Context) -> Intent | None:
    """What the text means in one language; None where it has words of which this language knows nothing.

    Where every word is known and yet nothing is certain ("no, 2"), no other language may make something of it.
    """
    if (code := _code(said, language, context)) is not None:
        return code
    reading = read(said, language)
    for frame in FRAMES:
        try:
            if (intent := frame(reading, context)) is not None:
                return intent
        except Unclear:
            return NotUnderstood()
    return None if C.UNKNOWN in reading.concepts else NotUnderstood()


def _code(said: str, language: str, context: Context) -> Intent | None:
    """Six digits with nothing but kind words; any number of about that length while we wait for one."""
    found = SIX_DIGITS.findall(said)
    if not found and context.expects is Expects.CODE:
        found = A_CODE_WITH_A_SLIP.findall(said)
    if len(found) != 1:
        return None
    around = read(said.replace(found[0], " ", 1), language).concepts
    if around - {C.FILLER, C.POLITE, C.CODE, C.THANKS, C.YES, C.NUMBER}:
        return None
    return Code("".join(char for char in found[0] if char.isdecimal()))


def _one_word(reading: Reading, context: Context) -> Intent | None:
    """Undo, yes, no and thanks: alone, or with kind words."""
    said = reading.concepts - {C.FILLER, C.POLITE, C.TITLE, C.AND}
    if C.UNDO in said and said <= {C.UNDO, C.MAY, C.THANKS}:
        return Undo()
    if C.NO in said and said <= {C.NO, C.THANKS}:
        return No()
    if C.YES in said and said <= {C.YES, C.THANKS, C.PRAISE}:
        return Yes()
    return Thanks() if said and said <= {C.THANKS, C.PRAISE} else None


def _choice(reading: Reading, context: Context) -> Intent | None:
    """A number that was offered, and no other."""
    named = reading.without(C.FILLER, C.POLITE, C.TITLE, C.MAY, C.REQUEST, C.YES, C.THANKS, C.NUMBER)
    if not context.offered or len(named) != 1:
        return None
    number = NUMBERED.get(named[0].concept) or (
        int(named[0].raw) if named[0].concept is C.FIGURE and named[0].raw.isdecimal() else 0
    )
    return Choice(number) if 1 <= number <= context.offered else None


def _where(reading: Reading, context: Context) -> Intent | None:
    said = reading.concepts
    asks = C.WHERE in said or (C.ASKS in said and C.MAY not in said)
    if asks and said <= NEUTRAL | TIMES - {C.FIGURE, C.PAIR} | {C.WHERE, C.ASKS, C.PRAISE}:
        return Where()
    angry = C.WHERE in said and C.ITEM in said and not said & OTHER_WISHES
    unknown = len([piece for piece in reading.pieces if piece.concept in (C.UNKNOWN, C.NOT)])
    return Where() if angry and unknown <= MOST_UNKNOWN_IN_A_QUESTION else None


def _locker(reading: Reading, context: Context) -> Intent | None:
    said = reading.concepts
    if C.LOCKER not in said or not _only_away_today(said):
        return None
    return (
        Locker() if said <= NEUTRAL | CONNECTORS | {C.LOCKER, C.LEAVE, C.AWAY, C.TODAY, C.NOT_TODAY} else None
    )


def _neighbor(reading: Reading, context: Context) -> Intent | None:
    said = reading.concepts
    asked = context.expects is Expects.NEIGHBOR
    if not _only_away_today(said) or not (asked or C.NEIGHBOR in said or said >= AT_A_NAME):
        return None
    known = (
        NEUTRAL
        | CONNECTORS
        | {C.NEIGHBOR, C.NUMBER, C.LEAVE, C.AWAY, C.TODAY, C.NOT_TODAY, C.FIGURE, C.PAIR, C.UNKNOWN}
    )
    return neighbor(reading, asked) if said <= known else None


def _only_away_today(said: set[Concept]) -> bool:
    """ "Not home today" may come with another wish; any other day would be a second one."""
    return C.TODAY not in said or C.AWAY in said


def _window(reading: Reading, context: Context) -> Intent | None:
    """Another time, named or not. Raises Unclear."""
    said = reading.concepts
    known = NEUTRAL | TIMES | {C.LATER, C.AWAY, C.NOT_TODAY}
    if not said <= (known | {C.ASKS} if C.MAY in said else known):
        return None
    when = reply_when.find(_about_time(reading.pieces), context.today, reading.language)
    if any(piece.concept not in (C.LATER, C.AWAY, C.NOT_TODAY) for piece in when.rest):
        return None
    if C.NOT_TODAY in said:
        # "not today tomorrow" may mean tomorrow, or today and not tomorrow
        return NewWindow(not_before=context.today + timedelta(days=1)) if when.empty else None
    if C.AWAY in said:
        return _away(when.empty, said, context.today)
    if when.empty:
        return NewWindow() if C.LATER in said else None
    return when.window()


def _about_time(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.concept not in NEUTRAL | {C.ASKS}]


def _away(whenever: bool, said: set[Concept], today: date) -> Intent | None:
    """ "Not home" asks for another time, "not home today" for another day; "not home tomorrow" is no wish."""
    if whenever:
        return NewWindow()
    if said & (TIMES - CONNECTORS) == {C.TODAY}:
        return NewWindow(not_before=today + timedelta(days=1))
    return None


Frame = Callable[[Reading, Context], Intent | None]
FRAMES: tuple[Frame, ...] = (_one_word, _choice, _where, _locker, _neighbor, _window)
