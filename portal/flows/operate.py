"""What an operator does first: shippers, keys and agents."""

import re
import secrets
import zoneinfo
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.flows import agents as agent_flow
from portal.flows.announce import Voice
from portal.store import keys, shippers
from portal.store.shippers import Shipper

SCOPES = (
    *("shipments:write", "shipments:read", "events:write", "routes:write", "positions:write"),
    *("slots:write", "lockers:write", "changes:read", "changes:write", "webhook:write", "webhook:read"),
)


LONGEST_NAME = 120


class Wrong(ValueError):
    """Something an operator typed does not fit; the sentence says what would, `field` where it was typed."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Kit(Protocol):
    """What these need of the kit."""

    def transaction(self) -> Any: ...


class SpeakingKit(Kit, Protocol):
    """What a shipper needs of it: the languages it may speak."""

    @property
    def voice(self) -> Voice: ...


HIGHEST_CEILING = 10_000_000


def slug_of(name: str) -> str:
    """A short name made of a name: lower case, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]


def add_shipper(
    kit: SpeakingKit,
    name: str,
    slug: str = "",
    language: str = "en",
    timezone: str = "UTC",
    country: str = "US",
    color: str = "",
    support_phone: str = "",
    support_email: str = "",
) -> list[str]:
    """Add a shipper; returns what to print. Raises `Wrong`."""
    slug = slug_of(slug or name)
    if not slug:
        raise Wrong("a shipper needs a name with at least one letter or digit.")
    if len(name) > LONGEST_NAME:
        raise Wrong(f"a shipper's name has at most {LONGEST_NAME} characters.")
    spoken = kit.voice.renderer.languages
    if language.partition("-")[0].lower() not in spoken:
        raise Wrong(f"{language!r} is no language we speak; there are {', '.join(sorted(spoken))}.")
    if not re.fullmatch("[A-Za-z]{2}", country):
        raise Wrong(f"{country!r} is no country; give two letters, such as US or DE.")
    if timezone not in zoneinfo.available_timezones():
        raise Wrong(f"{timezone!r} is no IANA time zone; try Europe/Berlin or America/New_York.")
    if color and not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
        raise Wrong(f"{color!r} is no color; give it as #rrggbb.")
    brand = {"color": color, "support_phone": support_phone, "support_email": support_email}
    with kit.transaction() as session:
        if shippers.by_slug(session, slug):
            raise Wrong(f"there is already a shipper {slug!r}.")
        shippers.add(
            session,
            slug,
            name.strip(),
            brand={key: value for key, value in brand.items() if value},
            language=language,
            timezone=timezone,
            country=country.upper(),
        )
    return [f"Shipper {name.strip()!r} is there; its short name is {slug}."]


def set_ceiling(kit: Kit, slug: str, amount: str) -> list[str]:
    """Set a shipper's monthly ceiling; returns what to print. Raises `Wrong`."""
    try:
        ceiling = Decimal(amount)
    except InvalidOperation:
        raise Wrong(f"{amount!r} is no amount; give it like 250 or 99.50.") from None
    if not ceiling.is_finite() or not 0 <= ceiling <= HIGHEST_CEILING:
        raise Wrong(f"a ceiling is between 0 and {HIGHEST_CEILING:,}.")
    with kit.transaction() as session:
        known = shippers.by_slug(session, slug)
        if known is None:
            raise Wrong(f"there is no shipper {slug!r}.")
        shippers.set_ceiling(session, known.id, ceiling)
    if not ceiling:
        return [f"{known.name} may spend without a ceiling."]
    return [f"{known.name} may spend {ceiling} a month; texts beyond it go by email where there is one."]


def add_key(kit: Kit, slug: str, scopes: list[str], label: str, now: datetime) -> list[str]:
    """Make a key; returns what to print, the key among it, once. Raises `Wrong`."""
    granted = [scope for wished in scopes for scope in _scopes(wished)]
    made = "ds_" + secrets.token_urlsafe(32)
    with kit.transaction() as session:
        shipper = _shipper(session, slug)
        if slug and shipper is None:
            raise Wrong(f"there is no shipper {slug!r}; add it with `doorstep shipper add`.")
        owner = shipper.id if shipper else None
        number = keys.add(session, fingerprint(made), made[:7], owner, granted or list(SCOPES), label, now)
    whose = f"shipper {shipper.slug}" if shipper else "the operator"
    return [f"Key {number} of {whose}; it is shown only now:", made]


def _scopes(wished: str) -> list[str]:
    """The scopes of a word: one itself, a noun for all of it (`shipments`), read or write, or all."""
    if wished in ("*", "all", "dispatch"):
        return list(SCOPES)
    found = [scope for scope in SCOPES if wished in (scope, *scope.split(":"))]
    if not found:
        raise Wrong(f"{wished!r} is no scope; there are {', '.join(SCOPES)}.")
    return found


def _shipper(session: Session, name: str) -> Shipper | None:
    """A shipper by its short name, or by the name it was added with."""
    return shippers.by_slug(session, name) or shippers.by_slug(session, slug_of(name)) if name else None


def revoke_key(kit: Kit, key_id: int, now: datetime) -> list[str]:
    """End a key; returns what to print. Raises `Wrong`."""
    with kit.transaction() as session:
        if not keys.revoke(session, key_id, now):
            raise Wrong(f"there is no key {key_id}.")
    return [f"Key {key_id} opens nothing any more."]


def add_agent(kit: Kit, email: str, name: str, role: str, slug: str, now: datetime) -> list[str]:
    """Add an agent; returns what to print, the password among it, once. Raises `Wrong`."""
    with kit.transaction() as session:
        shipper = _shipper(session, slug)
        try:
            password = agent_flow.add_agent(
                session, email, name, role, shipper.slug if shipper else slug or None, now
            )
        except ValueError as error:
            raise Wrong(str(error)) from error
    return [f"{email} may sign in at /console; the password is shown only now:", password]
