"""What a caller's words may be: a link, a reference, a phone number, an email, a name, a street."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200
MOST_WORDS = 6
FEWEST_DIGITS = 4
MOST_DIGITS_OF_AN_ADDRESS = 6
SHORTEST_BEGINNING = 3

IN_A_LINK = re.compile(r"/t/([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")
LINK_CODE = re.compile(r"[A-Za-z0-9_-]{22}")
PHONE = re.compile(r"\+?[0-9 ()./–-]+")
BETWEEN_WORDS = re.compile(r"[\s,;'’`\"()]+")
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"}
WITHOUT_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


@dataclass(frozen=True, slots=True)
class Word:
    """One word with the spellings under which it may be kept; `number` for house numbers and the like."""

    spellings: tuple[str, ...]
    number: bool


@dataclass(frozen=True, slots=True)
class Clue:
    """The typed text read in every way it can be meant; what it cannot be is empty."""

    text: str
    link: str = ""
    email: str = ""
    digits: str = ""
    codes: tuple[str, ...] = ()
    words: tuple[Word, ...] = ()


def folded(text: str) -> str:
    """Text as it is searched: lower case, without accents, single spaces."""
    plain = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())


def read(typed: str) -> Clue:
    """Read what an agent typed or pasted; control characters count as spaces, what follows 200 is dropped."""
    printable = "".join(
        char if unicodedata.category(char)[0] != "C" else " " for char in typed[: LONGEST * 2]
    )
    text = " ".join(printable.split())[:LONGEST].strip()
    if found := IN_A_LINK.search(text):
        return Clue(text, link=found[1])
    if not text:
        return Clue("")
    email, digits = text.lower() if "@" in text and " " not in text else "", _digits(text)
    return Clue(
        text,
        link=text if LINK_CODE.fullmatch(text) else "",
        email=email,
        digits=digits,
        codes=_codes(text),
        words=() if email or len(digits) > MOST_DIGITS_OF_AN_ADDRESS else _words(text),
    )


def _digits(text: str) -> str:
    """The digits of a phone number without trunk zeros, so that its last digits can be compared."""
    digits = re.sub(r"\D", "", text.replace("(0)", "")).lstrip("0") if PHONE.fullmatch(text) else ""
    return digits if FEWEST_DIGITS <= len(digits) <= 17 else ""


def _codes(text: str) -> tuple[str, ...]:
    """Spellings of a reference, a parcel's code or a postcode: as typed, in capitals, small, without gaps."""
    gapless = text.replace(" ", "")
    spelled = (text, text.upper(), text.lower(), gapless, gapless.upper())
    # British postcodes are written with a gap before the last three characters.
    gap = f"{gapless[:-3]} {gapless[-3:]}".upper() if 5 <= len(gapless) <= 7 else text
    return tuple(dict.fromkeys((*spelled, gap)))


def _words(text: str) -> tuple[Word, ...]:
    parts = (part.strip(".:!?#*") for part in BETWEEN_WORDS.split(text))
    words = [_word(part) for part in parts if part]
    return tuple(word for word in words if word.spellings)[:MOST_WORDS]


def _word(part: str) -> Word:
    lower = unicodedata.normalize("NFC", part).lower()
    spelled_out = "".join(UMLAUTS.get(char, char) for char in lower)
    short = folded(lower)
    for long, plain in WITHOUT_UMLAUTS:
        short = short.replace(long, plain)
    spellings = dict.fromkeys(filter(None, (folded(lower), folded(spelled_out), short)))
    return Word(tuple(spellings), part[0].isdigit())
