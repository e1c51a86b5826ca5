"""Runs the history on the app's own database: SQLite in batches, with foreign keys off meanwhile."""

from alembic import context
from flask import current_app
from sqlalchemy import Connection, text

from portal.db import Moment

database = current_app.extensions["migrate"].db


class ForeignKeysBroken(RuntimeError):
    """A migration left rows behind that point nowhere."""


def plain_types(kind: str, item: object, _context: object) -> str | bool:
    """The history knows plain types only, so that it outlives our own."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, Moment) else False


def run(connection: Connection) -> None:
    """Run the wanted steps in one transaction; on SQLite check afterwards that no row points nowhere."""
    sqlite = connection.dialect.name == "sqlite"
    if sqlite:
        # With foreign keys on, rebuilding a parent table in a batch deletes its children.
        # The pragma works outside a transaction only, so it goes past SQLAlchemy, which would begin one.
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=OFF")
    context.configure(
        connection=connection,
        target_metadata=database.metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=plain_types,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()
        if sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
            raise ForeignKeysBroken(f"rows that point nowhere: {broken[:5]}")
    if sqlite:
        connection.commit()
        connection.connection.driver_connection.execute("PRAGMA foreign_keys=ON")


with database.engine.connect().execution_options(writes=True) as connection:
    run(connection)
