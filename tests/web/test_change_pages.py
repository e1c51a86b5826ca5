"""A change as its recipient makes it, without JavaScript: options, form, code, outcome, and failures."""

from datetime import timedelta

import pytest

from tests.dispatch import locker, new_dispatch, shipment, slot
from tests.recipient import recipient_of, wishes_at_dispatch

pytestmark = pytest.mark.engines("sqlite")

SAFE_PLACE = {"kind": "safe_place", "spot": "garage", "ring": "1"}
NEIGHBOR = {"kind": "neighbor", "name": "Mrs. Oak", "house_number": "14"}


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def ann(app, dispatch):
    dispatch.offers(slots=[slot()], lockers=[locker()])
    return recipient_of(app, dispatch)


def test_every_option_is_shown_with_its_deadline(ann):
    page = ann.reads("/change")
    assert "Leave it with a neighbor Possible until 1:30 pm today" in page
    assert "Send it to a locker Possible until 12 pm today" in page
    assert "Choose another time Possible until 12 pm today" in page


def test_a_closed_option_says_why(app, dispatch):
    ann = recipient_of(app, dispatch, restrictions={"neighbor": False})
    page = ann.reads("/change")
    assert "The sender does not allow this for your parcel." in page
    assert "There is no locker near you yet." in page
    assert "There is no other time to choose from right now." in page


def test_looking_at_a_form_says_what_it_would_mean(ann):
    page = ann.reads("/change?kind=new_window")
    assert "instead of today between 2 and 4 pm" in page
    assert "Nothing changes before the depot agrees." in page
    assert "Today between 6 and 8 pm" in page


@pytest.mark.engines("sqlite", "postgresql")
def test_a_wish_needs_the_code_then_the_depot_is_asked(ann, dispatch, app, clock):
    asked = ann.sends("/change", "/change?kind=safe_place", **SAFE_PLACE)
    assert (asked.status_code, asked.location) == (303, f"{ann.path}/verify")
    assert wishes_at_dispatch(ann) == []
    assert "number or the email address on file" in ann.reads("/verify")
    done = ann.proves()
    assert (done.status_code, done.location) == (303, f"{ann.path}/change?done=asked")
    assert "You will know by 8:30 am today" in ann.reads("/change?done=asked")
    assert "We have asked the depot" in ann.reads()
    (asked,) = wishes_at_dispatch(ann)
    assert asked["requested_by"] == {"method": "otp", "actor": "recipient"}


def test_a_proven_browser_reads_once_more_and_presses_a_button(ann, dispatch, clock):
    ann.sends("/change", "/change?kind=safe_place", **SAFE_PLACE)
    ann.proves()
    ann.sends("/change/withdraw", "/change", change=_open_change(ann))
    ann.sends("/change", "/change?kind=locker", kind="locker", locker="station")
    assert "Station" in ann.reads("/confirm")
    again = ann.sends("/confirm", "/confirm")
    assert again.location == f"{ann.path}/change?done=asked"
    clock.forward(minutes=11)
    ann.sends("/change/withdraw", "/change", change=_open_change(ann))
    later = ann.sends("/change", "/change?kind=locker", kind="locker", locker="station")
    assert later.location == f"{ann.path}/verify"
    assert ann.client.get(f"{ann.path}/confirm").location == f"{ann.path}/verify"
    assert ann.sends("/confirm", "/verify").location == f"{ann.path}/verify"


def _open_change(ann):
    return ann.looks("/change").partition('name="change" value="')[2].partition('"')[0]


def test_a_wish_can_be_taken_back(ann):
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    ann.proves()
    back = ann.sends("/change/withdraw", "/change", change=_open_change(ann))
    assert back.location == f"{ann.path}/change?done=taken_back"
    page = ann.reads("/change?done=taken_back")
    assert "You have taken your wish back" in page
    assert "Leave it with a neighbor Possible until" in page


def test_taking_back_what_was_answered_meanwhile_shows_how_it_stands(ann):
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    ann.proves()
    change = _open_change(ann)
    ann.sends("/change/withdraw", "/change", change=change)
    late = ann.sends("/change/withdraw", "/change?kind=neighbor", change=change)
    assert late.status_code == 409
    assert "answered in the meantime" in late.text


@pytest.mark.parametrize(
    ("fields", "sentence", "field"),
    [
        ({"name": "", "house_number": "14"}, "Please give the name of your neighbor.", 'id="name"'),
        ({"name": "Mrs. Oak", "house_number": " "}, "Please give the house number", 'id="house_number"'),
    ],
)
def test_a_form_with_a_gap_says_which_and_keeps_the_rest(ann, fields, sentence, field):
    answer = ann.sends("/change", "/change?kind=neighbor", kind="neighbor", **fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    wrong = answer.text.partition(field)[2].partition(">")[0]
    assert 'aria-invalid="true"' in wrong
    assert not fields["name"] or 'value="Mrs. Oak"' in answer.text


def test_a_wish_that_is_too_late_meanwhile_is_told_so_and_shown_the_rest(ann, clock):
    ann.sends("/change", "/change?kind=locker", kind="locker", locker="station")
    clock.move_to(clock().replace(hour=12, minute=5))
    late = ann.proves()
    assert late.status_code == 409
    assert "It is too late for this" in late.text
    assert "Leave it with a neighbor" in late.text


def test_a_slot_is_kept_while_somebody_decides_and_free_again_after_five_minutes(app, ann, dispatch, clock):
    ben = recipient_of(app, dispatch, "B-1")
    ann.sends("/change", "/change?kind=new_window", kind="new_window", slot="evening")
    assert "Kept for you until 8:05 am" in ann.reads("/verify")
    assert "There is no other time to choose from right now." in ben.reads("/change")
    clock.forward(minutes=6)
    assert "No longer kept for you" in ann.reads("/verify")
    ben.sends("/change", "/change?kind=new_window", kind="new_window", slot="evening")
    late = ann.proves()
    assert late.status_code in (409, 422)
    assert "taken" in late.text or "no other time" in late.text
    assert ben.proves().status_code == 303


def test_who_chooses_something_else_gives_back_what_was_kept(app, ann, dispatch):
    ben = recipient_of(app, dispatch, "B-1")
    ann.sends("/change", "/change?kind=new_window", kind="new_window", slot="evening")
    away = ann.sends("/change/release", "/verify")
    assert away.location == f"{ann.path}/change?done=let_go"
    assert "We do not know any more" in ann.reads("/verify")
    assert "Choose another time Possible until" in ben.reads("/change")


def test_going_one_step_back_finds_the_form_as_it_was(ann):
    ann.sends("/change", "/change?kind=safe_place", **SAFE_PLACE, words="behind the bikes")
    page = ann.looks("/change?kind=safe_place")
    assert 'value="garage" required checked' in page
    assert 'value="behind the bikes"' in page
    assert "behind the bikes" not in ann.looks("/change") + ann.looks()


def test_a_wrong_code_can_be_corrected(ann):
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    ann.sends("/verify/code", "/verify")
    assert "your number that ends in 23" in ann.reads("/verify")
    right = ann.code()
    wrong = ann.sends("/verify", "/verify", code=f"{(int(right) + 1) % 10**6:06d}")
    assert wrong.status_code == 422
    assert "This code is not right" in wrong.text
    assert 'autocomplete="one-time-code"' in wrong.text
    pasted = ann.sends("/verify", "/verify", code=f" {right[:3]} {right[3:]} ")
    assert pasted.status_code == 303


def test_a_used_up_code_leads_to_a_new_one(ann):
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    ann.sends("/verify/code", "/verify")
    right = ann.code()
    for _ in range(5):
        ann.sends("/verify", "/verify", code="000000")
    last = ann.sends("/verify", "/verify", code=right)
    assert last.status_code == 422
    assert "one try too many" in last.text
    assert "Send a new code" in last.text
    assert ann.proves().status_code == 303


def test_the_fourth_code_in_an_hour_is_not_sent(ann):
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    for _ in range(3):
        assert ann.sends("/verify/code", "/verify").status_code == 303
    fourth = ann.sends("/verify/code", "/verify")
    assert fourth.status_code == 429
    assert "We have sent as many codes as we may for now" in fourth.text


def test_a_lost_session_starts_again_and_changes_nothing(ann, dispatch):
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    ann.client.delete_cookie("doorstep")
    page = ann.reads("/verify")
    assert "We do not know any more what you wanted to change" in page
    stale = ann.client.post(f"{ann.path}/verify", data={"code": "123456"})
    assert stale.status_code == 400
    assert "Nothing was changed" in stale.text
    assert wishes_at_dispatch(ann) == []


def test_a_wish_for_one_link_is_not_asked_through_another(app, ann, dispatch):
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    other = recipient_of(app, dispatch, "B-1")
    other.client = ann.client
    assert "We do not know any more" in other.reads("/verify")


def test_without_a_contact_on_file_nothing_can_be_proven(app, dispatch):
    ann = recipient_of(app, dispatch, recipient={"name": "Ann Archer"})
    ann.sends("/change", "/change?kind=neighbor", **NEIGHBOR)
    assert "We have no phone number or email on file" in ann.reads("/verify")


def test_looking_changes_nothing(ann, dispatch, app):
    before = dispatch.reads("A-1")
    for path in (
        "",
        "/live",
        "/map",
        "/change",
        "/change?kind=neighbor",
        "/change?undo=x",
        "/verify",
        "/confirm",
        "/proof",
        "/window.ics",
        "/feed.json",
    ):
        assert ann.client.get(ann.path + path).status_code == 200
        assert ann.client.head(ann.path + path).status_code == 200
    assert dispatch.reads("A-1") == before
    assert wishes_at_dispatch(ann) == []


def test_hostile_words_stay_words(ann):
    evil = '"><script>alert(1)</script>'
    answer = ann.sends("/change", "/change?kind=neighbor", kind="neighbor", name=evil, house_number="")
    assert "<script>alert" not in answer.text
    ann.sends("/change", "/change?kind=neighbor", kind="neighbor", name=evil, house_number="14")
    assert "<script>alert" not in ann.looks("/verify")


def test_lockers_come_nearest_first_with_distance_and_what_is_full(app, dispatch):
    far = locker("far", name="Far Corner", lat=10.02, lng=20.02)
    small = locker("small", name="Tiny", lat=10.0005, lng=20.0) | {
        "compartments": [{"size": "S", "width_mm": 80, "height_mm": 80, "depth_mm": 80, "count": 3}]
    }
    dispatch.offers(lockers=[far, locker(hours="always open"), small])
    ann = recipient_of(app, dispatch)
    page = ann.reads("/change?kind=locker")
    assert page.index("Tiny") < page.index("Station") < page.index("Far Corner")
    assert "Station 0.2 mi" in page
    assert "always open" in page
    assert "Too small for your parcel" in page


def test_the_proof_shows_the_place_only_after_the_code(ann, dispatch, clock):
    clock.forward(hours=7)
    dispatch.happens("A-1", "out_for_delivery", clock() - timedelta(hours=2))
    dispatch.happens("A-1", "delivered", clock(), how="neighbor", place="Mrs. Oak, no. 14")
    assert "Mrs. Oak" not in ann.looks() + ann.looks("/proof") + ann.polls().text
    assert "It was handed to a neighbor." in ann.reads("/proof")
    token = ann.looks("/verify?for=proof").partition('name="csrf_token" value="')[2].partition('"')[0]
    ann.client.post(f"{ann.path}/verify/code", data={"for": "proof", "csrf_token": token})
    shown = ann.client.post(
        f"{ann.path}/verify", data={"for": "proof", "csrf_token": token, "code": ann.code()}
    )
    assert shown.location == f"{ann.path}/proof"
    assert "Mrs. Oak, no. 14" in ann.reads("/proof")


def test_an_option_that_is_gone_falls_back_to_the_list(ann, dispatch):
    dispatch.ships(shipment("A-1", restrictions={"neighbor": False}))
    answer = ann.client.get(f"{ann.path}/change?kind=neighbor")
    assert "The sender does not allow this" in answer.text
    assert 'id="house_number"' not in answer.text
