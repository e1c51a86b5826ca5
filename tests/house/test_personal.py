"""No column of no table is forgotten: each is someone's, with what becomes of it, or it says why it is no one's."""

from portal.db import Base
from portal.domain.personal import Of
from portal.domain.personal_tables import NOT_PERSONAL, PERSONAL, columns_of
from portal.store import tables

TABLES = Base.metadata.tables
assert tables


def test_every_column_of_every_table_is_decided_about():
    """A new one is written into portal/domain/personal_tables.py: what becomes of it, or why it may stay."""
    undecided = {
        f"{name}.{column.name}"
        for name, table in TABLES.items()
        for column in table.columns
        if column.name not in columns_of(name)
    }
    assert undecided == set()


def test_nothing_is_decided_about_that_is_not_there_and_nothing_twice():
    assert PERSONAL.keys() & NOT_PERSONAL.keys() == set()
    there = {name: {column.name for column in table.columns} for name, table in TABLES.items()}
    for name in (*PERSONAL, *NOT_PERSONAL):
        assert columns_of(name) <= there.get(name, set()), name
    for name, held in PERSONAL.items():
        words = " ".join(held.plain.values()).split()
        assert len(words) == len(set(words)) and not set(words) & held.columns.keys(), name
        assert set(held.never_told.split()) <= there[name], name


def test_whatever_points_at_a_shipment_a_message_or_a_change_is_reached_from_it():
    """A table that hangs on a delivery tells of its recipient: it is looked at when they ask, and exported to them."""
    hanging = {
        name
        for name, table in TABLES.items()
        if any(key.column.table.name in {"shipments", "messages"} for key in table.foreign_keys)
    }
    assert hanging <= PERSONAL.keys()
    for name, held in PERSONAL.items():
        assert held.of is Of.SELF or held.of.value in TABLES[name].c, name
