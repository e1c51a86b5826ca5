"""Puts rows into every table of any revision, knowing only what the database itself tells of its tables."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Column, Connection, MetaData, Table, func, insert, select, types

# values that a column's own checks ask for: (table, column) -> value
WANTED: dict[tuple[str, str], Any] = {}
ROWS = 3
SOME_DAY = datetime(2026, 6, 15, 8, 0, tzinfo=UTC)


def fill(connection: Connection) -> dict[str, int]:
    """Put three rows into every table; returns the count of each."""
    tables = reflected(connection)
    for table in tables:
        for number in range(1, ROWS + 1):
            connection.execute(insert(table).values(row(table, number)))
    return counted(connection)


def counted(connection: Connection) -> dict[str, int]:
    """How many rows each table has."""
    return {
        table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
        for table in reflected(connection)
    }


def reflected(connection: Connection) -> list[Table]:
    """The tables there are, those that others refer to first."""
    metadata = MetaData()
    metadata.reflect(connection)
    return [table for table in metadata.sorted_tables if not table.name.startswith(("alembic_", "sqlite_"))]


def row(table: Table, number: int) -> dict[str, Any]:
    return {column.name: cell(table, column, number) for column in table.columns}


def cell(table: Table, column: Column[Any], number: int) -> Any:
    """A value that fits: rows refer to the row of the same number elsewhere."""
    if (table.name, column.name) in WANTED:
        return WANTED[table.name, column.name]
    if column.foreign_keys:
        target = next(iter(column.foreign_keys)).column
        return cell(target.table, target, number) if target.table is not table else None
    match column.type:
        case types.Boolean():
            return False
        case types.Integer() | types.Numeric() | types.Float():
            return number
        case types.DateTime():
            naive = not column.type.timezone
            return SOME_DAY.replace(tzinfo=None) if naive else SOME_DAY
        case types.Date():
            return SOME_DAY.date()
        case types.Time():
            return SOME_DAY.time()
        case types.JSON():
            return {"row": number}
        case types.LargeBinary():
            return b"%d" % number
        case _:
            return f"{column.name}{number}"[-(getattr(column.type, "length", None) or 40) :]
