"""How windows fared, counted by day, shipper, depot, stage and level: the public record that outlives the parcels."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Date, ForeignKey, String, bindparam, delete, func, select, tuple_, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Reader, db
from portal.domain.record import WIDTHS, Fared
from portal.store.outbox_rows import insert_for


class WindowFigureRow(db.Model):
    """Windows of one kind judged on one day (of the visit, in UTC); widths and misses in minutes, summed.

    `widths` is a histogram: how many were as wide as each edge of `domain.record.WIDTHS`, with commas.
    """

    __tablename__ = "window_figures"
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"), primary_key=True)
    depot: Mapped[str] = mapped_column(String(80), primary_key=True)
    stage: Mapped[str] = mapped_column(String(20), primary_key=True)
    source: Mapped[str] = mapped_column(String(20), primary_key=True)
    level: Mapped[int] = mapped_column(primary_key=True)
    inside: Mapped[int]
    early: Mapped[int]
    late: Mapped[int]
    width_minutes: Mapped[float]
    missed_minutes: Mapped[float]
    widths: Mapped[str] = mapped_column(String(200), server_default="")


FIGURES = WindowFigureRow.__table__
OF_A_KIND = ("day", "shipper_id", "depot", "stage", "source", "level")
KIND = tuple(FIGURES.c[name] for name in OF_A_KIND)


@dataclass(frozen=True, slots=True, order=True)
class Kind:
    """What is counted apart."""

    day: date
    shipper_id: int
    depot: str
    stage: str
    source: str
    level: int


def adjust(session: Session, more: Mapping[Kind, Fared]) -> None:
    """Add to the figures; what is taken back is negative. Rows are held in one order: nobody waits in a ring."""
    kinds = sorted(more)
    if not kinds:
        return
    new = insert_for(session)(FIGURES).on_conflict_do_nothing(index_elements=list(OF_A_KIND))
    session.execute(new, [{**_names(kind), **_columns(Fared())} for kind in kinds])
    held = _held(session, kinds)
    change = update(FIGURES).where(*(FIGURES.c[name] == bindparam(f"of_{name}") for name in OF_A_KIND))
    rows = []
    for kind in kinds:
        held[kind].add(more[kind])
        rows.append({f"of_{name}": value for name, value in _names(kind).items()} | _columns(held[kind]))
    session.execute(change.values({name: bindparam(name) for name in _columns(Fared())}), rows)


def _held(session: Session, kinds: Iterable[Kind]) -> dict[Kind, Fared]:
    wanted = tuple_(*KIND).in_([tuple(_names(kind).values()) for kind in kinds])
    rows = session.execute(select(FIGURES).where(wanted).order_by(*KIND).with_for_update())
    return {_kind(row): _fared(row) for row in rows}


def _names(kind: Kind) -> dict[str, Any]:
    return {name: getattr(kind, name) for name in OF_A_KIND}


def _columns(fared: Fared) -> dict[str, Any]:
    return {
        "inside": fared.inside,
        "early": fared.early,
        "late": fared.late,
        "width_minutes": fared.width_minutes,
        "missed_minutes": fared.missed_minutes,
        "widths": ",".join(map(str, fared.widths)),
    }


def _kind(row: Any) -> Kind:
    return Kind(*(getattr(row, name) for name in OF_A_KIND))


def _fared(row: Any) -> Fared:
    widths = [int(count) for count in row.widths.split(",")] if row.widths else [0] * (len(WIDTHS) + 1)
    return Fared(row.inside, row.early, row.late, row.width_minutes, row.missed_minutes, widths)


def since(session: Reader, day: date) -> list[tuple[Kind, Fared]]:
    """The figures from this day on, of all shippers: they name nobody."""
    rows = session.execute(select(FIGURES).where(FIGURES.c.day >= day).order_by(*KIND))
    return [(_kind(row), _fared(row)) for row in rows]


def shares(session: Reader, day: date) -> list[tuple[Kind, Fared]]:
    """How many held, by depot, stage, source and level from this day on: without widths, days and shippers."""
    by = (FIGURES.c.depot, FIGURES.c.stage, FIGURES.c.source, FIGURES.c.level)
    sums = (func.sum(FIGURES.c[name]).label(name) for name in ("inside", "early", "late"))
    rows = session.execute(select(*by, *sums).where(FIGURES.c.day >= day).group_by(*by))
    return [
        (
            Kind(day, 0, row.depot, row.stage, row.source, row.level),
            Fared(int(row.inside), int(row.early), int(row.late)),
        )
        for row in rows
    ]


def forget_old(session: Session, before: date) -> None:
    """Figures of days before this one are not kept."""
    session.execute(delete(FIGURES).where(FIGURES.c.day < before))
