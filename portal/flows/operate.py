"""What an operator does first: shippers, keys and agents."""

from datetime import datetime
from decimal import Decimal, InvalidOperation

from sqlalchemy.orm import Session

from portal.flows import agents as agent_flow
from portal.flows import operate_brand, operate_keys, set_up
from portal.flows.operate_terms import Kit, SpeakingKit, Wrong, slug_of
from portal.store import shippers
from portal.store.shippers import Shipper

__all__ = ["Kit", "SpeakingKit", "Wrong", "add_agent", "add_key", "add_shipper", "revoke_key", "slug_of"]

HIGHEST_CEILING = 10_000_000


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
    typed = {"name": name, "language": language, "timezone": timezone, "country": country, "color": color}
    typed |= {"support_phone": support_phone, "support_email": support_email}
    with kit.transaction() as session:
        spoken = kit.voice.renderer.languages
        made = operate_brand.add(session, set_up.OPERATOR, typed, slug, spoken, kit.now())
    return [f"Shipper {made.name!r} is there; its short name is {made.slug}."]


def set_ceiling(kit: SpeakingKit, slug: str, amount: str) -> list[str]:
    """Set a shipper's monthly ceiling; returns what to print. Raises `Wrong`."""
    with kit.transaction() as session:
        known = shipper_named(session, slug)
        ceiling = put_ceiling(session, set_up.OPERATOR, known, amount, kit.now())
    if not ceiling:
        return [f"{known.name} may spend without a ceiling."]
    return [f"{known.name} may spend {ceiling} a month; texts beyond it go by email where there is one."]


def put_ceiling(session: Session, by: str, shipper: Shipper, amount: str, now: datetime) -> Decimal:
    """Keep what a shipper's messages may cost in a month; 0: no ceiling. Raises `Wrong`."""
    try:
        ceiling = Decimal(amount)
    except InvalidOperation:
        raise Wrong(f"{amount!r} is no amount; give it like 250 or 99.50.", "month_ceiling") from None
    if not ceiling.is_finite() or not 0 <= ceiling <= HIGHEST_CEILING:
        raise Wrong(f"a ceiling is between 0 and {HIGHEST_CEILING:,}.", "month_ceiling")
    before = {"month_ceiling": ceiling_of(shipper)}
    shippers.set_ceiling(session, shipper.id, ceiling)
    after = {"month_ceiling": f"{ceiling.normalize():f}" if ceiling else ""}
    set_up.note(session, by, shipper.id, "rules", now, before=before, after=after)
    return ceiling


def ceiling_of(shipper: Shipper) -> str:
    """What a shipper's messages may cost in a month, as an amount; empty: no ceiling."""
    micros = Decimal(shipper.rules.month_ceiling_micros)
    return f"{(micros / 1_000_000).normalize():f}" if micros else ""


def shipper_named(session: Session, slug: str) -> Shipper:
    """The shipper of this short name, held for this transaction. Raises `Wrong`."""
    found = _shipper(session, slug)
    if found is None:
        raise Wrong(f"there is no shipper {slug!r}; add it with `doorstep shipper add`.")
    set_up.hold(session, found.id)
    return shippers.by_slug(session, found.slug) or found


def add_key(kit: Kit, slug: str, scopes: list[str], label: str, now: datetime) -> list[str]:
    """Make a key; returns what to print, the key among it, once. Raises `Wrong`."""
    with kit.transaction() as session:
        shipper = shipper_named(session, slug) if slug else None
        made = operate_keys.make(session, set_up.OPERATOR, shipper.id if shipper else 0, scopes, label, now)
    whose = f"shipper {shipper.slug}" if shipper else "the operator"
    return [f"Key {made.id} of {whose}; it is shown only now:", made.secret]


def _shipper(session: Session, name: str) -> Shipper | None:
    """A shipper by its short name, or by the name it was added with."""
    return shippers.by_slug(session, name) or shippers.by_slug(session, slug_of(name)) if name else None


def revoke_key(kit: Kit, key_id: int, now: datetime) -> list[str]:
    """End a key; returns what to print. Raises `Wrong`."""
    with kit.transaction() as session:
        operate_keys.end(session, set_up.OPERATOR, None, key_id, now)
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
