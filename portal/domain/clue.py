"""What a caller's words may be: a link, an id, a reference, a phone number, an email, a name, a street."""

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 200
MOST_WORDS = 6
FEWEST_DIGITS = 4
MOST_DIGITS_OF_AN_ADDRESS = 6
SHORTEST_BEGINNING = 3
LONGEST_LOCKER_CODE = 40

IN_A_LINK = re.compile(r"/t/([A-Za-z0-9_-]{22})(?![A-Za-z0-9_-])")
LINK_CODE = re.compile(r"[A-Za-z0-9_-]{22}")
# Ours stands in the addresses that carriers call and in the console's own; theirs is of Twilio, or a word with digits.
OUR_ID = re.compile(r"(?<![0-9a-f])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])", re.IGNORECASE)
TWILIO_ID = re.compile(r"(?<![A-Za-z0-9])(?:SM|MM)[0-9a-f]{32}(?![0-9a-f])")
CARRIERS_ID = re.compile(r"(?=\D*\d)[A-Za-z0-9_.-]{10,120}")
PHONE = re.compile(r"\+?[0-9 ()./–-]+")
BETWEEN_WORDS = re.compile(r"[^\w]+|_+")
UMLAUTS = {"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"}
# What has no accent to take off, but is typed without it.
LETTERS = str.maketrans({"ł": "l", "ı": "i", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th"})
WITHOUT_UMLAUTS = (("ae", "a"), ("oe", "o"), ("ue", "u"))


@dataclass(frozen=True, slots=True)
class Word:
    """One word with the spellings under which it may be kept; `number` for house numbers and the like."""

    spellings: tuple[str, ...]
    number: bool


@dataclass(frozen=True, slots=True)
class Clue:
    """The typed text read in every way it can be meant; what it cannot be is empty.

    `our_id` is of a message or a change, `carrier_ids` are a carrier's own of a message.
    """

    text: str
    link: str = ""
    our_id: str = ""
    carrier_ids: tuple[str, ...] = ()
    email: str = ""
    digits: str = ""
    locker_code: str = ""
    codes: tuple[str, ...] = ()
    postcode: str = ""
    words: tuple[Word, ...] = ()

    @property
    def feels(self) -> bool:
        """Whether it may feel its way to what nobody is shown: a masked number, a locker's code."""
        return bool(self.digits or self.email) or self.locker_code.isdecimal()


def folded(text: str) -> str:
    """Text as it is searched: lower case, without accents, single spaces."""
    if text.isascii():
        return " ".join(text.lower().split())
    apart = unicodedata.normalize("NFKD", text)
    return " ".join("".join(char for char in apart if not unicodedata.combining(char)).casefold().split())


def plain(text: str) -> str:
    """The same in the letters that every keyboard has, as far as there are such."""
    return folded(text).translate(LETTERS)


def read(typed: str) -> Clue:
    """Read what an agent typed or pasted; control characters count as spaces, what follows 200 is dropped."""
    printable = "".join(
        char if unicodedata.category(char)[0] != "C" else " " for char in typed[: LONGEST * 2]
    )
    text = " ".join(printable.split())[:LONGEST].strip()
    if found := IN_A_LINK.search(text):
        return Clue(text, link=found[1])
    if found := OUR_ID.search(text):
        return Clue(text, our_id=found[0].lower())
    if found := TWILIO_ID.search(text):
        return Clue(text, carrier_ids=(found[0],))
    if not text:
        return Clue("")
    email, digits = text.lower() if "@" in text and " " not in text else "", _digits(text)
    return Clue(
        text,
        link=text if LINK_CODE.fullmatch(text) else "",
        carrier_ids=_carrier_ids(text),
        email=email,
        digits=digits,
        locker_code=_locker_code(text),
        codes=() if email else _codes(text),
        postcode=_postcode(text),
        words=() if email or len(digits) > MOST_DIGITS_OF_AN_ADDRESS else _words(text),
    )


def _digits(text: str) -> str:
    """The digits of a phone number without trunk zeros, so that its last digits can be compared."""
    digits = re.sub(r"[^0-9]", "", text.replace("(0)", "")) if PHONE.fullmatch(text) else ""
    # a number is dialed with zeros before it; a few last digits are typed as they are heard
    digits = digits.lstrip("0") if len(digits) > MOST_DIGITS_OF_AN_ADDRESS else digits
    return digits if FEWEST_DIGITS <= len(digits) <= 17 else ""


def _carrier_ids(text: str) -> tuple[str, ...]:
    """SendGrid's webhooks add to an id where in their house it was; only what stands before the dot is kept."""
    if not CARRIERS_ID.fullmatch(text):
        return ()
    return tuple(dict.fromkeys((text, text.partition(".")[0])))


def _locker_code(text: str) -> str:
    """What a locker's keypad takes: digits, perhaps letters, in groups or not."""
    gapless = "".join(filter(str.isalnum, text))
    fits = 4 <= len(gapless) <= LONGEST_LOCKER_CODE and any(map(str.isdecimal, gapless))
    return gapless.upper() if fits else ""


def _codes(text: str) -> tuple[str, ...]:
    """Spellings of a reference or a parcel's code: as typed, in capitals, small, without gaps."""
    gapless = text.replace(" ", "")
    return tuple(dict.fromkeys((text, text.upper(), text.lower(), gapless, gapless.upper(), gapless.lower())))


def _postcode(text: str) -> str:
    """A postcode as one word; every land's has digits and at most ten signs."""
    gapless = re.sub(r"[\W_]", "", plain(text))
    return gapless if 3 <= len(gapless) <= 10 and any(map(str.isdecimal, gapless)) else ""


def _words(text: str) -> tuple[Word, ...]:
    words = [_word(part) for part in BETWEEN_WORDS.split(text) if part]
    return tuple(dict.fromkeys(word for word in words if word.spellings))[:MOST_WORDS]


def _word(part: str) -> Word:
    lower = unicodedata.normalize("NFC", part).lower()
    spelled_out = "".join(UMLAUTS.get(char, char) for char in lower)
    short = plain(lower)
    for long, letter in WITHOUT_UMLAUTS:
        short = short.replace(long, letter)
    spellings = dict.fromkeys(filter(None, (plain(lower), plain(spelled_out), short)))
    return Word(tuple(spellings), any(map(str.isdecimal, part)))
