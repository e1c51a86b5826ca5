"""The portal as the benchmarks serve it; its clock stands where the seeds stand."""

from flask import Flask

from benchmarks import seeds
from portal.app import create_app, settle
from portal.clock import ManualClock
from portal.config import Settings


def make() -> Flask:
    """DATABASE_URL and the like come from the environment; nothing ticks."""
    app = create_app(Settings(), clock=ManualClock(seeds.NOW))
    settle(app)  # as `doorstep serve` does
    return app


def settings(database_url: str) -> dict[str, str]:
    """The environment of a portal on a seeded database."""
    return {"DATABASE_URL": database_url, "SECRET_KEY": seeds.SECRET, "LOG_LEVEL": "WARNING"}
