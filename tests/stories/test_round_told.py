"""What a round makes worth saying, through the API alone: late, on a break, next, near, off the plan."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal import jobs
from portal.domain.window import Because, Source
from portal.store.outbox_rows import MessageRow
from portal.web.language import LANGUAGES, USUAL, words
from portal.web.phrases import MOVED, SOURCE
from tests.dispatch import DOOR, Dispatch, new_dispatch, shipment
from tests.recipient import Recipient, recipient_of

NAMES = tuple(f"S-{number}" for number in range(1, 9))
ANN = "S-6"


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def place(number: int) -> dict[str, Any]:
    return DOOR | {"lat": 48 + 0.0027 * number, "lng": 9.0, "timezone": "UTC"}


@pytest.fixture
def dispatch(app) -> Dispatch:
    dispatch = new_dispatch(app)
    dispatch.ships(*(shipment(name, address=place(number), window=None) for number, name in enumerate(NAMES)))
    return dispatch


@pytest.fixture
def ann(app, dispatch, clock) -> Recipient:
    """The sixth of eight doors; the van has left, and does the first two in five minutes each."""
    ann = recipient_of(app, dispatch, ANN, address=place(5), window=None)
    told(dispatch, clock())
    for name in NAMES:
        dispatch.happens(name, "out_for_delivery", clock())
    for name in NAMES[:2]:
        serves(dispatch, clock, name)
    return ann


def told(dispatch: Dispatch, departs_at: datetime, names=NAMES, **more: Any) -> None:
    stops = [
        {"seq": seq, "shipment": name, "planned_at": (departs_at + timedelta(minutes=5 * seq)).isoformat()}
        for seq, name in enumerate(names, 1)
    ]
    route = {"route": "north 1", "van": "van 1", "departs_at": departs_at.isoformat(), "stops": stops}
    assert dispatch._list("POST", "routes", [route | more])[0]["outcome"] == "taken"


def serves(dispatch: Dispatch, clock, name: str, minutes: int = 5) -> None:
    clock.forward(minutes=minutes)
    dispatch.happens(name, "delivered", clock())


def texts(kit, number: int) -> list[str]:
    query = select(MessageRow.notice).where(MessageRow.shipment_id == number, MessageRow.channel == "sms")
    with kit.reading() as session:
        return list(session.execute(query.order_by(MessageRow.seq)).scalars())


def test_a_van_that_does_not_move_makes_the_window_later_and_says_so(ann, dispatch, clock, kit):
    for _ in range(20):
        clock.forward(minutes=10)
        jobs.windows(kit)
    assert "delayed" in texts(kit, 6)
    assert texts(kit, 6).count("delayed") <= 3


def test_a_break_that_begins_moves_the_window_and_gives_the_reason(ann, dispatch, clock, kit):
    before = dispatch.reads(ANN)["window"]["live"]
    began = clock().isoformat()
    departed = clock() - timedelta(minutes=10)
    told(dispatch, departed, breaks=[{"after_seq": 5, "minutes": 120, "started_at": began}])
    after = dispatch.reads(ANN)["window"]["live"]
    assert after["start"] > before["end"]
    assert "It is later than we said before, because the driver is on a break." in ann.reads()
    assert "Pause" in ann.reads("?lang=de")
    assert texts(kit, 6)[-1] == "delayed"
    # a break that was foreseen and is kept moves nothing twice
    clock.forward(minutes=100)
    jobs.windows(kit)
    assert texts(kit, 6).count("delayed") == 1


def test_the_next_door_hears_it_once_and_the_one_after_not_yet(ann, dispatch, clock, kit):
    for name in NAMES[2:5]:
        serves(dispatch, clock, name)
    assert [one for one in texts(kit, 6) if one in ("next_stop", "nearby")] in (["next_stop"], ["nearby"])
    for _ in range(3):
        clock.forward(minutes=1)
        dispatch.stands("van 1", 48 + 0.0027 * 4.2, 9.0, clock())
    assert len([one for one in texts(kit, 6) if one in ("next_stop", "nearby")]) == 1


def test_stops_are_counted_only_while_the_driver_keeps_to_the_plan(ann, dispatch, clock, kit):
    assert "There are 3 stops before you." in ann.reads()
    for name in ("S-8", "S-4"):
        serves(dispatch, clock, name)
    assert "before you" not in ann.reads()
    assert ann.client.get(f"{ann.path}/feed.json").json["stops_before"] is None
    for name in ("S-7", "S-3"):
        serves(dispatch, clock, name)
    assert "next_stop" not in texts(kit, 6)


def test_a_stop_put_before_mine_is_no_secret(ann, dispatch, clock, kit):
    told(dispatch, clock() - timedelta(minutes=10), (*NAMES[:5], "S-7", "S-8", ANN))
    assert "There are 5 stops before you." in ann.reads()


def test_every_reason_and_source_has_a_sentence_in_every_language():
    reasons = set(Because) - {Because.FIRST}
    assert set(MOVED) == reasons
    assert set(SOURCE) == {*Source, "recipient"}
    for language in set(LANGUAGES) - {USUAL}:
        say = words(language)
        for sentence in (*MOVED.values(), *SOURCE.values()):
            assert say(sentence) != sentence, (language, sentence)
