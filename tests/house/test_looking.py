"""Looking changes nothing: every GET door, opened with every right, leaves each row as it was."""

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import create_engine, select

from notifications.message import Channel
from portal import jobs
from portal.config import Settings
from portal.domain.access import fingerprint
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.flows import change
from portal.store import outbox, shipments, shippers, sources
from tests.dispatch import Dispatch, new_dispatch, shipment
from tests.house.rows import reflected
from tests.neighbor import neighbor_of
from tests.office import Office
from tests.pictures import photo
from tests.recipient import Recipient

# looks leave these traces on purpose: who looked, when a key or session was used, how often a page was seen
TRACES = {"audit", "agent_sessions", "api_keys", "page_views", "heartbeats"}

# there are no lockers here and no logo, the van does not come to the neighbor yet, nobody signs in elsewhere
NOTHING_TO_DRAW = {
    "locker_maps.picture": 404,
    "neighbor_maps.picture": 404,
    "console_setup_brand.picture": 404,
    "console_sso.begin": 404,
}


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


def a_picture(app: Flask, dispatch: Dispatch, clock: Any) -> dict[str, Any]:
    """A photo of a delivery whose recipient typed the code in the same browser; the names in its addresses."""
    told = dispatch.ships(shipment("A-2"))[0]
    dispatch.happens("A-2", "delivered", clock(), how="safe_place")
    form = {"shipment": "A-2", "event_id": f"ev-{dispatch.numbers[0]}", "sort": "photo"}
    form["file"] = (BytesIO(photo()), "door.jpg")  # type: ignore[assignment]
    assert dispatch.call("POST", "/proofs", data=form).status_code == 200
    (kept,) = app.extensions["doorstep"].drawer.folder.glob("*/*/*")
    path = urlsplit(told["link"]).path
    who = Recipient(dispatch.client, path, app)
    who.sends("/verify/code", "/verify?for=proof")
    assert who.sends("/verify", "/verify?for=proof", code=who.code(), **{"for": "proof"}).status_code == 303
    return {"shipment_id": told["id"], "code": path.rpartition("/")[2], "name": kept.name}


def a_neighbor(app: Flask, dispatch: Dispatch) -> dict[str, Any]:
    """Somebody next door was asked; the name in their page's address."""
    dispatch.ships(shipment("A-3"))
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.transaction() as session:
        (known,) = shipments.by_references(session, [(1, "A-3")]).values()
        wish = LeaveWithNeighbor("Wen Li", "14", "wen@example.net")
        change.ask(session, kit.voice, known.shipment, wish, kit.now())
    return {"code": neighbor_of(app).path.rpartition("/")[2]}


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
    picture, next_door = a_picture(app, dispatch, clock), a_neighbor(app, dispatch)
    with app.app_context(), app.extensions["doorstep"].transaction() as session:
        sources.add(session, 1, "onfleet", "", fingerprint("a-secret-part"), "ab12", clock())
        shippers.set_rules(session, 1, {"embed_origins": ["https://shop.example"]})
    app.extensions["doorstep"].shippers.forget()
    names = {
        "filename": "css/base.css",
        "code": urlsplit(link).path.rpartition("/")[2],
        "token": urlsplit(email.headers["unsubscribe"]).path.rpartition("/")[2],
        "reference": "A-1",
        "shipment_id": 1,
        "route_id": 1,
        "message_id": email.id,
        "slug": "acme-books",
        "fingerprint": "a" * 64,
        "figure": "attempts",
    }
    before = rows(database_url)
    unseen = {}
    for rule in app.url_map.iter_rules():
        keeps = getattr(app.view_functions[rule.endpoint], "keeps_on_get", "")
        if "GET" in (rule.methods or ()) and not keeps:
            with app.test_request_context():
                known = names | picture if "name" in rule.arguments else names
                known = known | (next_door if rule.endpoint.startswith("neighbor") else {})
                known = known | ({"code": "a-secret-part"} if rule.endpoint.startswith("inbound.") else {})
                path = app.url_for(rule.endpoint, **{name: known[name] for name in rule.arguments})
            status = dispatch.client.get(
                path, headers={"Authorization": f"Bearer {dispatch.key}"}
            ).status_code
            if status >= 400:
                unseen[rule.endpoint] = status
    assert rows(database_url) == before
    assert unseen == NOTHING_TO_DRAW
