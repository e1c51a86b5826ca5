"""Is the set-up well? Looks at database, history, secrets, broker, providers and roads; each finding names the fix."""

import os
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import alembic.migration
import alembic.script
import redis
from sqlalchemy import Connection, create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session

from portal.clock import wall_clock
from portal.config import PROJECT, Settings
from portal.db import engine_options
from portal.flows import sso, unreached
from portal.roads import roadmap
from portal.roads import servers as routing
from portal.roads.wire import NoAnswer
from portal.store import senders

UPGRADE = "run `doorstep db upgrade`"
# PostgreSQL's codes of a table and of a column that is not there.
NO_TABLE = {"42P01", "42703"}
BROKER_PATIENCE_SECONDS = 3


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing the doctor looked at."""

    well: bool
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Look at everything an operator can put right."""
    return [
        _tables(settings.database),
        _engine(settings),
        *([] if settings.embedded else [_broker(settings.redis_url)]),
        *(Finding(False, problem) for problem in settings.problems()),
        *_public(settings),
        *_sign_in(settings),
        *_senders(settings),
        *_stopped(settings.database),
        *_untold(settings),
        _pictures(settings.drawer),
        *_roads(settings),
    ]


def _pictures(folder: Path) -> Finding:
    """Whether pictures can be kept: the folder, or the nearest one above it that is there, lets us write."""
    there = next((one for one in (folder, *folder.resolve().parents) if one.exists()), folder)
    if there.is_dir() and os.access(there, os.W_OK | os.X_OK):
        return Finding(True, f"FILES_DIR: pictures are kept in {folder}.")
    return Finding(
        False, f"FILES_DIR: {folder} cannot be written; let this account write there or name another."
    )


def _roads(settings: Settings) -> list[Finding]:
    """Whether the road file can be read and the routing server answers; neither is needed."""
    found = []
    if settings.roads_file:
        try:
            places = len(roadmap.load(settings.roads_file).lat)
            found.append(Finding(True, f"ROADS_FILE: {places:,} places in {settings.roads_file}."))
        except roadmap.BadRoads as bad:
            found.append(Finding(False, f"ROADS_FILE: {bad} Until then windows go by the straight line."))
    if settings.routing_url:
        name = settings.routing_kind
        try:
            routing.SERVERS[name](settings.routing_url).greet()
            found.append(Finding(True, f"ROUTING_URL: {name} answers."))
        except NoAnswer as none:
            fix = "look at ROUTING_URL and ROUTING_KIND; windows go on without it"
            found.append(Finding(False, f"ROUTING_URL: {name} does not answer ({none}): {fix}."))
    return found


def trouble(database: str) -> str:
    """What keeps the house from starting on this database, as a sentence; empty when nothing does."""
    finding = _tables(database)
    return "" if finding.well else finding.sentence


def sentence_of(error: SQLAlchemyError) -> str:
    """What the database said, as a sentence that names the setting or the fix."""
    cause = getattr(error, "orig", None) or error
    said = str(cause).strip().partition("\n")[0].rstrip(".")[:300]
    if getattr(cause, "sqlstate", None) in NO_TABLE or "no such table" in said or "no such column" in said:
        return f"The tables are missing or old: {UPGRADE}."
    if isinstance(error, OperationalError) or not isinstance(error, DBAPIError):
        return f"DATABASE_URL: the database does not answer: {said}."
    return f"DATABASE_URL: the database refused this: {said}."


def _tables(database: str) -> Finding:
    url = make_url(database)
    if url.get_backend_name() == "sqlite" and url.database and not Path(url.database).exists():
        return Finding(False, f"The database has no tables yet: {UPGRADE}.")
    engine = create_engine(url, **engine_options(database))
    try:
        with engine.connect() as connection:
            return _history(connection)
    except SQLAlchemyError as error:
        return Finding(False, sentence_of(error))
    finally:
        engine.dispose()


def _history(connection: Connection) -> Finding:
    history = alembic.script.ScriptDirectory(str(PROJECT / "migrations"))
    head = history.get_current_head()
    at = alembic.migration.MigrationContext.configure(connection).get_current_revision()
    if at == head:
        return Finding(True, f"The tables are at version {head}.")
    if at is None:
        return Finding(False, f"The database has no tables yet: {UPGRADE}.")
    if at in {one.revision for one in history.walk_revisions()}:
        return Finding(False, f"The tables are at version {at}, the newest is {head}: {UPGRADE}.")
    # While machines are brought up to date one by one, the old ones go on with the new tables.
    return Finding(True, f"The tables are at version {at}, newer than this program, which knows {head}.")


def _engine(settings: Settings) -> Finding:
    # SQLite 3.7.0 to 3.51.2 can corrupt a WAL database when several connections checkpoint at once.
    if not settings.database.startswith("sqlite"):
        return Finding(True, "PostgreSQL is in use.")
    version = sqlite3.sqlite_version
    if sqlite3.sqlite_version_info >= (3, 51, 3):
        return Finding(True, f"SQLite {version} is in use.")
    return Finding(
        True,
        f"SQLite {version} is older than 3.51.3: fine to try things out; use PostgreSQL for real parcels.",
    )


def _broker(url: str) -> Finding:
    try:
        with redis.Redis.from_url(url, socket_timeout=BROKER_PATIENCE_SECONDS) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        said = str(error).strip().partition("\n")[0].rstrip(".")[:200]
        return Finding(False, f"REDIS_URL: Redis does not answer: {said}.")
    return Finding(True, "REDIS_URL: Redis answers.")


def _public(settings: Settings) -> list[Finding]:
    if not settings.in_public:
        return [Finding(True, f"PUBLIC_URL: {settings.public_url}, a trial; real recipients need https://.")]
    if settings.trusted_proxy_hops:
        return [Finding(True, f"PUBLIC_URL: {settings.public_url}.")]
    sentence = "TRUSTED_PROXY_HOPS: 0; behind a TLS proxy set it to 1, or every caller seems to be the proxy."
    return [Finding(True, sentence)]


def _sign_in(settings: Settings) -> list[Finding]:
    """How agents prove who they are."""
    asked = "is asked of every agent" if settings.code_required else "is each agent's own choice"
    well = settings.code_required or not settings.in_public
    fix = "" if well else "; set CONSOLE_TOTP=required, for passwords alone get stolen"
    found = [Finding(well, f"CONSOLE_TOTP: a second factor {asked}{fix}.")]
    if settings.oidc_issuer:
        missing = "the extra is missing: run `pip install 'doorstep[oidc]'`"
        there = sso.is_installed()
        found.append(Finding(there, f"OIDC_ISSUER: {'agents may sign in there' if there else missing}."))
    return found


def _senders(settings: Settings) -> list[Finding]:
    without = "fail, since there is no provider" if settings.in_public else "are kept and shown, not sent"
    found = []
    for name, what, there in (
        ("TWILIO_ACCOUNT_SID", "SMS", settings.twilio_account_sid),
        ("SENDGRID_API_KEY", "emails", settings.sendgrid_api_key.get_secret_value()),
    ):
        well = bool(there) or not settings.in_public
        found.append(Finding(well, f"{name}: {'set' if there else f'not set, so {what} {without}'}."))
    if settings.twilio_account_sid:
        then = "takes over" if settings.second_sender else "is not set up: texts wait"
        found.append(
            Finding(True, f"TWILIO_2_FROM: a second sender {then} while the first one does not work.")
        )
    return found


def _stopped(database: str) -> list[Finding]:
    """Accounts that a wrong setting stopped; they are tried again with the next message."""
    engine = create_engine(database, **engine_options(database))
    try:
        with engine.begin() as connection:
            return [
                Finding(False, f"Sender {name} is stopped: {why} It is tried again now.")
                for name, why in senders.knock(connection)
            ]
    except SQLAlchemyError:
        # that the database does not answer, or has no tables, is found by others
        return []
    finally:
        engine.dispose()


def _untold(settings: Settings) -> list[Finding]:
    """Changes that nobody at dispatch is known to have."""
    if settings.clock_starts_at:
        return []
    engine = create_engine(settings.database, **engine_options(settings.database))
    try:
        with Session(engine) as session:
            sentence = unreached.alarm(session, None, wall_clock())
    except SQLAlchemyError:
        return []
    finally:
        engine.dispose()
    fix = "Look at GET /api/v1/webhook/deliveries, and answer on /desk meanwhile."
    return [Finding(False, f"Dispatch: {sentence} {fix}")] if sentence else []
