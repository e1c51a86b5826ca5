"""Each kind of change through its form: what is asked of dispatch, what it means, and what the link never shows."""

import pytest

from tests.dispatch import locker, new_dispatch, shipment, slot
from tests.recipient import recipient_of, wishes_at_dispatch

pytestmark = pytest.mark.engines("sqlite")

WISHES = {
    "new_window": {"slot": "evening"},
    "locker": {"locker": "station"},
    "safe_place": {"spot": "other", "words": "behind the bikes", "ring": "1"},
    "hold": {"until": "2026-06-20"},
    "instructions": {"gate_code": "4711", "floor": "3", "needs": "more_time", "words": "blue door"},
    "address_correction": {"line": "14 Mill Lane", "addition": "Archer, 2nd floor"},
}
TARGETS = {
    "new_window": {"slot": "evening"},
    "locker": {"locker": "station"},
    "safe_place": {"spot": "other", "words": "behind the bikes", "ring": True},
    "hold": {"until": "2026-06-20"},
    "instructions": {"gate_code": "4711", "floor": "3", "needs": ["more_time"], "words": "blue door"},
    "address_correction": {"line": "14 Mill Lane", "addition": "Archer, 2nd floor"},
}
SECRETS = ("4711", "blue door", "behind the bikes", "14 Mill Lane", "Archer, 2nd")


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    dispatch.offers(slots=[slot()], lockers=[locker()])
    return recipient_of(app, dispatch)


def asks(who, kind):
    """The form of this kind, and whatever confirms it."""
    sent = who.sends("/change", f"/change?kind={kind}", kind=kind, **WISHES[kind])
    assert sent.status_code == 303, sent.text
    return who.proves() if sent.location.endswith("/verify") else who.sends("/confirm", "/confirm")


@pytest.mark.parametrize("kind", WISHES)
def test_a_kind_is_asked_as_it_was_typed(ann, kind):
    done = asks(ann, kind)
    assert done.status_code == 303
    assert done.location.startswith(f"{ann.path}/change?done=")
    asked = next(one for one in wishes_at_dispatch(ann) if one["kind"] == kind)
    assert TARGETS[kind].items() <= asked["to"].items()


@pytest.mark.parametrize("kind", WISHES)
def test_what_was_typed_is_not_shown_to_who_has_only_the_link(app, ann, dispatch, kind):
    asks(ann, kind)
    ann.client = app.test_client()
    seen = ann.looks() + ann.looks("/change") + ann.polls().text + ann.looks(f"/change?kind={kind}")
    assert [secret for secret in SECRETS if secret in seen] == []


def test_words_to_the_driver_need_no_code(ann):
    assert "With one button. It needs no code." in ann.reads("/change?kind=instructions")
    sent = ann.sends("/change", "/change?kind=instructions", kind="instructions", **WISHES["instructions"])
    assert sent.location == f"{ann.path}/confirm"
    page = ann.reads("/confirm")
    assert "Gate code: 4711 · Floor: 3 · I need more time to come to the door · blue door" in page
    done = ann.sends("/confirm", "/confirm")
    assert done.location == f"{ann.path}/change?done=accepted"
    assert wishes_at_dispatch(ann)[0]["requested_by"]["method"] == "link"


def test_a_button_pressed_twice_asks_once(ann):
    ann.sends("/change", "/change?kind=instructions", kind="instructions", **WISHES["instructions"])
    first = ann.sends("/confirm", "/confirm")
    again = ann.sends("/confirm", "/change?kind=instructions")
    assert (first.status_code, again.location) == (303, f"{ann.path}/confirm")
    asked = [one for one in wishes_at_dispatch(ann) if one["kind"] == "instructions"]
    assert len({one["change_id"] for one in asked}) == 1


def test_the_confirm_button_alone_moves_nothing_without_the_code(ann):
    ann.sends("/change", "/change?kind=safe_place", kind="safe_place", spot="garage")
    pressed = ann.sends("/confirm", "/verify")
    assert pressed.location == f"{ann.path}/verify"
    assert wishes_at_dispatch(ann) == []


def test_what_it_would_mean_is_said_before_it_is_confirmed(ann):
    ann.sends("/change", "/change?kind=hold", kind="hold", until="2026-06-20")
    page = ann.reads("/verify")
    assert "It waits at the depot and comes Saturday, June 20. That is 5 days later." in page
    assert "everybody who shares your address with you" in page
    ann.sends("/change", "/change?kind=new_window", kind="new_window", slot="evening")
    page = ann.reads("/verify")
    assert "It comes today between 6 and 8 pm instead of today between 2 and 4 pm." in page
    assert "You will know by 8:30 am today." in page


def test_a_stranger_with_the_link_cannot_guess_the_address(ann):
    """Whether an address is right, wrong or the same: all go on to the code alike."""
    for line in ("12 Mill Lane", "1 Elsewhere Road", "14 Mill Lane"):
        sent = ann.sends("/change", "/change?kind=address_correction", kind="address_correction", line=line)
        assert (sent.status_code, sent.location) == (303, f"{ann.path}/verify")
    empty = ann.sends("/change", "/change?kind=address_correction", kind="address_correction", line=" ")
    assert "Please give the street and house number." in empty.text


def test_after_the_code_the_recipient_is_told_what_is_wrong(ann):
    ann.sends(
        "/change", "/change?kind=address_correction", kind="address_correction", line="1 Elsewhere Road"
    )
    told = ann.proves()
    assert told.status_code == 422
    assert "not send the parcel to another street" in told.text
    assert 'value="1 Elsewhere Road"' in told.text
    assert wishes_at_dispatch(ann) == []


@pytest.mark.parametrize(
    ("kind", "fields", "sentence"),
    [
        ("safe_place", {}, "Please choose a place where we can leave it."),
        ("safe_place", {"spot": "other"}, "Please say in a few words where it is."),
        ("safe_place", {"spot": "the moon"}, "Please choose a place where we can leave it."),
        ("instructions", {"words": "  "}, "Please say what the driver should know."),
        ("instructions", {"needs": "a pony"}, "Please say what the driver should know."),
        ("hold", {}, "Please choose a day in the future."),
        ("hold", {"until": "2026-06-15"}, "Please choose a day in the future."),
        ("hold", {"until": "2026-12-24"}, "We cannot keep it for so long."),
        ("hold", {"until": "<script>"}, "Please choose a day in the future."),
        ("locker", {"locker": "nowhere"}, "We do not know this locker."),
        ("new_window", {"slot": "\u202e"}, "We do not know this time."),
    ],
)
def test_a_gap_is_named_and_what_was_typed_stays(ann, kind, fields, sentence):
    answer = ann.sends("/change", f"/change?kind={kind}", kind=kind, **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<script>" not in answer.text.replace("<script type", "")
    assert wishes_at_dispatch(ann) == []


@pytest.mark.parametrize("kind", [*WISHES, "neighbor"])
def test_hostile_forms_are_answered_calmly(ann, kind):
    huge, odd = "x" * 50_000, "\u202e\x00\U0001f600 '; drop table changes; --"
    names = [*WISHES.get(kind, {}), "contact", "name", "house_number", "also", "low", "overflow_m", "ring"]
    for value in (huge, odd, "", "-1", "9" * 400, "1e999", "٣"):
        answer = ann.sends("/change", f"/change?kind={kind}", kind=kind, **dict.fromkeys(names, value))
        assert answer.status_code in (303, 409, 422)
        assert ann.client.get(f"{ann.path}/verify").status_code in (200, 303)
        assert ann.client.get(f"{ann.path}/confirm").status_code in (200, 303)


@pytest.mark.parametrize("where", ["/change", "/confirm", "/change/release", "/change/withdraw", "/verify"])
def test_nothing_is_taken_without_a_token(ann, where):
    assert ann.client.post(ann.path + where, data={"kind": "hold"}).status_code == 400
    assert wishes_at_dispatch(ann) == []


def test_an_unknown_kind_leads_back_to_the_options(ann):
    for kind in ("", "teleport", "NEIGHBOR", "\u0130"):
        assert ann.sends("/change", "/change?kind=hold", kind=kind).location == f"{ann.path}/change"


def test_several_parcels_for_one_door_are_changed_together(app, ann, dispatch):
    recipient_of(app, dispatch, "A-2")
    dispatch.ships(shipment("C-1", recipient={"name": "Carl", "phone": "+12025550177"}))
    page = ann.reads("/change?kind=hold")
    assert "Also for A-2" in page
    assert "C-1" not in page
    sent = ann.sends("/change", "/change?kind=hold", kind="hold", until="2026-06-20", also="A-2")
    assert "Also for A-2" in ann.reads("/verify")
    assert sent.status_code == 303
    ann.proves()
    asked = wishes_at_dispatch(ann)
    assert {one["shipment"] for one in asked} == {"A-1", "A-2"}
    assert len({one["group"] for one in asked}) == 1


def test_a_parcel_that_is_not_ticked_stays_as_it_is(app, ann, dispatch):
    recipient_of(app, dispatch, "A-2")
    ann.sends("/change", "/change?kind=hold", kind="hold", until="2026-06-20")
    ann.proves()
    assert {one["shipment"] for one in wishes_at_dispatch(ann)} == {"A-1"}


def test_somebody_elses_parcel_cannot_be_slipped_in(app, ann, dispatch):
    dispatch.ships(shipment("C-1", recipient={"name": "Carl", "phone": "+12025550177"}))
    other = new_dispatch(app, "Other Shop")
    other.ships(shipment("A-9"))
    for reference in ("C-1", "A-9", "A-1", "%"):
        ann.sends("/change", "/change?kind=hold", kind="hold", until="2026-06-20", also=reference)
        assert "Also for" not in ann.reads("/verify")
    ann.proves()
    assert {one["shipment"] for one in wishes_at_dispatch(ann)} == {"A-1"}


def test_one_place_is_not_enough_for_two(app, ann, dispatch):
    recipient_of(app, dispatch, "A-2")
    answer = ann.sends("/change", "/change?kind=new_window", kind="new_window", slot="evening", also="A-2")
    assert answer.status_code == 422
    assert "This is not possible for all of them together" in answer.text
    assert (
        ann.sends("/change", "/change?kind=new_window", kind="new_window", slot="evening").status_code == 303
    )
