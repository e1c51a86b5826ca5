"""A shipper's brand: how it is called, where it is at home, how it looks, is reached and whom messages come from."""

import re
import zoneinfo
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from email_validator import EmailNotValidError, validate_email
from sqlalchemy.orm import Session

from portal.domain.colors import READABLE, contrast, ink_on, ink_problem
from portal.domain.sender_names import email_name_problem, sms_name_problem
from portal.flows import set_up
from portal.flows.operate_terms import LONGEST_NAME, Several, Wrong, slug_of
from portal.store import logos, shippers
from portal.store.logos import Logo
from portal.store.shippers import Shipper

COLUMNS = ("name", "language", "timezone", "country")
LOOKS = ("color", "text_color", "support_email", "support_phone", "support_hours", "email_name", "sms_sender")
FIELDS = COLUMNS + LOOKS
USUAL = {"language": "en", "timezone": "UTC", "country": "US"}
COLOR = re.compile(r"#[0-9a-f]{6}")
PHONE = re.compile(r"\+?[0-9][0-9 ()/.-]{1,30}")
LONGEST_HOURS = 120
PAPER, NIGHT = "#ffffff", "#181c20"


@cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _name(text: str, languages: Collection[str]) -> str:
    if not slug_of(text):
        raise Wrong("a shipper needs a name with at least one letter or digit.")
    if len(text) > LONGEST_NAME or not text.isprintable():
        raise Wrong(f"a shipper's name has at most {LONGEST_NAME} characters.")
    return text


def _language(text: str, languages: Collection[str]) -> str:
    if text.partition("-")[0].lower() not in languages:
        raise Wrong(f"{text!r} is no language we speak; there are {', '.join(sorted(languages))}.")
    return text


def _timezone(text: str, languages: Collection[str]) -> str:
    if text not in _zones():
        raise Wrong(f"{text!r} is no IANA time zone; try Europe/Berlin or America/New_York.")
    return text


def _country(text: str, languages: Collection[str]) -> str:
    if not re.fullmatch("[A-Za-z]{2}", text):
        raise Wrong(f"{text!r} is no country; give two letters, such as US or DE.")
    return text.upper()


def _color(text: str, languages: Collection[str]) -> str:
    if text and not COLOR.fullmatch(text.lower()):
        raise Wrong(f"{text!r} is no color; give it as #rrggbb.")
    return text.lower()


def _email(text: str, languages: Collection[str]) -> str:
    try:
        return validate_email(text, check_deliverability=False).normalized if text else ""
    except EmailNotValidError as error:
        raise Wrong(f"{text!r} is no email address: {error}") from error


def _phone(text: str, languages: Collection[str]) -> str:
    if text and not PHONE.fullmatch(text):
        raise Wrong(f"{text!r} is no phone number; give it with its country code, such as +49 30 123456.")
    return text


def _hours(text: str, languages: Collection[str]) -> str:
    if len(text) > LONGEST_HOURS or not text.isprintable():
        raise Wrong(f"hours have at most {LONGEST_HOURS} characters, such as Mon to Fri 9 to 17.")
    return text


def _judged(problem: Callable[[str], str]) -> "Reader":
    def read(text: str, languages: Collection[str]) -> str:
        if why := problem(text):
            raise Wrong(why)
        return text

    return read


Reader = Callable[[str, Collection[str]], str]
READERS: dict[str, Reader] = {
    "name": _name,
    "language": _language,
    "timezone": _timezone,
    "country": _country,
    "color": _color,
    "text_color": _color,
    "support_email": _email,
    "support_phone": _phone,
    "support_hours": _hours,
    "email_name": _judged(email_name_problem),
    "sms_sender": _judged(sms_name_problem),
}


def read(typed: Mapping[str, str], languages: Collection[str]) -> dict[str, str]:
    """The values of what was typed. Raises `Wrong` that names every field which does not fit."""
    values, wrong = {}, {}
    for name, text in typed.items():
        try:
            values[name] = READERS[name](" ".join(text.split()) if text.isprintable() else text, languages)
        except Wrong as error:
            wrong[name] = str(error)
    color, ink = values.get("color", ""), values.get("text_color", "")
    if (
        ink
        and not wrong
        and (why := ink_problem(ink, color) if color else "an ink needs a color to stand on.")
    ):
        wrong["text_color"] = why
    if wrong:
        raise Several(wrong)
    return values


def stored(shipper: Shipper) -> dict[str, str]:
    """The fields as they are."""
    columns = {name: getattr(shipper, name) for name in COLUMNS}
    return columns | {name: str(shipper.brand.get(name) or "") for name in LOOKS}


def add(
    session: Session, by: str, typed: Mapping[str, str], slug: str, languages: Collection[str], now: datetime
) -> Shipper:
    """A new shipper. Raises `Wrong`."""
    values = read(USUAL | {name: text for name, text in typed.items() if text or name == "name"}, languages)
    short = slug_of(slug or values["name"])
    if not short:
        raise Wrong("a short name has letters, digits and dashes.", "slug")
    if shippers.by_slug(session, short):
        raise Wrong(f"there is already a shipper {short!r}.", "slug")
    columns: dict[str, Any] = {name: values[name] for name in COLUMNS if name != "name"}
    brand = {name: values[name] for name in LOOKS if values.get(name)}
    made = shippers.add(session, short, values["name"], brand=brand, **columns)
    set_up.note(session, by, made.id, "brand", now, done="added", after=values)
    return made


def change(
    session: Session,
    by: str,
    shipper: Shipper,
    typed: Mapping[str, str],
    languages: Collection[str],
    now: datetime,
) -> bool:
    """Put other values in place of a shipper's; fields that are absent stay. Raises `Wrong`."""
    before = stored(shipper)
    values = read({**before, **typed}, languages)
    brand = {name: value for name, value in shipper.brand.items() if name not in LOOKS}
    brand |= {name: values[name] for name in LOOKS if values[name]}
    shippers.change(session, shipper.id, brand=brand, **{name: values[name] for name in COLUMNS})
    return set_up.note(session, by, shipper.id, "brand", now, before=before, after=values)


def put_logo(session: Session, by: str, shipper: Shipper, logo: Logo | None, now: datetime) -> None:
    """Show this logo instead of the shipper's name, or (None) the name again."""
    before = shipper.brand.get("logo") or {}
    brand: dict[str, Any] = {name: value for name, value in shipper.brand.items() if name != "logo"}
    if logo:
        logos.put(session, shipper.id, logo, now)
        brand["logo"] = {"name": logo.fingerprint, "width": logo.width, "height": logo.height}
    else:
        logos.take_away(session, shipper.id)
    shippers.change(session, shipper.id, brand=brand)
    old, new = (one.get("name", "")[:12] for one in (before, brand.get("logo", {})))
    set_up.note(session, by, shipper.id, "brand", now, before={"logo": old}, after={"logo": new})


def lines(shipper: Shipper) -> list[str]:
    """A brand as a command prints it, with how well its color can be read."""
    said = [f"{name}={value}" for name, value in stored(shipper).items() if value]
    if color := shipper.brand.get("color", ""):
        said += [f"{color} {verdict}" for verdict in verdicts(color)]
    return said


def verdicts(color: str) -> list[str]:
    """How well a color can be read, and what we do where it cannot."""
    found = []
    for ground, name, moved in ((PAPER, "light", "darker"), (NIGHT, "dark", "lighter")):
        ratio = contrast(color, ground)
        then = "as it is" if ratio >= READABLE else f"pages use a {moved} shade"
        found.append(f"on {name} pages: {ratio:.1f} to 1 ({then})")
    ink = ink_on(color)
    return [*found, f"as a button with {ink}: {contrast(color, ink):.1f} to 1"]
