"""A house of its own for a replay: an empty database, a clock moved by hand, a client at its public doors."""

import json
import logging
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import flask_migrate
from flask import Flask
from pydantic import SecretStr
from werkzeug.test import Client

from portal.clock import ManualClock
from portal.config import PROJECT, Settings
from portal.db import db
from portal.demo.replay_day import Paper
from portal.domain.delivery import Promise
from portal.domain.spreads import Table
from portal.flows import operate
from portal.store import doors, promises
from portal.wiring import Kit

MOST_AT_ONCE = 500
MakeApp = Callable[..., Flask]


class SaidNo(RuntimeError):
    """The portal did not take what the replay sent; the text says what."""


@dataclass(slots=True)
class House:
    """A running portal that knows nothing before its clock says so."""

    kit: Kit
    clock: ManualClock
    client: Client
    key: str
    ids: dict[str, int]

    def send(self, kind: str, papers: Sequence[Paper]) -> None:
        """Post papers to the door of this kind, whatever their number. Raises SaidNo."""
        for start in range(0, len(papers), MOST_AT_ONCE):
            for result in self._post(kind, papers[start : start + MOST_AT_ONCE]):
                if result["outcome"] == "rejected":
                    raise SaidNo(f"the portal rejected one of the {kind}: {result}")
                if kind == "shipments":
                    self.ids[result["reference"]] = result["id"]

    def _post(self, kind: str, papers: Sequence[Paper]) -> list[dict[str, Any]]:
        answer = self.client.post(
            f"/api/v1/{kind}", json={kind: papers}, headers={"Authorization": f"Bearer {self.key}"}
        )
        if answer.status_code != 200:
            raise SaidNo(f"the portal answered {answer.status_code} to {kind}: {answer.text[:300]}")
        results: list[dict[str, Any]] = json.loads(answer.data)["results"]
        return results

    def live_windows(self, references: Sequence[str]) -> dict[str, Promise]:
        """What the pages of these shipments say now."""
        with self.kit.reading() as session:
            of = doors.live_windows(session, [self.ids[name] for name in references])
        return {name: window for name in references if (window := of.get(self.ids[name]))}

    def ledger(self) -> dict[str, list[Promise]]:
        """Every window that was shown, by reference, oldest first."""
        names = {number: name for name, number in self.ids.items()}
        found: dict[str, list[Promise]] = {}
        with self.kit.reading() as session:
            for shown in promises.of_shipments(session, names):
                found.setdefault(names[shown.shipment_id], []).append(shown.promise)
        return found


@contextmanager
def opened(make: MakeApp, begins: datetime, level: int, spreads: dict[str, Table]) -> Iterator[House]:
    """A house that stands at `begins`, gone afterwards; no account of the environment's is used."""
    clock = ManualClock(begins)
    with TemporaryDirectory(prefix="doorstep-replay-") as folder:
        app = make(_settings(Path(folder), level), clock=clock)
        with app.app_context():
            logging.getLogger("alembic").setLevel(logging.WARNING)
            flask_migrate.upgrade(directory=str(PROJECT / "migrations"))
        kit: Kit = app.extensions["doorstep"]
        kit.voice = replace(kit.voice, learned=lambda owner, depot, kind, level: spreads.get(depot))
        operate.add_shipper(kit, "Replay", "replay")
        key = operate.add_key(kit, "replay", ["all"], "replay", begins)[-1]
        yield House(kit, clock, Client(app), key, {})
        with app.app_context():
            db.engine.dispose()


def _settings(folder: Path, level: int) -> Settings:
    return Settings(
        _env_file=None,
        database_url=f"sqlite:///{folder / 'replay.db'}",
        redis_url="",
        instance_path=folder,
        secret_key=SecretStr(secrets.token_urlsafe(48)),
        public_url="http://localhost",
        log_level="WARNING",
        twilio_account_sid="",
        sendgrid_api_key=SecretStr(""),
        level=level,
    )
