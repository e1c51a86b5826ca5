"""Every door of people, with fields that no form of ours sends: an answer, never an error, nothing repeated as code."""

import re

import pytest

from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.safe_place import LeaveInSafePlace
from tests.dispatch import locker, new_dispatch, slot
from tests.neighbor import neighbor_of
from tests.office import Office
from tests.recipient import recipient_of

SCRIPT = "<script>alert(1)</script>"
ODD = ("", "\0", SCRIPT, "ü" * 500, "9" * 400, "٣", "-1", "1e999", "\r\nX: y", "\u202e", "a" * 20_000)
KINDS = (
    "neighbor",
    "locker",
    "safe_place",
    "new_window",
    "instructions",
    "address_correction",
    "hold",
    "\0",
)
FIELDS = (
    *("name", "house_number", "contact", "locker", "overflow_m", "low", "spot", "words", "slot", "until"),
    *("gate_code", "floor", "needs", "line", "addition", "also", "near", "show", "change", "code", "for"),
    *(
        "has_it",
        "stars",
        "form",
        "answer",
        "day",
        "part",
        "a_week",
        "reason",
        "reason_code",
        "depot",
        "route",
    ),
    *("note", "about", "phone", "email", "why", "q", "undo", "done", "lang", "before", "after"),
)
BODIES = (
    {"json": [1]},
    {"data": b"\xff", "content_type": "application/x-www-form-urlencoded"},
    {"data": b"x", "content_type": "multipart/form-data; boundary=x"},
    {"data": b"x", "content_type": "multipart/form-data"},
)


@pytest.fixture(autouse=True)
def as_strangers_see_it(app):
    """Errors are answered as they are in production; tokens are another test's matter."""
    app.config |= {"PROPAGATE_EXCEPTIONS": False, "WTF_CSRF_ENABLED": False}


def doors(app, begins: str, **known: object) -> list[tuple[str, str]]:
    """(method, path) of the doors whose path begins so, its parts filled in."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(begins) and "login" not in rule.rule and "logout" not in rule.rule:
            path = re.sub(r"<(?:[^<>]*:)?(\w+)>", lambda part: str(known.get(part[1], "x")), rule.rule)
            found += [(method, path) for method in sorted((rule.methods or set()) & {"GET", "POST"})]
    assert found
    return found


def knocks(client, app, begins: str, **known: object) -> None:
    """Send everything odd to these doors."""
    for method, path in doors(app, begins, **known):
        asked: list[dict[str, object]] = [{}, *(BODIES if method == "POST" else ())]
        name = "data" if method == "POST" else "query_string"
        asked += [{name: dict.fromkeys(FIELDS, odd) | {"kind": odd}} for odd in ODD]
        if path.endswith("/change"):
            asked += [{name: dict.fromkeys(FIELDS, odd) | {"kind": kind}} for odd in ODD for kind in KINDS]
        for more in asked:
            answer = client.open(path, method=method, **more)
            assert answer.status_code < 500, (method, path, str(more)[:200])
            # a file to be kept, such as a delivery's history, holds words as they are: no browser shows it as a page
            if not answer.headers.get("Content-Disposition", "").startswith("attachment"):
                assert SCRIPT not in answer.text, (method, path)


def test_of_recipients(app):
    dispatch = new_dispatch(app)
    dispatch.offers(slots=[slot()], lockers=[locker()])
    ann = recipient_of(app, dispatch)
    knocks(ann.client, app, "/t/<code>", code=ann.path.removeprefix("/t/"))


def test_of_neighbors(app, clock):
    office = Office(app, clock)
    office.asks(office.shipment(office.shop("pax")), LeaveWithNeighbor(SCRIPT, "14", "wen@example.net"))
    wen = neighbor_of(app)
    knocks(wen.client, app, "/n/<code>", code=wen.path.removeprefix("/n/"))


@pytest.mark.parametrize("begins", ["/desk", "/console"])
def test_of_agents(app, clock, client, begins):
    office = Office(app, clock)
    box = office.shipment(office.shop("pax"), name=SCRIPT)
    asked = office.asks(box, LeaveInSafePlace("other", words=SCRIPT))
    office.enter(client, office.agent(role="admin"))
    ids = {"change_id": asked.id, "shipment_id": box.id, "matter_id": 1, "route_id": 1}
    knocks(client, app, begins, **ids)
