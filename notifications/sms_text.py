"""What a text costs and what a phone shows: the GSM-7 alphabet, segments, and typographic look-alikes.

Alphabet and lengths after 3GPP TS 23.038: 160 characters alone or 153 a part in GSM-7, 70 or 67 in UCS-2. One
character outside the alphabet turns the whole text to UCS-2 and can double its price.
"""

import re
import unicodedata
from functools import lru_cache

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENDED = frozenset("^{}\\[~]|€")
ALPHABET = BASIC | EXTENDED

# whatever is not plain ASCII is looked at; most texts have a dash or two
UNUSUAL = re.compile(r"[^\n -_a-~]")
UNUSUAL_IN_LINE = re.compile(r"[^ -~]")
INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")

LOOK_ALIKES = {
    **dict.fromkeys("‘’‚‛′`´", "'"),
    **dict.fromkeys("“”„‟″«»", '"'),
    **dict.fromkeys("‐‑‒–—―−", "-"),
    **dict.fromkeys("\u00a0\u2007\u2008\u2009\u200a\u202f\t", " "),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u00ad", ""),
    "…": "...",
    "•": "-",
    "·": "-",
    "×": "x",
    "ç": "c",
    "Đ": "D",
    "đ": "d",
    "Ł": "L",
    "ł": "l",
    "ı": "i",
    "ẞ": "SS",
    "Œ": "OE",
    "œ": "oe",
}

# `a. m.` brings the stop that ends its sentence
TWO_STOPS = re.compile(r"(\.\s?m\.)\.(?!\.)")


def plain(text: str) -> str:
    """The text as a phone gets it: look-alikes replaced, control and direction marks gone, spaces tidied.

    Letters that GSM-7 lacks lose their accent if the rest of the text would fit the alphabet then; a text in
    another script is left as it is.
    """
    tidy = "\n".join(" ".join(line.split()) for line in _replaced(text).split("\n")).strip()
    if ALPHABET.issuperset(tidy):
        return tidy
    bare = "".join(map(_bare, tidy))
    return bare if ALPHABET.issuperset(bare) else tidy


def _replaced(text: str) -> str:
    if text.isascii() and text.isprintable() and "`" not in text:
        return text
    return UNUSUAL.sub(lambda found: _instead(found[0]), text)


@lru_cache(maxsize=4096)
def _instead(char: str) -> str:
    look_alike = LOOK_ALIKES.get(char)
    if look_alike is not None:
        return look_alike
    return "" if unicodedata.category(char) in INVISIBLE else char


@lru_cache(maxsize=1024)
def _bare(char: str) -> str:
    if char in ALPHABET:
        return char
    return unicodedata.normalize("NFKD", char)[:1]


def one_stop(text: str) -> str:
    """The text without a second stop where a sentence ends on `a.m.`, as in Mexico or Canada."""
    return TWO_STOPS.sub(r"\1", text) if "m.." in text else text


def is_gsm7(text: str) -> bool:
    """Whether the whole text fits the cheap alphabet."""
    return ALPHABET.issuperset(text)


def segments(text: str) -> int:
    """How many parts are sent and billed."""
    if is_gsm7(text):
        length = len(text) + sum(map(text.count, EXTENDED))
        return _parts(length, 160, 153)
    return _parts(len(text.encode("utf-16-be")) // 2, 70, 67)


def _parts(length: int, alone: int, together: int) -> int:
    return 1 if length <= alone else -(-length // together)


def one_line(text: str) -> str:
    """A subject or a name: no line breaks, no control characters; letters stay as they are."""
    if not text.isprintable():
        text = UNUSUAL_IN_LINE.sub(lambda found: found[0] if found[0].isprintable() else " ", text)
    return " ".join(text.split())
