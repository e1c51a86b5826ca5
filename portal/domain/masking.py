"""Contact data as it is shown before somebody gave a reason to see all of it: enough to compare, too little to use."""

import re

DOT = "•"
SHOWN_DIGITS = 3
EMAIL = re.compile(r"[^\s@<>\"'(),;:]+@[^\s@<>\"'(),;:]+\.[^\s@<>\"'(),;:.]+")
# seven digits or more with what people write between them; a time, a price or a house number is shorter
PHONE = re.compile(r"\+?\d(?:[ ()/.\-–]*\d){6,}")


def phone(number: str) -> str:
    """A number with its last three digits alone, such as `••• 123`; empty stays empty."""
    digits = re.sub(r"\D", "", number)
    return f"{DOT * 3} {digits[-SHOWN_DIGITS:]}" if digits else ""


def email(address: str) -> str:
    """An address with its first letter and its domain's end, such as `a•••@•••.com`; empty stays empty."""
    name, at, host = address.strip().rpartition("@")
    if not at:
        return DOT * 3 if host else ""
    end = host.rpartition(".")[2]
    return f"{name[:1]}{DOT * 3}@{DOT * 3}.{end}"


def contact(value: str) -> str:
    """A number or an address, whichever it is."""
    return email(value) if "@" in value else phone(value)


def in_text(text: str) -> str:
    """Somebody's words with every number and address in them masked."""
    return PHONE.sub(lambda found: phone(found[0]), EMAIL.sub(lambda found: email(found[0]), text))
