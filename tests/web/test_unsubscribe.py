"""Unsubscribing with one click of a mail program (RFC 8058): by POST alone, for one shipper, again and again."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.message import Channel, Rule
from portal.domain.unsubscribe import LENGTH, unsubscribe_code, unsubscribe_of
from portal.flows import codes
from portal.store import consents, outbox, shipments
from tests.dispatch import new_dispatch, shipment
from tests.recipient import recipient_of, text_of

SMS, EMAIL = Channel.SMS, Channel.EMAIL
BEN = {"name": "Ben Okoro", "phone": "+4915112345678", "email": "ben@example.com", "language": "en"}
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
SECRET, MARK = b"s" * 40, sha256(b"somebody").hexdigest()


@pytest.fixture
def kit(app):
    return app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


@pytest.fixture
def link(kit, dispatch, clock):
    """The path of the link in the header of an email to Ben."""
    dispatch.ships(shipment("A-1", recipient=BEN))
    dispatch.happens("A-1", "at_depot", clock())
    return unsubscribe_link(kit)


def emails(kit):
    with kit.reading() as session:
        return [one for one in outbox.latest(session) if one.channel is EMAIL]


def unsubscribe_link(kit):
    return emails(kit)[0].headers["unsubscribe"].removeprefix("http://localhost")


def told(kit, notice):
    with kit.reading() as session:
        found = [one for one in outbox.latest(session) if one.notice == notice]
    return {one.channel: one.stopped_by for one in reversed(found)}


def evidence(kit):
    with kit.reading() as session:
        said = session.execute(consents.CONSENTS.select().order_by(consents.CONSENTS.c.id)).all()
    return [(one.channel, one.given, one.source, one.shipper_id) for one in said]


def test_one_post_ends_a_shippers_emails_and_the_rest_comes_by_text(client, kit, link, dispatch, clock):
    answer = client.post(link, data=ONE_CLICK)
    assert answer.status_code == 200
    assert "No more emails from Acme Books" in text_of(answer.text)
    dispatch.happens("A-1", "held", clock())
    assert told(kit, "held") == {EMAIL: Rule.OPTED_OUT, SMS: ""}
    clock.forward(minutes=1)
    dispatch.happens("A-1", "out_for_delivery", clock())
    assert told(kit, "out_for_delivery") == {EMAIL: Rule.OPTED_OUT, SMS: ""}
    assert evidence(kit) == [("email", False, "one-click unsubscribe", 1)]


def test_it_takes_no_cookie_no_token_and_leads_nowhere(client, link):
    answer = client.post(link, data=ONE_CLICK)
    assert (answer.status_code, answer.headers.getlist("Set-Cookie"), answer.location) == (200, [], None)


def test_as_a_mail_program_sends_it_in_parts(client, kit, link):
    answer = client.post(link, data=ONE_CLICK, content_type="multipart/form-data")
    assert answer.status_code == 200
    assert len(evidence(kit)) == 1


def test_who_presses_to_and_fro_all_day_fills_no_table_and_stays_unsubscribed(client, kit, link, clock):
    for _ in range(50):
        clock.forward(seconds=2)
        assert client.post(link, data=ONE_CLICK).status_code == 200
        clock.forward(seconds=2)
        assert client.post(f"{link}/again").status_code == 200
    assert len(evidence(kit)) == 11
    assert "No more emails from Acme Books" in text_of(client.get(link).text)
    clock.forward(days=1, minutes=1)
    client.post(f"{link}/again")
    assert evidence(kit)[-1][1] is True


def test_what_waits_for_the_mailbox_does_not_leave(client, kit, link, clock):
    assert client.post(link, data=ONE_CLICK).status_code == 200
    assert kit.outbox.claim(EMAIL, 10, "w", clock()) == []
    assert told(kit, "at_depot")[EMAIL] == Rule.OPTED_OUT


def test_looking_ends_nothing(client, kit, link, dispatch, clock):
    for _ in range(3):
        assert client.get(link).status_code == 200
        assert client.head(link).status_code == 200
        assert client.options(link).status_code == 200
        assert client.get(f"{link}/again").status_code == 405
    assert evidence(kit) == []
    dispatch.happens("A-1", "held", clock())
    assert told(kit, "held") == {EMAIL: ""}


def test_the_page_has_one_button_that_does_the_same(client, kit, link):
    page = client.get(link).text
    assert page.count("<button>") == 1
    form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]+)"', page))
    assert form == ONE_CLICK
    assert client.post(link, data=form).status_code == 200
    assert "No more emails from Acme Books" in text_of(client.get(link).text)


@pytest.mark.parametrize("said", [{}, {"List-Unsubscribe": "maybe"}, {"x": "y" * 1000}])
def test_a_post_that_does_not_say_so_was_not_meant(client, kit, link, said):
    answer = client.post(link, data=said)
    assert answer.status_code == 400
    assert "<button>" in answer.text
    assert evidence(kit) == []


def test_a_body_of_another_kind_was_not_meant_either(client, kit, link):
    for kind in ("application/json", "text/plain", "application/octet-stream", "multipart/form-data"):
        assert client.post(link, data=b"\xff\x00[", content_type=kind).status_code == 400
    assert evidence(kit) == []


def test_a_huge_body_is_not_read(client, kit, link):
    answer = client.post(link, data=ONE_CLICK | {"x": "y" * 1_000_000})
    assert answer.status_code == 413
    assert evidence(kit) == []


def test_again_and_again_is_once(client, kit, link):
    for _ in range(5):
        assert client.post(link, data=ONE_CLICK).status_code == 200
    assert len(evidence(kit)) == 1


def test_many_at_once_are_all_taken(app, kit, link):
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda _: app.test_client().post(link, data=ONE_CLICK).status_code, range(16)))
    assert done == [200] * 16
    assert {given for _, given, _, _ in evidence(kit)} == {False}


def test_who_pressed_by_mistake_gets_emails_again(client, kit, link, dispatch, clock):
    client.post(link, data=ONE_CLICK)
    clock.forward(seconds=5)
    again = client.post(f"{link}/again")
    assert (again.status_code, "You can end the emails" in text_of(again.text)) == (200, True)
    dispatch.happens("A-1", "held", clock())
    assert told(kit, "held") == {EMAIL: ""}
    assert [given for _, given, _, _ in evidence(kit)] == [False, True]
    clock.forward(seconds=5)
    client.post(link, data=ONE_CLICK)
    assert [given for _, given, _, _ in evidence(kit)] == [False, True, False]


def test_the_page_of_preferences_shows_it_and_takes_it_back(app, client, kit, link, dispatch, clock):
    client.post(link, data=ONE_CLICK)
    clock.forward(seconds=5)
    ben = recipient_of(app, dispatch, recipient=BEN)
    assert 'value="sms" required checked' in ben.looks("/preferences")
    usual = {"language": "en", "news": ["before", "outcome"], "begins": "08:00", "ends": "21:00"}
    ben.sends("/preferences", "/preferences", ways="sms", **usual)
    dispatch.happens("A-1", "held", clock())
    assert told(kit, "held") == {EMAIL: Rule.OPTED_OUT, SMS: ""}
    clock.forward(minutes=1)
    ben.sends("/preferences", "/preferences", ways="both", **usual)
    dispatch.happens("A-1", "damaged", clock())
    assert told(kit, "damaged") == {EMAIL: ""}
    assert evidence(kit)[-1] == ("email", True, "preferences page", 1)


def test_other_shippers_and_other_addresses_are_not_concerned(app, client, kit, link, clock):
    client.post(link, data=ONE_CLICK)
    other = new_dispatch(app, "Fern & Kettle")
    other.ships(shipment("F-1", recipient=BEN))
    other.happens("F-1", "held", clock())
    assert told(kit, "held") == {EMAIL: ""}


def test_the_next_delivery_of_the_same_shipper_is_concerned(client, kit, link, dispatch, clock):
    client.post(link, data=ONE_CLICK)
    clock.forward(days=20)
    dispatch.ships(shipment("A-2", recipient=BEN | {"email": "BEN@Example.com"}))
    dispatch.happens("A-2", "at_depot", clock())
    assert told(kit, "at_depot")[EMAIL] == Rule.OPTED_OUT


def test_codes_and_the_news_of_a_change_still_come(client, kit, dispatch, clock):
    dispatch.ships(shipment("A-1", recipient={"name": "Ben", "email": "ben@example.com"}))
    dispatch.happens("A-1", "at_depot", clock())
    client.post(unsubscribe_link(kit), data=ONE_CLICK)
    with kit.transaction() as session:
        ben = shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment
        assert codes.send_code(session, kit.voice, ben, kit.now()) == codes.Sent("email", "b…@example.com")
    (claim,) = kit.outbox.claim(EMAIL, 10, "w", clock())
    assert claim.message.notice == "one_time_code"
    assert "unsubscribe" not in claim.message.headers


def test_the_link_outlives_the_page(client, kit, link, dispatch, clock):
    dispatch.happens("A-1", "delivered", clock())
    clock.forward(days=400)
    assert client.post(link, data=ONE_CLICK).status_code == 200
    assert len(evidence(kit)) == 1


def test_the_link_tells_nothing_of_the_person(kit, link):
    code = link.removeprefix("/u/")
    assert re.fullmatch(r"[\w-]{75}", code)
    assert unsubscribe_link(kit) == link
    for known in ("ben", "example", sha256(b"doorstep:ben@example.com").hexdigest()[:8]):
        assert known not in code.lower()


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "code", ["", "x", "A" * 74, "A" * 75, "A" * 76, "ä" * 75, "%00" * 25, "=" * 75, "../" * 25, "x" * 5000]
)
def test_a_forged_link_is_not_found(client, kit, code):
    for path in (f"/u/{code}", f"/u/{code}/again"):
        assert client.post(path, data=ONE_CLICK).status_code == 404
    assert client.get(f"/u/{code}").status_code == 404
    assert evidence(kit) == []


def test_a_link_of_a_shipper_that_is_gone_is_not_found(client, kit):
    code = unsubscribe_code(kit.voice.secret, 99, MARK)
    assert client.post(f"/u/{code}", data=ONE_CLICK).status_code == 404


def test_every_changed_letter_makes_it_another_link():
    code = unsubscribe_code(SECRET, 7, MARK)
    assert unsubscribe_of(SECRET, code) == (7, MARK)
    assert unsubscribe_of(b"t" * 40, code) is None
    for at in range(LENGTH):
        for other in "AZ09-_":
            if code[at] != other:
                assert unsubscribe_of(SECRET, code[:at] + other + code[at + 1 :]) is None


@given(st.integers(0, 2**63), st.binary(min_size=32, max_size=32))
def test_a_link_leads_back_to_its_shipper_and_address(shipper_id, mark):
    assert unsubscribe_of(SECRET, unsubscribe_code(SECRET, shipper_id, mark.hex())) == (
        shipper_id,
        mark.hex(),
    )


@given(st.text(min_size=LENGTH, max_size=LENGTH, alphabet="ABCDEFGHIJKLMNOPQRSTUVWXYZabcdef0123456789-_"))
def test_no_guess_is_a_link(guess):
    assert unsubscribe_of(SECRET, guess) is None


def test_the_header_says_one_click_to_the_provider(kit, link, clock):
    assert timedelta(0) <= clock() - emails(kit)[0].created_at
    assert emails(kit)[0].headers["unsubscribe"].startswith("http://localhost/u/")
