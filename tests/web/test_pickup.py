"""Collecting from a locker: the page, the codes, and the door at which the locker asks."""

import re
from datetime import timedelta

import pytest

from portal.domain.pickup import pickup_code
from tests.dispatch import locker, new_dispatch
from tests.lockers import booking, opens, put_in
from tests.recipient import recipient_of, wishes_at_dispatch


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


@pytest.fixture
def ann(app, kit, dispatch, clock):
    """Ann, whose parcel was just put into the station's locker."""
    dispatch.offers(lockers=[locker(count=5, hours="day and night")])
    who = recipient_of(app, dispatch)
    put_in(kit, dispatch, clock)
    return who


def code_on(page):
    found = re.search(r'<p class="pickup-code">(\d{8})</p>', page)
    return found[1] if found else ""


def proven(ann):
    ann.sends("/verify/code", "/verify?for=pickup", **{"for": "pickup"})
    answer = ann.sends("/verify", "/verify?for=pickup", code=ann.code(), **{"for": "pickup"})
    assert answer.location == f"{ann.path}/pickup"
    return ann


def test_the_link_alone_shows_where_and_until_when_and_no_code(ann):
    page = ann.looks("/pickup")
    assert "Station" in page
    assert "day and night" in page
    assert "8 am" in ann.reads("/pickup")
    assert code_on(page) == ""
    assert "<img" not in page


def test_after_the_one_time_code_the_page_shows_the_code_and_its_picture(ann, kit):
    page = proven(ann).looks("/pickup")
    assert code_on(page) == pickup_code(kit.voice.secret, booking(kit).change_id)
    assert '<img class="qr" src="data:image/svg+xml' in page


def test_no_message_holds_the_code(ann, kit):
    from portal.store import outbox

    code = pickup_code(kit.voice.secret, booking(kit).change_id)
    with kit.reading() as session:
        messages = outbox.latest(session)
    assert any(one.notice == "ready_for_pickup" for one in messages)
    assert not any(code in one.text + str(one.html) + one.subject for one in messages)


def test_the_locker_opens_with_the_code_as_often_as_needed(ann, dispatch):
    code = code_on(proven(ann).looks("/pickup"))
    for _ in range(2):
        answer = opens(dispatch, f" {code[:4]} {code[4:]} ")
        assert answer.json == {"shipment": "A-1", "shipper": "acme-books", "size": "M", "by": "recipient"}
    assert "Last opened today at 8 am" in ann.reads("/pickup")


def test_somebody_else_collects_once_with_a_code_of_their_own(ann, dispatch):
    own = code_on(proven(ann).looks("/pickup"))
    assert ann.sends("/pickup/delegate", "/pickup").status_code == 303
    codes = re.findall(r'<p class="pickup-code">(\d{8})</p>', ann.looks("/pickup"))
    assert codes[0] == own
    assert opens(dispatch, codes[1]).json["by"] == "delegate"
    assert opens(dispatch, codes[1]).status_code == 404
    assert opens(dispatch, own).status_code == 200


def test_a_lent_code_can_be_taken_back_and_made_anew(ann, dispatch):
    proven(ann).sends("/pickup/delegate", "/pickup")
    first = re.findall(r"\b\d{8}\b", ann.reads("/pickup"))[-1]
    ann.sends("/pickup/delegate/withdraw", "/pickup")
    assert opens(dispatch, first).status_code == 404
    ann.sends("/pickup/delegate", "/pickup")
    second = re.findall(r"\b\d{8}\b", ann.reads("/pickup"))[-1]
    assert second != first
    assert opens(dispatch, second).json["by"] == "delegate"


def test_a_code_for_somebody_else_takes_the_one_time_code(ann, kit):
    assert ann.sends("/pickup/delegate", "/pickup").location == f"{ann.path}/verify?for=pickup"
    assert booking(kit).delegate_nonce == ""


def test_more_time_once_and_dispatch_is_told(ann, kit, clock):
    until = booking(kit).until
    assert ann.sends("/pickup/longer", "/pickup").status_code == 303
    assert booking(kit).until == until + timedelta(hours=24)
    assert [one["until"] for one in wishes_at_dispatch(ann) if "until" in one] == [
        (until + timedelta(hours=24)).isoformat()
    ]
    assert ann.sends("/pickup/longer", "/pickup").status_code == 409
    assert booking(kit).until == until + timedelta(hours=24)


def test_after_the_deadline_nothing_opens_and_nothing_is_longer(ann, dispatch, clock):
    code = code_on(proven(ann).looks("/pickup"))
    token = re.search(r'name="csrf_token" value="([^"]+)"', ann.looks("/pickup"))[1]
    clock.forward(hours=48)
    assert opens(dispatch, code).status_code == 409
    assert opens(dispatch, code).json["state"] == "expired"
    assert ann.client.post(f"{ann.path}/pickup/longer", data={"csrf_token": token}).status_code == 409
    assert "It goes back to the sender." in ann.reads("/pickup")


def test_ten_wrong_codes_and_the_locker_waits(ann, dispatch, clock):
    code = code_on(proven(ann).looks("/pickup"))
    wrong = [opens(dispatch, f"{number:08}").status_code for number in range(10)]
    assert wrong == [404] * 10
    answer = opens(dispatch, code)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    clock.forward(minutes=15)
    assert opens(dispatch, code).status_code == 200


def test_the_lockers_own_code_takes_the_place_of_ours(app, kit, dispatch, clock):
    dispatch.offers(lockers=[locker()])
    ann = recipient_of(app, dispatch)
    put_in(kit, dispatch, clock, pickup_code="K7-1122")
    assert opens(dispatch, pickup_code(kit.voice.secret, booking(kit).change_id)).status_code == 404
    assert opens(dispatch, "K7-1122").json["by"] == "recipient"
    assert "K7-1122" in proven(ann).looks("/pickup")
    assert "K7-1122" not in str(dispatch.reads("A-1"))


def test_another_shippers_key_opens_nothing_and_learns_nothing(ann, app, dispatch):
    code = code_on(proven(ann).looks("/pickup"))
    thief = new_dispatch(app, "Thief")
    assert opens(thief, code).status_code == 404
    thief.offers(lockers=[locker()])
    assert opens(thief, code).status_code == 404
    assert opens(dispatch, code, "nowhere").status_code == 404


@pytest.mark.parametrize("code", ["", " ", "x" * 41, "１２３４５６７８", "\ud800", 12345678, None])
def test_hostile_codes_open_nothing(ann, dispatch, code):
    assert opens(dispatch, code).status_code in (400, 404, 422)


def test_without_a_booking_the_page_says_where_it_is(app, dispatch, clock):
    ann = recipient_of(app, dispatch, "A-9")
    assert "Nothing of yours waits" in ann.reads("/pickup")
    dispatch.happens("A-9", "ready_for_pickup", clock(), place="Corner shop")
    assert "You find it here: Corner shop" in ann.reads("/pickup")
    assert ann.sends("/pickup/longer", "/verify?for=pickup").status_code == 409


def test_the_delivery_page_leads_to_the_pickup_page(ann):
    assert f'href="{ann.path}/pickup"' in ann.looks()
