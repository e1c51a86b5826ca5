"""The map's frame: numbers only, our own files, its own policy, and only when it is time for one."""

import json
import re

import pytest

from portal.domain.geo import Point, distance_m
from portal.web import map_answers, map_drawing, map_picture, streets
from tests.dispatch import new_dispatch
from tests.recipient import recipient_of
from tests.web.test_tracking import PERSONAL, on_the_van

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    return recipient_of(app, dispatch)


def test_before_the_van_is_near_there_is_no_map(ann, dispatch, clock):
    assert "<iframe" not in ann.looks()
    frame = ann.looks("/map")
    assert "The van is not on its way to you, so there is no map." in frame
    assert "10.0" not in frame
    on_the_van(dispatch, clock, stops=12)
    assert "<iframe" not in ann.looks()
    assert "The van appears on this map when it is 10 stops away." in ann.reads()


def test_the_words_say_what_the_map_shows(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    assert "You are the next stop. The van is about 0.7 mi north-east of your door." in ann.reads()


def test_an_old_position_is_not_shown_and_the_page_says_why(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    clock.forward(minutes=11)
    assert "We have not heard from the van for ten minutes" in ann.reads()
    assert "<iframe" not in ann.looks()


def test_the_frame_has_numbers_of_one_door_and_one_van_only(ann, dispatch, clock):
    on_the_van(dispatch, clock, stops=3)
    frame = ann.looks("/map")
    found = re.search(r'id="numbers"[^>]*>(.*?)</script>', frame)
    numbers = json.loads(found[1])
    # the block, not the house: whoever has the link must not read the address off the map
    assert numbers["door"] != [10.0, 20.0]
    assert distance_m(Point(*numbers["door"]), Point(10.0, 20.0)) < 75
    assert numbers["van"] != [10.008, 20.005]
    assert "10.02" not in frame
    assert [word for word in PERSONAL if re.search(rf"\b{re.escape(word)}\b", frame)] == []


def test_the_frame_may_only_do_what_it_needs(ann, dispatch, clock):
    on_the_van(dispatch, clock)
    answer = ann.client.get(f"{ann.path}/map")
    policy = answer.headers["Content-Security-Policy"]
    assert "frame-ancestors 'self'" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert not re.search(r'(src|href)="https?://', answer.text)
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    for tag in re.findall(r"<(?:script|style)\b[^>]*>", answer.text):
        assert "src=" in tag or "application/json" in tag or nonce in tag


def test_tiles_of_the_operator_are_allowed_and_nothing_else():
    assert (
        map_answers.tile_origin("https://{s}.tiles.example.com/{z}/{x}/{y}.png")
        == "https://*.tiles.example.com"
    )
    assert map_answers.tile_origin("/tiles/{z}/{x}/{y}.png") == ""


def test_a_map_is_drawn_once_for_a_part_of_town(tmp_path):
    door, near, here = Point(10.0, 20.0), Point(10.001, 20.001), Point(10.0012, 20.0011)
    boxes = {map_drawing.part_of_town(door, van) for van in (near, here)}
    assert len(boxes) == 1
    args = (door, boxes.pop(), None, "", "")
    assert map_drawing.drawn(*args) is map_drawing.drawn(*args)
    assert map_drawing.drawn.__wrapped__(*args) == map_drawing.drawn.__wrapped__(*args)


def test_streets_are_cut_to_what_is_shown(tmp_path):
    file = tmp_path / "streets.json"
    near = {"type": "LineString", "coordinates": [[20.0, 10.0], [20.001, 10.001]]}
    far = {"type": "LineString", "coordinates": [[21.0, 11.0], [21.001, 11.001]]}
    lake = {"type": "Polygon", "coordinates": [[[20, 10], [20.001, 10], [20.001, 10.001], [20, 10]]]}
    features = [
        {"type": "Feature", "geometry": near, "properties": {"kind": "main", "name": "</script>"}},
        {"type": "Feature", "geometry": far, "properties": None},
        {"type": "Feature", "geometry": lake, "properties": {"kind": "water"}},
    ]
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}))
    box = map_drawing.part_of_town(Point(10.0, 20.0), None)
    assert streets.within(file, box).keys() == {"main", "water"}
    drawn = map_drawing.drawn(Point(10.0, 20.0), box, file, "", "")
    assert 'className": "main"' in drawn
    assert "name" not in re.sub(r"className", "", drawn).split("<body>")[1]


@pytest.mark.parametrize("content", ["", "[]", '{"features": 3}', '{"features": [{"geometry": null}]}'])
def test_a_broken_street_file_draws_nothing(tmp_path, content):
    file = tmp_path / "broken.json"
    file.write_text(content)
    assert streets.shapes(file) == ()


def test_a_still_picture_keeps_everything_of_interest_in_its_middle():
    door, streets = Point(10.0, 20.0), None
    for van in (Point(10.05, 20.0), Point(10.0, 19.9), Point(9.9999, 20.0001)):
        svg = map_picture.drawn(door, van, True, 178.0, streets, "", "")
        for x, y in re.findall(r'<g transform="translate\(([\d.]+) ([\d.]+)\)"', svg):
            assert 180 <= float(x) <= 540, van
            assert 80 <= float(y) <= 400, van
    assert '"10.' not in svg and ">10." not in svg


def test_whose_map_it_is_stands_on_frame_and_picture(tmp_path):
    file = tmp_path / "streets.json"
    line = {"type": "LineString", "coordinates": [[20.0, 10.0], [20.001, 10.001]]}
    file.write_text(json.dumps({"features": [{"geometry": line}]}))
    whose, door = '&copy; <a href="https://x.example">Ships &amp; Co</a>', Point(10.0, 20.0)
    frame = map_drawing.drawn(door, map_drawing.part_of_town(door), file, "", whose)
    assert "x.example" in frame
    svg = map_picture.drawn(door, None, False, 0.0, file, map_picture.plain(whose), "")
    assert ">© Ships &amp; Co</text>" in svg
    assert "<a " not in svg


def test_tiles_come_from_the_operators_own_origin_and_from_nowhere_else(app, ann, dispatch, clock):
    settings = app.extensions["doorstep"].settings
    settings.map_tiles_url = "https://tiles.example.com/{z}/{x}/{y}.png"
    settings.map_attribution = "© The makers"
    on_the_van(dispatch, clock)
    answer = ann.client.get(f"{ann.path}/map")
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src 'self' data: https://tiles.example.com;" in policy
    assert re.findall(r"https?://[^/;\s]+", policy) == ["https://tiles.example.com"]
    assert "The makers" in answer.text
    assert "tiles.example.com" not in ann.client.get(ann.path).headers["Content-Security-Policy"]
