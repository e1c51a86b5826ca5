"""What an operator does before dispatch can speak: two shippers, a key, somebody who answers the phone."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import create_engine

from portal.db import Database, engine_options, teach_manners
from portal.demo import town
from portal.demo.brands import BRANDS
from portal.demo.quarters import QUARTERS
from portal.domain.goodwill import Ceiling, Reason
from portal.domain.roles import Role
from portal.flows import agents, goodwill, operate
from portal.store import agents as agent_store
from portal.store import shippers

NEIGHBOR_REAL_MINUTES = 3
MADE_GOOD = (
    Reason("late", "Came too late", 500, "USD"),
    Reason("damaged", "Came damaged", 1_500, "USD"),
    Reason("kindness", "For the trouble", 20_000, "points", told=False),
)
MOST = (Ceiling(Role.AGENT, "USD", 1_000),)
# Some things take two people: what the one asks for a caller, the other agrees to.
AGENT, COLLEAGUE = "alex@alderquay.example.com", "sam@alderquay.example.com"
STAFF = ((AGENT, "Alex", "admin"), (COLLEAGUE, "Sam", "agent"))


@dataclass(frozen=True, slots=True)
class Secrets:
    """What the start page shows: the key of the demo's dispatch and a sign-in. Gone with the demo."""

    key: str
    agent: str
    password: str


def seed(url: str, now: datetime, speed: float = 1.0) -> Secrets:
    """Fill a fresh database, `url` as in DATABASE_URL, before the server starts: SQLite wants one process.

    However fast the day goes (`speed`), a neighbor has some real minutes to answer.
    """
    patience = {"neighbor_minutes": max(60, round(NEIGHBOR_REAL_MINUTES * speed))}
    engine = create_engine(url, **engine_options(url))
    teach_manners(engine)
    database = Database(engine)
    try:
        with database.transaction() as session:
            for brand in BRANDS:
                shop = shippers.add(
                    session,
                    brand.slug,
                    brand.name,
                    brand=brand.look,
                    rules=patience | brand.rules,
                    language=brand.language,
                    timezone=town.TIMEZONE,
                    country=town.COUNTRY,
                )
                goodwill.set_reasons(session, shop.id, MADE_GOOD, "operator", now)
                goodwill.set_ceilings(session, shop.id, MOST, "operator", now)
            password = _easy_to_type()
            for email, name, role in STAFF:
                agents.add_agent(session, email, name, role, None, now)
                agent = agent_store.by_email(session, email)
                assert agent is not None
                agent_store.set_password(session, agent.id, agents.HASHER.hash(password))
        key = operate.add_key(database, "", [], "the demo's dispatch", now)[-1]
    finally:
        engine.dispose()
    return Secrets(key, AGENT, password)


def _easy_to_type() -> str:
    """A password for one evening: three words of the town and a number."""
    words = sorted(
        {street.split()[0].lower() for quarter in QUARTERS for street in quarter.rows + quarter.columns}
    )
    return "-".join([*(secrets.choice(words) for _ in range(3)), str(secrets.randbelow(90) + 10)])


def database_url(folder: Path) -> str:
    """The demo's database in its folder."""
    return f"sqlite:///{folder / 'doorstep.db'}"
