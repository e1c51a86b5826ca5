"""Windows of a round on real roads, with a routing server, and of a door that nobody can find on the map."""

import time

import pytest
from sqlalchemy import select

from portal.app import create_app
from portal.store.promises import PromiseRow
from tests.dispatch import DOOR, new_dispatch, shipment
from tests.doubles.routing import Manner, RoutingServer
from tests.recipient import recipient_of
from tests.roads.town import spot, write

# South Street out, the river side back: three doors at corners of the small town.
CORNERS = {"S-1": (0, 0), "S-2": (0, 2), "S-3": (2, 2)}


@pytest.fixture(scope="module")
def roads_file(tmp_path_factory):
    from portal.roads import reading, roadmap

    folder = tmp_path_factory.mktemp("roads")
    roadmap.save(reading.read(write(folder / "town.osm.pbf")).roads, folder / "roads.npz")
    return folder / "roads.npz"


@pytest.fixture
def house(settings, clock):
    """`house(**settings)`: an app with these settings; all of them are closed at the end."""
    apps = []

    def open_(**more):
        app = create_app(settings.model_copy(update=more), clock=clock)
        apps.append(app)
        return app

    yield open_
    for app in apps:
        with app.app_context():
            app.extensions["doorstep"].database.engine.dispose()


def leaves(dispatch, clock, without_place=()):
    """The van leaves with a parcel for each corner, and has served the first."""
    for name, place in CORNERS.items():
        at = {} if name in without_place else {"lat": spot(*place).lat, "lng": spot(*place).lng}
        dispatch.ships(shipment(name, address=DOOR | {"timezone": "UTC"} | at, window=None))
    stops = [{"seq": seq, "shipment": name} for seq, name in enumerate(CORNERS, 1)]
    told = {"route": "R-1", "van": "V-1", "departs_at": clock().isoformat(), "stops": stops}
    assert dispatch._list("POST", "routes", [told])[0]["outcome"] == "taken"
    for name in CORNERS:
        dispatch.happens(name, "out_for_delivery", clock())
    clock.forward(minutes=10)
    dispatch.happens("S-1", "delivered", clock())


def bases(app):
    """What the windows shown since then rested on."""
    kit = app.extensions["doorstep"]
    with app.app_context(), kit.reading() as session:
        found = session.execute(select(PromiseRow.shipment_id, PromiseRow.origin).order_by(PromiseRow.id))
        return [(row.origin or {}).get("basis") for row in found]


def live(dispatch, name):
    return dispatch.reads(name)["window"]["live"]


def test_windows_rest_on_roads_where_there_is_a_road_file(house, roads_file, clock):
    app = house(roads_file=roads_file)
    dispatch = new_dispatch(app)
    leaves(dispatch, clock)
    assert "roads" in bases(app)
    assert "travel" not in bases(app)


def test_a_road_file_that_is_none_leaves_the_straight_line(house, tmp_path, clock):
    (tmp_path / "roads.npz").write_text("no roads")
    app = house(roads_file=tmp_path / "roads.npz")
    leaves(new_dispatch(app), clock)
    assert "travel" in bases(app)


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_a_routing_server_is_asked_behind_our_back_and_used_at_the_next_look(house, clock, kind):
    with RoutingServer(kind) as server:
        app = house(routing_url=server.url, routing_kind=kind)
        dispatch = new_dispatch(app)
        leaves(dispatch, clock)
        roads = app.extensions["doorstep"].voice.travel
        give_up_at = time.monotonic() + 10
        while roads.seconds(spot(0, 2), spot(2, 2)) is None and time.monotonic() < give_up_at:
            time.sleep(0.02)
        clock.forward(minutes=200)
        dispatch.happens("S-2", "delivered", clock())
        assert bases(app)[-1] == "roads"


@pytest.mark.parametrize("manner", [Manner.SLOW, Manner.DOWN, Manner.JUNK])
def test_no_request_waits_for_a_server_in_trouble(house, clock, manner):
    with RoutingServer("osrm", manner) as server:
        app = house(routing_url=server.url)
        dispatch = new_dispatch(app)
        began = time.monotonic()
        leaves(dispatch, clock)
        # dozens of requests, none of which waited the two seconds that a call may take
        assert time.monotonic() - began < 20
        assert "roads" not in bases(app)
        server.released.set()


def test_a_door_without_a_place_gets_a_wider_window_and_no_place(app, clock):
    dispatch = new_dispatch(app)
    leaves(dispatch, clock, without_place=("S-2",))
    assert live(dispatch, "S-2")["confidence"] == "rough"
    assert live(dispatch, "S-3")["confidence"] == "rough"
    assert not guessed_in(str(dispatch.reads("S-2")))


def guessed_in(told):
    """Whether the place between the first and the third door got out."""
    guess = spot(1, 1)
    return f"{guess.lat:.4f}" in told or f"{guess.lng:.4f}" in told


def test_its_page_shows_no_map_and_no_distance_and_says_why(app, clock):
    dispatch = new_dispatch(app)
    leaves(dispatch, clock, without_place=("S-2",))
    ben = recipient_of(app, dispatch, "S-2", address=DOOR | {"timezone": "UTC"}, window=None)
    dispatch.stands("V-1", spot(0, 1.6).lat, spot(0, 1.6).lng, clock())
    page, read = ben.looks(), ben.reads()
    assert "<iframe" not in page
    assert "We do not know exactly where your door is, so there is no map." in read
    assert "of your door" not in read.replace("where your door is", "")
    assert "You are the next stop." in read
    for form in ("", "/map", "/live", "/feed.json"):
        assert not guessed_in(ben.client.get(ben.path + form).text)


def test_its_window_is_wider_than_that_of_a_known_door(house, settings, clock):
    app = house()
    known, unknown = new_dispatch(app), new_dispatch(app, "Birch Toys")
    leaves(known, clock)
    clock_at = clock()
    leaves(unknown, clock, without_place=("S-2",))
    assert clock() > clock_at
    assert width(live(unknown, "S-2")) > width(live(known, "S-2"))


def width(window):
    from datetime import datetime

    start, end = (datetime.fromisoformat(window[side]) for side in ("start", "end"))
    return (end - start).total_seconds()
