"""Shippers: the brands in the house, their rules and words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, String, insert, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Reader, db
from portal.domain.change import IfUnanswered, Kind
from portal.domain.retention import NAMES, Keep
from portal.domain.rules import ShipperRules
from portal.domain.visibility import Element, MapRules, Measure, Rule
from portal.store import wordings

OPERATOR_LOCK = 7_220_411


class ShipperRow(db.Model):
    """A brand whose parcels are delivered."""

    __tablename__ = "shippers"
    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    brand: Mapped[dict[str, Any]] = mapped_column(JSON)
    rules: Mapped[dict[str, Any]] = mapped_column(JSON)
    language: Mapped[str] = mapped_column(String(12))
    timezone: Mapped[str] = mapped_column(String(60))
    country: Mapped[str] = mapped_column(String(2))


@dataclass(frozen=True, slots=True)
class Shipper:
    """A brand: colors and support contacts in `brand`, what it allows in `rules`.

    `wordings` are its own words by language, notice and part; there only where the house keeps it at hand.
    """

    id: int
    slug: str
    name: str
    language: str
    timezone: str
    country: str
    rules: ShipperRules
    brand: dict[str, Any] = field(default_factory=dict)
    wordings: Mapping[tuple[str, str, str], str] = field(default_factory=dict)


def _value(row: Any, own: Mapping[tuple[str, str, str], str] | None = None) -> Shipper:
    return Shipper(
        row.id,
        row.slug,
        row.name,
        row.language,
        row.timezone,
        row.country,
        rules_from(row.rules),
        row.brand,
        own or {},
    )


def rules_from(stored: dict[str, Any]) -> ShipperRules:
    """Rules as stored in JSON; kinds and numbers are checked on the way in."""
    return ShipperRules(
        forbids=frozenset(Kind(kind) for kind in stored.get("forbids", ())),
        notice_minutes={
            Kind(kind): int(minutes) for kind, minutes in stored.get("notice_minutes", {}).items()
        },
        notice_stops={Kind(kind): int(stops) for kind, stops in stored.get("notice_stops", {}).items()},
        answer_minutes=int(stored.get("answer_minutes", 0)),
        if_unanswered=IfUnanswered(stored.get("if_unanswered", IfUnanswered.REFUSE)),
        changes_per_shipment=int(stored.get("changes_per_shipment", 3)),
        at_once=frozenset(Kind(kind) for kind in stored.get("at_once", (Kind.INSTRUCTIONS,))),
        neighbor_minutes=int(stored.get("neighbor_minutes", 60)),
        hold_days=int(stored.get("hold_days", 14)),
        extend_hours=int(stored.get("extend_hours", 24)),
        overflow_m=int(stored.get("overflow_m", 2_000)),
        keep_days=int(stored.get("keep_days", 7)),
        level=int(stored.get("level", 0)),
        late_minutes=int(stored.get("late_minutes", 10)),
        stalled_hours=int(stored.get("stalled_hours", 24)),
        unanswered_percent=int(stored.get("unanswered_percent", 50)),
        pickup_hours=int(stored.get("pickup_hours", 24)),
        far_m=int(stored.get("far_m", 200)),
        embed_origins=tuple(stored.get("embed_origins", ())),
        month_ceiling_micros=int(Decimal(str(stored.get("month_ceiling", 0))) * 1_000_000),
        keep=Keep(**{name: int(value) for name, value in stored.get("keep", {}).items() if name in NAMES}),
        map=_map_from(stored.get("map", {})),
    )


def _map_from(stored: dict[str, Any]) -> MapRules:
    """`{"van": {"stops": 10}, "route_ahead": "never", "blur_m": 250}`; what is absent is as usual."""
    rules = {element: _rule_from(stored[element]) for element in Element if element in stored}
    meters = {name: float(stored[name]) for name in ("blur_m", "near_blur_m", "near_m") if name in stored}
    return MapRules(rules, **meters)


def _rule_from(stored: str | dict[str, float]) -> Rule:
    if isinstance(stored, str):
        return Rule(Measure(stored))
    ((measure, limit),) = stored.items()
    return Rule(Measure(measure), float(limit))


COLUMNS = select(ShipperRow.__table__)


def everyone(session: Reader) -> dict[int, Shipper]:
    """All shippers by id, with their own words: they are few, and the house keeps them at hand."""
    own = wordings.everyones(session)
    return {row.id: _value(row, own.get(row.id)) for row in session.execute(COLUMNS)}


def by_slug(session: Session, slug: str) -> Shipper | None:
    """The shipper of that short name."""
    row = session.execute(COLUMNS.where(ShipperRow.slug == slug)).one_or_none()
    return _value(row) if row else None


def add(
    session: Session,
    slug: str,
    name: str,
    *,
    brand: dict[str, Any] | None = None,
    rules: dict[str, Any] | None = None,
    language: str = "en",
    timezone: str = "UTC",
    country: str = "US",
) -> Shipper:
    """A new shipper; `rules` must be readable by `rules_from`."""
    rules_from(rules or {})
    values = {"slug": slug, "name": name, "brand": brand or {}, "rules": rules or {}}
    values |= {"language": language, "timezone": timezone, "country": country}
    new_id = session.execute(insert(ShipperRow).values(values).returning(ShipperRow.id)).scalar_one()
    row = session.execute(COLUMNS.where(ShipperRow.id == new_id)).one()
    return _value(row)


def hold(session: Session, shipper_id: int) -> None:
    """Keep a shipper, or the operator (0, which has no row), for this transaction: who changes the same waits."""
    if shipper_id:
        query = select(ShipperRow.id).where(ShipperRow.id == shipper_id)
        session.execute(query.with_for_update(key_share=True))
    elif session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": OPERATOR_LOCK})


def change(session: Session, shipper_id: int, **values: Any) -> None:
    """Put other values in place of a shipper's `name`, `brand`, `language`, `timezone` or `country`."""
    session.execute(update(ShipperRow).where(ShipperRow.id == shipper_id).values(values))


def stored_rules(session: Session, shipper_id: int, *, hold: bool = False) -> dict[str, Any] | None:
    """A shipper's rules as stored; None where there is no such shipper. `hold`: for this transaction alone."""
    query = select(ShipperRow.rules).where(ShipperRow.id == shipper_id)
    return session.execute(query.with_for_update(key_share=True) if hold else query).scalar_one_or_none()


def set_ceiling(session: Session, shipper_id: int, amount: Decimal) -> None:
    """What its messages may cost in a month; the other rules stay."""
    rules = session.execute(select(ShipperRow.rules).where(ShipperRow.id == shipper_id)).scalar_one()
    set_rules(session, shipper_id, {**rules, "month_ceiling": str(amount)})


def set_rules(session: Session, shipper_id: int, rules: dict[str, Any]) -> None:
    """Replace a shipper's rules."""
    rules_from(rules)
    session.execute(update(ShipperRow).where(ShipperRow.id == shipper_id).values(rules=rules))
