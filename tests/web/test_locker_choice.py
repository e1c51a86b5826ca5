"""Choosing a locker: nearest first, near another address, on a map; what keeps one from being chosen is said."""

import json

import pytest

from portal.store import lockers
from tests.dispatch import locker, new_dispatch, shipment
from tests.recipient import recipient_of, wishes_at_dispatch

LOW = {"size": "L", "width_mm": 400, "height_mm": 400, "depth_mm": 600, "count": 1, "low": True}


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def row(count, town="", step=0.001):
    """So many lockers one after the other to the north."""
    return [
        locker(f"L{n:02}", name=f"Locker {n:02}", address=f"{n} North Road {town}".strip(), lat=10 + step * n)
        for n in range(1, count + 1)
    ]


def test_each_says_how_far_it_is_on_foot_and_what_is_special(app, dispatch):
    point = locker("shop", name="Corner Shop", sort="pickup_point", reachable=True, hours="9 to 5")
    dispatch.offers(lockers=[point, locker("low", name="Low One", lat=10.01, compartments=[LOW])])
    page = recipient_of(app, dispatch).reads("/change?kind=locker")
    assert (
        "Corner Shop 0.2 mi · 4 min on foot 1 Station Sq · 9 to 5 Pickup point with staff Without steps"
        in page
    )
    assert "Low One 0.9 mi · 19 min on foot 1 Station Sq Low compartment" in page


def test_too_heavy_is_said_at_the_locker(app, dispatch):
    boxes = locker()["compartments"][0] | {"max_weight_g": 500}
    dispatch.offers(lockers=[locker(compartments=[boxes]), locker("strong", name="Strong", lat=10.002)])
    parcels = [{"code": "P", "weight_g": 900, "length_mm": 330, "width_mm": 200, "height_mm": 120}]
    ann = recipient_of(app, dispatch, parcels=parcels)
    assert "Your parcel is too heavy for it" in ann.reads("/change?kind=locker")
    answer = ann.sends("/change", "/change?kind=locker", kind="locker", locker="station")
    assert answer.status_code == 422
    assert "too heavy for a locker compartment" in answer.text


def test_a_low_compartment_is_only_promised_where_there_is_one(app, dispatch):
    dispatch.offers(lockers=[locker(), locker("low", name="Low One", lat=10.01, compartments=[LOW])])
    ann = recipient_of(app, dispatch)
    answer = ann.sends("/change", "/change?kind=locker", kind="locker", locker="station", low="1")
    assert (answer.status_code, "no low compartment" in answer.text) == (422, True)
    assert (
        ann.sends("/change", "/change?kind=locker", kind="locker", locker="low", low="1").status_code == 303
    )


def test_ten_at_first_and_more_when_asked(app, dispatch):
    dispatch.offers(lockers=row(70))
    ann = recipient_of(app, dispatch)
    assert ann.looks("/change?kind=locker").count('name="locker"') == 10
    assert ann.looks("/change?kind=locker&show=20").count('name="locker"') == 20
    assert ann.looks("/change?kind=locker&show=999").count('name="locker"') == 50
    assert "show=60" not in ann.looks("/change?kind=locker&show=50")
    for odd in ("x", "-1", "٣", "9" * 50):
        assert ann.looks(f"/change?kind=locker&show={odd}").count('name="locker"') == 10


def test_near_another_address_that_a_known_point_has(app, dispatch):
    away = locker("away", name="Bahnhof Süd", address="Königsallee 7, 40212 Düsseldorf", lat=51.2, lng=6.8)
    dispatch.offers(lockers=[locker(), away, locker("next", name="Next Door", lat=51.201, lng=6.8)])
    ann = recipient_of(app, dispatch)
    for typed in ("konigsallee", "40212", "DÜSSELDORF", "Königsallee 9, Düsseldorf"):
        page = ann.reads(f"/change?kind=locker&near={typed}")
        assert "Near Bahnhof Süd, Königsallee 7, 40212 Düsseldorf" in page, typed
        assert page.index("Bahnhof Süd 10 ft") < page.index("Next Door")
        assert "Station 0" not in page
    answer = ann.sends(
        "/change", "/change?kind=locker&near=40212", kind="locker", locker="away", near="40212"
    )
    assert answer.status_code == 303
    assert "Bahnhof Süd" in ann.reads("/verify")
    ann.proves()
    assert wishes_at_dispatch(ann)[-1]["to"]["locker"] == "away"


@pytest.mark.parametrize(
    "typed", ["nowhere", "%25", "_", "a", "'; DROP TABLE lockers", "\u202e", "x" * 5_000, "%00"]
)
def test_what_is_not_known_shows_those_near_the_door(app, dispatch, typed):
    dispatch.offers(lockers=[locker()])
    page = recipient_of(app, dispatch).reads(f"/change?kind=locker&near={typed}")
    assert "Station" in page
    assert "Near Station" not in page


def test_lockers_of_another_shipper_are_neither_found_nor_chosen(app, dispatch):
    other = new_dispatch(app, "Other")
    other.offers(lockers=[locker("secret", name="Secret", address="9 Hidden Way")])
    dispatch.offers(lockers=[locker()])
    ann = recipient_of(app, dispatch)
    assert "Secret" not in ann.reads("/change?kind=locker&near=hidden")
    assert ann.sends("/change", "/change?kind=locker", kind="locker", locker="secret").status_code == 422


def test_the_map_shows_numbers_and_no_word(app, dispatch):
    dispatch.offers(lockers=[*row(3), locker("x", name="</script><b>", address="Evil Street")])
    ann = recipient_of(app, dispatch)
    answer = ann.client.get(f"{ann.path}/change/map")
    assert answer.status_code == 200
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "North Road" not in answer.text
    assert "Evil" not in answer.text
    assert answer.text.count("L.divIcon") == 5
    assert "10.0," not in answer.text.replace("10.00", "")
    assert 'src="' in ann.looks("/change?kind=locker").partition("<iframe")[2]


def test_without_a_door_on_the_map_there_is_a_list(app, dispatch):
    dispatch.offers(lockers=[locker()])
    ann = recipient_of(app, dispatch, address=shipment()["address"] | {"lat": None, "lng": None})
    page = ann.looks("/change?kind=locker")
    assert "Station" in page
    assert "<iframe" not in page
    assert ann.client.get(f"{ann.path}/change/map").status_code == 200


def test_the_nearest_is_found_in_order_whatever_lies_between(app, kit_of, dispatch):
    spots = [(10.0, 179.999), (10.0, -179.999), (10.001, 179.99), (10.3, 179.9), (-10.0, 179.999)]
    dispatch.offers(
        lockers=[locker(f"P{n}", lat=lat, lng=lng, name=json.dumps(n)) for n, (lat, lng) in enumerate(spots)]
    )
    with kit_of.reading() as session:
        assert [one.key for one in lockers.near(session, 1, 10.0, 179.9995)] == ["P0", "P1", "P2"]
        assert [one.key for one in lockers.near(session, 1, 10.0, 179.9995, 2)] == ["P0", "P1"]
        assert len(lockers.near(session, 1, None, None)) == 5
        assert lockers.near(session, 2, 10.0, 179.9995) == []
        assert lockers.near(session, 1, 90.0, 0.0) == []


@pytest.fixture
def kit_of(app):
    with app.app_context():
        yield app.extensions["doorstep"]
