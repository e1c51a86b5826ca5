"""Whatever the van does and wherever it stands: nothing a recipient can open holds another door's place or name."""

import json
import random
import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from portal.domain.geo import Point, blur
from portal.flows.shipper_rules import set_rules
from portal.web import map_drawing
from tests.dispatch import DOOR, new_dispatch, shipment
from tests.neighbor import neighbor_of
from tests.recipient import recipient_of, text_of
from tests.web.test_neighbor_pages import agrees, asked
from tests.web.test_tracking import on_the_van

GRIDS = (250.0, 60.0)
FRAME = ("", "/live", "/map", "/map.svg", "/feed.json", "/window.ics")
# a door's own block, which the link alone may know
BLOCK = 100.0
PAIR = re.compile(r"(-?\d+\.\d{3,}),\s*(-?\d+\.\d{3,})")


@dataclass
class Other:
    """Another door of the round: everything of it must stay unknown."""

    number: int
    lat: float
    lng: float
    reference: str = field(init=False)
    name: str = field(init=False)
    street: str = field(init=False)
    phone: str = field(init=False)

    def __post_init__(self) -> None:
        letters = "BCDFGHJKLM"
        tail = letters[self.number // 10] + letters[self.number % 10].lower()
        self.reference, self.name = f"REF-{tail}-{self.number + 700}", f"Quill{tail} Zander{tail}"
        self.street, self.phone = f"{self.number + 70} Xylo{tail} Row", f"+1202555{self.number + 1300:04}"

    @property
    def secrets(self) -> list[str]:
        """What must not be read anywhere; coordinates to four decimals, which are eleven meters."""
        numbers = [f"{self.lat:.6f}"[:-2], f"{self.lng:.6f}"[:-2]]
        words = [*self.name.split(), self.street.split()[1], self.phone, self.phone[-7:], self.reference]
        return [*words, f"quill{self.number}@example.org", *numbers]

    def told(self) -> dict[str, object]:
        """The shipment as dispatch tells it."""
        who = {"name": self.name, "phone": self.phone, "email": f"quill{self.number}@example.org"}
        address = DOOR | {"lines": [self.street], "lat": self.lat, "lng": self.lng, "timezone": "UTC"}
        return shipment(self.reference, recipient=who, address=address)


def unlike_any_cell(place: Point) -> bool:
    """A door whose numbers no middle of a cell begins with, so that they can be looked for as text."""
    cells = [blur(place, grid) for grid in (*GRIDS, BLOCK)]
    return all(
        f"{getattr(cell, axis):.6f}"[:-2] != f"{getattr(place, axis):.6f}"[:-2]
        for cell in cells
        for axis in ("lat", "lng")
    )


def others(dice: random.Random, count: int) -> list[Other]:
    """Doors all round Ann's, the later ones nearer, down to her own street."""
    found: list[Other] = []
    while len(found) < count:
        reach = 0.03 * (1 - len(found) / count) + 0.0005
        place = Point(
            round(10.0 + dice.uniform(-reach, reach), 6), round(20.0 + dice.uniform(-reach, reach), 6)
        )
        if unlike_any_cell(place):
            found.append(Other(len(found), place.lat, place.lng))
    return found


def doors_of(app, start: str) -> list[str]:
    """Every page below a link, as the house really hangs them."""
    rules = (rule for rule in app.url_map.iter_rules() if rule.rule.startswith(start))
    return sorted(
        {
            rule.rule.removeprefix(start)
            for rule in rules
            if rule.arguments == {"code"} and "GET" in rule.methods
        }
    )


def opened(client, path: str) -> str:
    """Everything that comes back: the body and the headers."""
    answer = client.get(path)
    assert answer.status_code < 500, path
    return "\n".join([answer.get_data(as_text=True), *(f"{name}: {value}" for name, value in answer.headers)])


def leaks(text: str, doors: list[Other]) -> list[str]:
    """Words and numbers of other doors, and places that are neither Ann's block nor the middle of a cell."""
    plain = text.casefold()
    found = [secret for door in doors for secret in door.secrets if secret.casefold() in plain]
    for lat, lng in PAIR.findall(text):
        place = Point(float(lat), float(lng))
        in_town = abs(place.lat - 10) < 1 and abs(place.lng - 20) < 1
        if in_town and not any(blur(place, grid) == place for grid in (*GRIDS, BLOCK)):
            found.append(f"{lat},{lng}")
    return found


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_a_recipient_can_open_holds_another_door(app, clock, seed):
    dice, dispatch = random.Random(seed), new_dispatch(app)
    ann = recipient_of(app, dispatch)
    round_ = others(dice, 13)
    dispatch.ships(*(door.told() for door in round_))
    pages = [
        *doors_of(app, "/t/<code>"),
        *(f"/change?kind={kind}" for kind in ("neighbor", "locker", "new_window")),
    ]
    assert set(FRAME) <= set(pages)

    def look(stage: str, below=FRAME) -> None:
        for path in below:
            found = leaks(opened(ann.client, ann.path + path), round_)
            assert found == [], (stage, path)

    look("told", pages)
    clock.move_to(clock().replace(hour=13))
    ahead, after = round_[:11], round_[11:]
    references = [*(door.reference for door in ahead), "A-1", *(door.reference for door in after)]
    dispatch.drives("R-1", "V-1", clock(), *references)
    for reference in references:
        dispatch.happens(reference, "out_for_delivery", clock())
    # the worst van: it reports from other people's doors and from nowhere else
    for number, door in enumerate(ahead):
        clock.forward(minutes=3)
        dispatch.stands("V-1", door.lat, door.lng, clock())
        look(f"at {number}", pages if number == 8 else FRAME)
        if number % 4 == 3:
            dispatch.happens(door.reference, "attempt_failed", clock(), reason="consignee_not_home")
        else:
            dispatch.happens(door.reference, "delivered", clock(), how="recipient")
        look(f"after {number}")
    clock.forward(minutes=2)
    dispatch.stands("V-1", after[0].lat, after[0].lng, clock())
    assert '"van":[' in opened(ann.client, f"{ann.path}/live")
    look("next, and at the door after", pages)
    clock.forward(minutes=11)
    look("stale", pages)
    dispatch.happens("A-1", "delivered", clock(), how="recipient")
    dispatch.stands("V-1", after[1].lat, after[1].lng, clock())
    look("over", pages)


@pytest.mark.engines("sqlite")
def test_the_map_does_not_know_where_in_its_cell_the_van_stands(app, clock):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    on_the_van(dispatch, clock, stops=3)
    cell = blur(Point(10.008, 20.005), 250)
    seen = set()
    for number in range(8):
        clock.forward(seconds=10)
        lat, lng = cell.lat + 0.0009 * (-1) ** number, cell.lng + 0.00025 * (number - 4)
        dispatch.stands("V-1", lat, lng, clock())
        frame = re.search(r'id="numbers"[^>]*>(.*?)</script>', ann.looks("/map"))[1]
        seen.add((json.dumps(ann.polls().json["map"]), frame, ann.looks("/map.svg")))
    assert len(seen) == 1


@pytest.mark.engines("sqlite")
def test_a_frame_is_drawn_once_a_version_and_a_poll_draws_nothing(app, clock):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    on_the_van(dispatch, clock)
    before, etag = map_drawing.drawn.built, ""
    for number in range(1_000):
        etag = ann.polls(etag=etag if number % 2 else "").headers["ETag"]
    assert map_drawing.drawn.built == before
    for _ in range(1_000):
        ann.looks("/map")
    assert map_drawing.drawn.built <= before + 1


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("where", ["/map", "/map.svg"])
def test_a_browser_that_has_the_map_is_not_sent_it_again(app, clock, where):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    on_the_van(dispatch, clock)
    first = ann.client.get(ann.path + where)
    seen = {"If-None-Match": first.headers["ETag"]}
    again = ann.client.get(ann.path + where, headers=seen)
    # the nonce of the kept page must stay that of its kept policy
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Security-Policy" not in again.headers
    clock.forward(seconds=30)
    dispatch.stands("V-1", 10.001, 20.0, clock())
    assert ann.client.get(ann.path + where, headers=seen).status_code == 200


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("where", ["/map", "/change/map"])
def test_where_there_is_no_map_its_frame_may_still_be_shown_on_our_page(app, where):
    ann = recipient_of(app, new_dispatch(app))
    answer = ann.client.get(ann.path + where)
    assert 'id="numbers"' not in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]


RULES = [
    (("map.van=stops:2",), "The van appears on this map when it is 2 stops away."),
    (("map.van=stops:1",), "The van appears on this map when you are the next stop."),
    (("map.van=minutes:5",), "The van appears on this map when it is about 5 minutes away."),
    (("map.van=meters:500",), "The van appears on this map when it is about 0.3 mi away."),
    (("map.van=never",), "The sender does not show the van on a map."),
]


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(("rules", "says"), RULES)
def test_the_sentence_names_the_shippers_own_measure(app, clock, rules, says):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    sets(app, *rules)
    on_the_van(dispatch, clock, stops=3)
    assert says in ann.reads()
    assert says in text_of(ann.looks("/map"))
    assert "<iframe" not in ann.looks()
    assert ann.polls().json["map"]["van"] is None


@pytest.mark.engines("sqlite")
def test_a_shipper_may_show_less_of_everything(app, clock):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    sets(
        app,
        "map.van=always",
        "map.stops_left=never",
        "map.minutes=never",
        "map.route_ahead=never",
        "map.blur_m=900",
    )
    on_the_van(dispatch, clock)
    said, shown = ann.reads(), ann.polls().json["map"]
    assert "stop" not in said.partition("Where the van is")[2].partition("What happened")[0]
    assert "We expect the van" not in said
    assert (shown["line"], shown["rough_m"]) == (False, 710)
    assert Point(*shown["van"]) == blur(Point(10.008, 20.005), 900)


def sets(app, *rules: str) -> None:
    """An operator sets the shop's rules."""
    kit = app.extensions["doorstep"]
    with app.app_context():
        set_rules(kit, "acme-books", rules)
        kit.shippers.forget()


@pytest.mark.engines("sqlite")
def test_why_there_is_no_van_is_always_said(app, clock):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    nowhere = recipient_of(app, dispatch, "N-1", address=DOOR | {"timezone": "UTC"})
    clock.move_to(clock().replace(hour=13))
    dispatch.drives("R-1", "V-1", clock(), "A-1", "N-1")
    dispatch.happens("A-1", "out_for_delivery", clock())
    dispatch.happens("N-1", "out_for_delivery", clock())
    assert "We have not heard yet where the van is." in ann.reads()
    assert "We do not know exactly where your door is, so there is no map." in nowhere.reads()
    dispatch.stands("V-1", 10.008, 20.005, clock() + timedelta(minutes=1))
    clock.forward(minutes=12)
    assert "We have not heard from the van for ten minutes" in ann.reads()
    dispatch.happens("A-1", "no_longer_heading", clock())
    assert "The van is not on its way to you, so there is no map." in text_of(ann.looks("/map"))
    dispatch.happens("A-1", "delivered", clock(), how="recipient")
    assert "The delivery is over, so the van is no longer shown." in ann.reads()
    assert "The delivery is over" in text_of(ann.looks("/map"))
    assert ann.client.get(f"{ann.path}/map.svg").status_code == 404


@pytest.mark.engines("sqlite")
def test_a_driver_who_left_the_plan_is_not_counted(app, clock):
    dispatch = new_dispatch(app)
    ann = recipient_of(app, dispatch)
    doors = others(random.Random(5), 9)
    dispatch.ships(*(door.told() for door in doors))
    clock.move_to(clock().replace(hour=13))
    dispatch.drives("R-1", "V-1", clock(), *(door.reference for door in doors), "A-1")
    for reference in (*(door.reference for door in doors), "A-1"):
        dispatch.happens(reference, "out_for_delivery", clock())
    for number in (8, 2, 7, 1, 6):
        clock.forward(minutes=5)
        dispatch.stands("V-1", doors[number].lat, doors[number].lng, clock())
        dispatch.happens(doors[number].reference, "delivered", clock(), how="recipient")
    said = ann.reads()
    assert "The driver takes the stops in another order than planned" in said
    assert not re.search(r"stops? before you", said)
    assert "<iframe" not in ann.looks()


@pytest.mark.engines("sqlite")
def test_a_neighbor_sees_the_van_only_after_a_yes_that_holds(app, clock):
    dispatch = new_dispatch(app)
    recipient_of(app, dispatch)
    asked(app)
    wen = neighbor_of(app)
    assert 'class="map"' not in wen.looks()
    assert "There is no map right now" in wen.reads("/map")
    wen.says("yes")
    agrees(app)
    assert 'class="map"' not in wen.looks()
    doors = others(random.Random(3), 3)
    dispatch.ships(*(door.told() for door in doors))
    clock.move_to(clock().replace(hour=13))
    dispatch.drives("R-1", "V-1", clock(), *(door.reference for door in doors), "A-1")
    dispatch.happens("A-1", "out_for_delivery", clock())
    for door in doors:
        clock.forward(minutes=3)
        dispatch.stands("V-1", door.lat, door.lng, clock())
        assert "<iframe" in wen.looks()
        for path in doors_of(app, "/n/<code>"):
            assert leaks(opened(wen.client, wen.path + path), doors) == [], path
    assert "There are 3 stops before you." in wen.reads()
    clock.forward(minutes=1)
    dispatch.happens("A-1", "delivered", clock(), how="neighbor")
    assert 'class="map"' not in wen.looks()
    assert 'id="numbers"' not in wen.looks(more="/map")
