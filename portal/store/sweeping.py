"""What a database keeps of deleted rows in its own files is overwritten, as far as we may tell it to."""

from collections.abc import Iterable

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from portal.db import Base, Database

PARTIAL = "The database could not be swept just now: its own upkeep (autovacuum) does it later."


def swept(database: Database, tables: Iterable[str]) -> list[str]:
    """Sweep the tables in which something was erased; sentences to print.

    SQLite overwrites what is erased (`secure_delete`) and empties its log here. PostgreSQL drops dead rows by VACUUM,
    which the owner of a table may run; its archived WAL and backups keep them until they expire.
    """
    try:
        if database.is_sqlite:
            with database.looking() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
            return []
        with database.looking() as connection:
            # large tables take longer than a page may
            connection.execute(text("SET statement_timeout = 0"))
            try:
                for name in sorted(set(tables) & set(Base.metadata.tables)):
                    connection.execute(text(f'VACUUM "{name}"'))
            finally:
                connection.execute(text("RESET statement_timeout"))
    except DBAPIError:
        return [PARTIAL]
    return []
