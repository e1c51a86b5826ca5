"""The life of a change at the API: decisions that come late, twice or contradict, and what the driver has seen."""

from datetime import timedelta

import pytest

from portal.domain.change import Life
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.store import changes, shipments
from tests.dispatch import new_dispatch, shipment


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def change_id(kit, dispatch):
    dispatch.ships(shipment("A-1"))
    return ask(kit)


def ask(kit, spot="porch"):
    with kit.transaction() as session:
        found = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        return changing.ask(session, kit.voice, found, LeaveInSafePlace(spot), kit.now()).change.id


def says(dispatch, change_id, step, **body):
    answer = dispatch.call("POST", f"/changes/{change_id}/{step}", json=body)
    return answer.status_code, answer.json.get("state")


def decides(dispatch, change_id, decision):
    return says(dispatch, change_id, "decision", decision=decision)


def stands(kit, change_id, life):
    with kit.transaction() as session:
        change = changes.find(session, None, change_id)
        changes.close(session, change, life, "tests", kit.now())


def test_the_first_answer_counts_the_same_again_is_fine_another_one_is_a_conflict(dispatch, change_id):
    assert decides(dispatch, change_id, "accepted") == (200, "accepted")
    assert decides(dispatch, change_id, "accepted") == (200, "accepted")
    assert decides(dispatch, change_id, "refused") == (409, "accepted")


def test_a_late_answer_is_a_conflict_before_and_after_the_clock_said_so(kit, dispatch, change_id, clock):
    clock.forward(minutes=30)
    assert decides(dispatch, change_id, "accepted") == (409, "lapsed")
    with kit.transaction() as session:
        changing.lapse_overdue(session, kit.voice, kit.now())
    assert decides(dispatch, change_id, "accepted") == (409, "lapsed")


@pytest.mark.parametrize("life", [life for life in Life if life is not Life.ASKED])
def test_every_other_state_is_told_with_a_conflict(kit, dispatch, change_id, life):
    stands(kit, change_id, life)
    same = {"accepted": Life.ACCEPTED, "refused": Life.REFUSED}
    for decision, wanted in same.items():
        right = 200 if life is wanted else 409
        assert decides(dispatch, change_id, decision) == (right, life)
    for step, body in (("seen", {"driver": "Kim"}), ("outcome", {"honoured": True})):
        assert says(dispatch, change_id, step, **body) == (200 if life is Life.ACCEPTED else 409, life)


def test_what_was_replaced_takes_no_answer(kit, dispatch, change_id):
    decides(dispatch, change_id, "accepted")
    second = ask(kit, "garage")
    assert decides(dispatch, second, "accepted") == (200, "accepted")
    assert decides(dispatch, change_id, "accepted") == (409, "replaced")
    assert says(dispatch, change_id, "seen") == (409, "replaced")


def test_the_driver_has_seen_it_and_the_first_time_counts(kit, dispatch, change_id, clock):
    assert says(dispatch, change_id, "seen", driver="Kim") == (409, "asked")
    decides(dispatch, change_id, "accepted")
    first = clock()
    assert says(dispatch, change_id, "seen", driver="Kim") == (200, "accepted")
    clock.forward(minutes=5)
    assert says(dispatch, change_id, "seen", driver="Lee") == (200, "accepted")
    (shown,) = dispatch.reads("A-1")["changes"]
    assert (shown["seen_at"], shown["seen_by"]) == (first.isoformat(), "Kim")
    assert shown["told_how"] == "api"


@pytest.mark.parametrize("at", ["2026-06-15T08:30:00Z", "now", 5, "2026-06-15T08:00:00"])
def test_nobody_sees_something_in_the_future_or_at_no_time(dispatch, change_id, at):
    decides(dispatch, change_id, "accepted")
    assert says(dispatch, change_id, "seen", at=at)[0] == 422


def test_a_clock_that_is_a_little_ahead_is_forgiven(dispatch, change_id, clock):
    decides(dispatch, change_id, "accepted")
    told = (clock() + timedelta(minutes=3)).isoformat()
    answer = dispatch.call("POST", f"/changes/{change_id}/seen", json={"at": told})
    assert answer.json["seen_at"] == clock().isoformat()


def test_changes_of_others_and_of_nobody_do_not_exist(app, dispatch, change_id):
    other = new_dispatch(app, "Other")
    for who, which in ((other, change_id), (dispatch, "nothing"), (dispatch, "%00"), (dispatch, "x" * 900)):
        for step, body in (
            ("seen", {}),
            ("decision", {"decision": "accepted"}),
            ("outcome", {"honoured": True}),
        ):
            assert who.call("POST", f"/changes/{which}/{step}", json=body).status_code == 404


def test_the_whole_life_is_read_back(kit, dispatch, change_id):
    decides(dispatch, change_id, "accepted")
    says(dispatch, change_id, "outcome", honoured=False, note="The porch was locked.")
    (shown,) = dispatch.reads("A-1")["changes"]
    assert (shown["state"], shown["honoured"], shown["outcome_note"]) == (
        "accepted",
        False,
        "The porch was locked.",
    )
    assert shown["requested_by"] == {"method": "otp", "actor": "recipient"}
    assert {"asked_at", "expires_at", "told_at", "decided_at", "outcome_at"} <= set(shown)
