"""Phones in vans: each app's own words and units, hostile ones, secrets that open one van, and none in any log."""

import io
from contextlib import redirect_stderr
from datetime import timedelta

import pytest

from portal.logs import set_up
from portal.store import devices, positions
from portal.store.routes import Fix
from tests.devices import Phone, new_phone
from tests.dispatch import DOOR, new_dispatch, shipment


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def phone(app) -> Phone:
    """A phone in a van that has no route today."""
    new_dispatch(app)
    return new_phone(app)


def where(kit, van_id=1) -> Fix | None:
    with kit.reading() as session:
        return positions.hold(session, van_id)[0].fix


def test_owntracks_speaks_in_kilometers_an_hour_and_seconds(phone, kit, clock):
    answer = phone.owntracks(48.001, 9.002, clock(), cog=271)
    assert (answer.status_code, answer.json) == (200, [])
    assert where(kit) == Fix(48.001, 9.002, clock(), 12.0, pytest.approx(10.0), 271.0)


@pytest.mark.parametrize(
    "said", ["transition", "waypoint", "lwt", "status", "encrypted", "dump", "steps", None, 7]
)
def test_what_else_owntracks_says_is_answered_and_left_alone(phone, kit, clock, said):
    answer = phone.tells(
        "owntracks", {"_type": said, "lat": 1.0, "lon": 2.0, "tst": int(clock().timestamp())}
    )
    assert (answer.status_code, answer.json) == (200, [])
    assert where(kit) is None


def test_owntracks_sends_nothing_when_a_friend_is_deleted(phone):
    assert phone.client.post(f"/devices/{phone.secret}/owntracks", data=b"").json == []


def test_a_phone_that_was_offline_sends_several_in_any_order(phone, kit, clock):
    said = [
        {
            "_type": "location",
            "lat": 48.0 + minutes / 1000,
            "lon": 9.0,
            "tst": int(clock().timestamp()) - 60 * minutes,
        }
        for minutes in (0, 4, 2)
    ]
    assert phone.tells("owntracks", [*said, {"_type": "location", "lat": 99}, {"_type": "lwt"}]).json == []
    assert where(kit).lat == 48.0


def test_traccar_client_asks_with_knots(phone, kit, clock):
    seconds = int(clock().timestamp())
    more = {"bearing": "90.0", "altitude": "480", "accuracy": "4.5", "batt": "81", "charge": "true"}
    answer = phone.asks(id="48241179", timestamp=seconds, lat=48.001, lon=9.002, speed="20", **more)
    assert (answer.status_code, answer.text) == (200, "taken\n")
    assert where(kit) == Fix(48.001, 9.002, clock(), 4.5, pytest.approx(10.289, abs=0.001), 90.0)


@pytest.mark.parametrize(
    "time",
    ["{s}", "{s}000", "{iso}", "{iso}Z", "{plain}", None],
    ids=["seconds", "milliseconds", "ISO", "UTC", "plain", "none: it is now"],
)
def test_times_are_read_as_traccar_reads_them(phone, kit, clock, time):
    at = clock()
    words = {"s": int(at.timestamp()), "iso": at.strftime("%Y-%m-%dT%H:%M:%S"), "plain": at.strftime("%F %T")}
    said = {"timestamp": time.format(**words)} if time else {}
    assert phone.asks(id="1", location="48.001,9.002", **said).text == "taken\n"
    assert where(kit).at == at


def test_traccar_client_posts_a_form_or_a_query(phone, kit, clock):
    path = f"/devices/{phone.secret}/osmand"
    said = {"deviceid": "1", "lat": "48.001", "lon": "9.002", "heading": "10"}
    assert phone.client.post(path, data=said).text == "taken\n"
    clock.forward(seconds=10)
    assert phone.client.post(path, query_string=said | {"lat": "48.002"}).text == "taken\n"
    assert (where(kit).lat, where(kit).heading_deg) == (48.002, 10.0)


def test_traccar_client_9_speaks_in_meters_a_second(phone, kit, clock):
    assert phone.traccar_client(48.001, 9.002, clock()).text == "taken\n"
    assert where(kit) == Fix(48.001, 9.002, clock(), 5.0, 10.0, 90.0)
    clock.forward(seconds=10)
    assert phone.traccar_client(48.002, 9.002, clock(), speed=-1, heading=-1, accuracy=-1).text == "taken\n"
    assert where(kit) == Fix(48.002, 9.002, clock())


def test_traccar_client_9_may_send_several_or_only_say_that_it_lives(phone, kit, clock):
    at = [(clock() - timedelta(seconds=seconds)).isoformat() for seconds in (30, 0)]
    place = {"latitude": 48.0, "longitude": 9.0}
    several = [{"timestamp": one, "coords": place} for one in at]
    assert phone.tells("osmand", {"location": several, "device_id": "1"}).text == "taken\ntaken\n"
    alive = phone.tells("osmand", {"location": {"timestamp": at[0], "event": "heartbeat"}, "device_id": "1"})
    assert (alive.status_code, alive.text) == (200, "ignored: there is no position in it.\n")


def test_a_traccar_server_forwards_in_knots(phone, kit, clock):
    assert phone.traccar_server(48.001, 9.002, clock()).json == {"results": [{"outcome": "taken"}]}
    assert where(kit) == Fix(48.001, 9.002, clock(), None, pytest.approx(10.289, abs=0.001), 90.0)
    assert phone.traccar_server(48.5, 9.5, clock(), valid=False).json == {"results": []}
    clock.forward(seconds=10)
    as_it_was = clock().strftime("%Y-%m-%dT%H:%M:%S.000+0000")
    assert (
        phone.traccar_server(48.002, 9.002, clock(), fixTime=as_it_was).json["results"][0]["outcome"]
        == "taken"
    )
    assert where(kit).at == clock()


def test_what_is_not_believed_is_no_error_or_the_app_would_send_it_for_ever(phone, kit, clock):
    phone.traccar_client(48.0, 9.0, clock())
    clock.forward(seconds=10)
    jump = phone.traccar_client(48.5, 9.0, clock())
    assert (jump.status_code, jump.text.partition(":")[0]) == (200, "ignored")
    tomorrow = phone.traccar_server(48.0, 9.0, clock() + timedelta(days=1)).json["results"][0]
    assert tomorrow["outcome"] == "rejected"
    assert "future" in tomorrow["because"]
    assert where(kit).lat == 48.0


HOSTILE = {
    "no JSON": b"<xml/>",
    "half": b'{"_type": "location"',
    "NaN": b'{"_type":"location","lat":NaN,"lon":9,"tst":1781510400}',
    "deep": b"[" * 100_000,
    "not UTF-8": b'{"_type":"location","tid":"\xff"}',
    "text": b'"location"',
    "number": b"7",
    "list in list": b"[[]]",
    "no place": b'{"_type":"location","tst":1781510400}',
    "place as objects": b'{"_type":"location","lat":{},"lon":[],"tst":1781510400}',
    "off the earth": b'{"_type":"location","lat":91,"lon":181,"tst":1781510400}',
    "endless": b'{"_type":"location","lat":1e999,"lon":1,"tst":1781510400}',
    "truth": b'{"_type":"location","lat":true,"lon":false,"tst":1781510400}',
    "no time": b'{"_type":"location","lat":48,"lon":9}',
    "time of no century": b'{"_type":"location","lat":48,"lon":9,"tst":1e300}',
    "time in words": b'{"_type":"location","lat":48,"lon":9,"tst":"teatime"}',
    "coords in words": b'{"location":{"timestamp":"x","coords":"here"}}',
    "location in words": b'{"location":"here"}',
    "position in words": b'{"position":"here"}',
    "time of year 1": b'{"position":{"latitude":48,"longitude":9,"fixTime":"0001-01-01T00:00:00+14:00"}}',
    "many": b"[" + b"{}," * 1_001 + b"{}]",
    "large": b" " * 300_000,
}


@pytest.mark.parametrize("app_name", ["owntracks", "osmand", "traccar"])
@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_position_gets_a_clear_answer(phone, kit, name, app_name):
    path = f"/devices/{phone.secret}/{app_name}"
    answer = phone.client.post(path, data=HOSTILE[name], content_type="application/json")
    assert answer.status_code in ({200} if answer.json == [] else {400, 413, 422}), answer.text
    if answer.status_code != 200:
        assert answer.json["detail"].endswith(".")
        assert phone.secret not in answer.text
    assert where(kit) is None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "id=1",
        "lat=48",
        "lat=a&lon=b",
        "lat=nan&lon=inf",
        "location=48",
        "lat=48&lon=9&timestamp=soon",
        "lat=%00&lon=%ff",
    ],
)
def test_a_question_without_a_place_gets_a_clear_answer(phone, kit, query):
    answer = phone.client.get(f"/devices/{phone.secret}/osmand?{query}")
    assert answer.status_code == 422
    assert answer.json["detail"].endswith(".")
    assert phone.client.post(f"/devices/{phone.secret}/osmand?{query}").status_code == 422
    assert where(kit) is None


def test_looking_at_the_address_moves_no_van(phone, kit):
    path = f"/devices/{phone.secret}/osmand?lat=48&lon=9"
    assert phone.client.head(path).status_code == 405
    assert phone.client.options(path).status_code == 200
    assert where(kit) is None


def test_a_secret_that_is_not_or_no_more_looks_the_same(app, phone, kit, clock):
    other = new_phone(app)
    with kit.transaction() as session:
        devices.revoke(session, 2, clock())
    secrets = [other.secret, "a" * 26, "a", phone.secret.upper(), phone.secret + "a", "é" * 26]
    answers = [Phone(phone.client, secret).owntracks(48.0, 9.0, clock()) for secret in secrets]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert kit.counts["devices"] == len(secrets)
    assert where(kit) is None


def test_a_phone_moves_its_own_van_only(app, phone, kit, clock):
    """Another shipper's van of the same name stays where it is."""
    new_dispatch(app, "Bolt Bikes")
    theirs = new_phone(app, slug="bolt-bikes")
    theirs.owntracks(48.5, 9.5, clock())
    phone.owntracks(48.0, 9.0, clock())
    assert (where(kit, 1).lat, where(kit, 2).lat) == (48.0, 48.5)


def test_several_phones_may_ride_in_a_van_and_one_is_taken_out(app, phone, kit, clock):
    second = new_phone(app, label="the driver's own")
    phone.owntracks(48.0, 9.0, clock())
    clock.forward(seconds=10)
    second.owntracks(48.001, 9.0, clock())
    assert where(kit).lat == 48.001
    with kit.reading() as session:
        assert [one.seen_at is not None for one in devices.everyone(session)] == [True, True]


def test_that_a_phone_speaks_is_noted_to_the_minute(phone, kit, clock):
    first = clock()
    for _ in range(5):
        phone.owntracks(48.0, 9.0, clock())
        clock.forward(seconds=10)
    with kit.reading() as session:
        assert devices.everyone(session)[0].seen_at == first


def test_positions_of_a_phone_move_the_windows_of_its_route(app, clock):
    dispatch = new_dispatch(app)
    names = ["S-1", "S-2", "S-3"]
    places = {name: DOOR | {"lat": 48 + number / 100, "lng": 9.0} for number, name in enumerate(names)}
    dispatch.ships(*(shipment(name, address=places[name], window=None) for name in names))
    dispatch.drives("R1", "van 1", clock(), *names)
    for name in names:
        dispatch.happens(name, "out_for_delivery", clock())
    dispatch.happens("S-1", "delivered", clock())
    phone = new_phone(app)
    clock.forward(minutes=19)
    before = dispatch.reads("S-2")["window"]["live"]
    phone.owntracks(48.0, 9.0, clock())
    after = dispatch.reads("S-2")["window"]["live"]
    assert after["updated_at"] > before["updated_at"]


def test_neither_secret_nor_place_reaches_a_log(phone, clock):
    with redirect_stderr(io.StringIO()) as lines:
        set_up("DEBUG")
        phone.asks(id="1", lat=48.123456, lon=9.2)
        Phone(phone.client, "b" * 26).owntracks(48.123456, 9.0, clock())
        phone.tells("owntracks", [[]])
    set_up("INFO")
    assert not any(word in lines.getvalue() for word in (phone.secret, "b" * 26, "48.123456"))
