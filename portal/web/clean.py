"""Text from outside, made harmless: control characters out, one line where one line belongs, places as words."""

import json
import unicodedata
import zoneinfo
from datetime import datetime
from functools import cache
from typing import Any

from email_validator import EmailNotValidError, validate_email

# Bidirectional overrides and isolates can make a text read as something else than it says.
TRICKS = {*"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\ufeff"}


def clean_text(text: str) -> str:
    """The text without control characters and direction tricks; line breaks stay."""
    if text.isascii() and text.isprintable():
        return text.strip()
    kept = "".join(
        char
        for char in text.replace("\r\n", "\n").replace("\r", "\n")
        if char == "\n" or (unicodedata.category(char) not in ("Cc", "Cs", "Co", "Cn") and char not in TRICKS)
    )
    return unicodedata.normalize("NFC", kept).strip()


def clean_line(text: str) -> str:
    """The text as one line, single spaces."""
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return " ".join(clean_text(text).split())


def as_place(value: Any) -> Any:
    """A place, proof, address or opening hours as words; an object or list is kept as compact JSON."""
    if isinstance(value, (dict, list)):
        try:
            value = json.dumps(value, ensure_ascii=False, separators=(", ", ": "))
        except RecursionError:
            raise ValueError("this is nested too deep") from None
    return clean_text(value) if isinstance(value, str) else value


# What a proof sent as an object may hold; an object of something else is words, as it always was.
PROOF_FIELDS = {"pin", "signed_by", "lat", "lng", "note"}


def as_proof(value: Any) -> Any:
    """A proof as an object; words, and objects with nothing in them that we know, become its note."""
    if isinstance(value, dict) and (not value or PROOF_FIELDS & value.keys()):
        return value
    return {"note": value} if isinstance(value, (str, list, dict)) else value


def email_address(text: str) -> str:
    """The address, normalised, its domain in ASCII as every mail server takes it; no look-up on the network."""
    try:
        found = validate_email(text, check_deliverability=False)
        return found.ascii_email or found.normalized
    except EmailNotValidError as error:
        raise ValueError(f"this is no email address ({error})") from error


def as_time(value: Any) -> Any:
    """A time as text: a bare number has no offset, and may count seconds or milliseconds."""
    if isinstance(value, (int, float)):
        raise ValueError("a time is RFC 3339, such as 2026-03-01T09:30:00+01:00")
    return value


def of_our_time(at: datetime) -> datetime:
    """A time that every zone and database can hold."""
    if not 2000 <= at.year < 2100:
        raise ValueError("a time lies between the years 2000 and 2100")
    return at


def country_code(text: str) -> str:
    """Two letters, capital."""
    code = text.strip().upper()
    if len(code) != 2 or not (code.isascii() and code.isalpha()):
        raise ValueError("country is two letters, ISO 3166-1, such as US or DE")
    return code


def timezone_name(text: str) -> str:
    """A zone of the IANA database."""
    if text not in zones():
        raise ValueError("timezone is an IANA name such as Europe/Berlin")
    return text


@cache
def zones() -> frozenset[str]:
    """The names of all zones, listed once: Python walks their folder at every question, 4 ms each."""
    return frozenset(zoneinfo.available_timezones())
