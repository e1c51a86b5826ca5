"""Looking changes nothing: every GET door, opened with every right, leaves each row as it was."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import create_engine, select

from notifications.message import Channel
from portal import jobs
from portal.config import Settings
from portal.store import outbox
from tests.dispatch import new_dispatch, shipment
from tests.house.rows import reflected
from tests.office import Office

# looks leave these traces on purpose: who looked, when a key or session was used, how often a page was seen
TRACES = {"audit", "agent_sessions", "api_keys", "page_views", "heartbeats"}


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return settings.model_copy(update={"demo": True})


def rows(url: str) -> dict[str, list[str]]:
    """Every row of every table that a look must not touch."""
    engine = create_engine(url)
    with engine.connect() as connection:
        found = {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in reflected(connection)
            if table.name not in TRACES
        }
    engine.dispose()
    return found


def test_looking_through_every_door_changes_no_row(app: Flask, clock: Any, database_url: str):
    dispatch = new_dispatch(app)
    link = dispatch.ships(shipment("A-1"))[0]["link"]
    dispatch.happens("A-1", "at_depot", clock())
    dispatch.happens("A-1", "out_for_delivery", clock())
    dispatch.drives("R-1", "V-1", clock(), "A-1")
    dispatch.stands("V-1", 10.0, 20.0, clock())
    office = Office(app, clock)
    office.hire(role="admin")
    office.sign_in(dispatch.client)
    with app.app_context(), app.extensions["doorstep"].reading() as session:
        email = next(one for one in outbox.latest(session) if one.channel is Channel.EMAIL)
        pulse = jobs.Pulse(app.extensions["doorstep"])
        for tick in jobs.TICKS:
            tick.work(app.extensions["doorstep"])
            pulse(tick.name)
    names = {
        "filename": "css/base.css",
        "code": urlsplit(link).path.rpartition("/")[2],
        "token": urlsplit(email.headers["unsubscribe"]).path.rpartition("/")[2],
        "reference": "A-1",
        "shipment_id": 1,
        "message_id": email.id,
    }
    before = rows(database_url)
    unseen = {}
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()):
            with app.test_request_context():
                path = app.url_for(rule.endpoint, **{name: names[name] for name in rule.arguments})
            status = dispatch.client.get(
                path, headers={"Authorization": f"Bearer {dispatch.key}"}
            ).status_code
            if status >= 400:
                unseen[rule.endpoint] = status
    assert rows(database_url) == before
    assert unseen == {}
