"""Signing in and out: slow to guess, the same for everybody unknown, and never somebody else's door."""

from datetime import timedelta

import pytest

from portal.flows.sign_in import TRIES
from portal.store import browsers, sign_in_tries
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")
WRONG = "do not belong together"


@pytest.fixture
def office(app, clock) -> Office:
    office = Office(app, clock)
    office.hire()
    return office


def attempt(client, email: str, password: str, **more: str):
    token = token_of(client.get("/console/login").text)
    return client.post(
        "/console/login", data={"email": email, "password": password, "csrf_token": token, **more}
    )


def test_the_right_password_opens_the_console(client, office):
    answer = office.sign_in(client)
    assert (answer.status_code, answer.location) == (303, "/console")
    assert client.get("/console").status_code == 200


def test_without_signing_in_the_sign_in_is_shown_and_leads_back(client, office):
    answer = client.get("/desk")
    assert (answer.status_code, answer.location) == (303, "/console/login?next=/desk")
    assert 'name="next" value="/desk"' in client.get(answer.location).text


def test_a_wrong_password_and_an_unknown_address_get_the_same_answer(client, office):
    wrong = attempt(client, "ann@example.com", "wrong")
    unknown = attempt(client, "nobody@example.com", "wrong")
    assert wrong.status_code == unknown.status_code == 401
    strip = str.replace
    assert (
        strip(wrong.text, "ann@", "x@").count(WRONG) == strip(unknown.text, "nobody@", "x@").count(WRONG) == 1
    )


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("email", ["ann@example.com", "nobody@example.com"])
def test_after_five_tries_even_the_right_password_has_to_wait(client, office, email):
    for _ in range(TRIES):
        assert attempt(client, email, "wrong").status_code == 401
    answer = attempt(client, email, office.passwords["ann@example.com"])
    assert answer.status_code == 429
    assert "Please wait 15 min" in answer.text


def test_the_wait_ends_by_itself(client, office, clock):
    for _ in range(TRIES):
        attempt(client, "ann@example.com", "wrong")
    clock.forward(minutes=16)
    assert office.sign_in(client).status_code == 303


def test_a_right_password_forgets_earlier_tries(client, office):
    for _ in range(TRIES - 1):
        attempt(client, "ann@example.com", "wrong")
    assert office.sign_in(client).status_code == 303
    assert attempt(client.application.test_client(), "ann@example.com", "wrong").status_code == 401


@pytest.mark.parametrize(
    "asked",
    [
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "/console/logout",
        "/desk?x=//evil",
        "javascript:1",
    ],
)
def test_a_sign_in_leads_only_to_our_own_pages(client, office, asked):
    answer = attempt(client, "ann@example.com", office.passwords["ann@example.com"], next=asked)
    assert answer.location == "/console"


def test_a_sign_in_leads_back_to_the_shipment_that_was_asked_for(client, office):
    answer = attempt(
        client, "ann@example.com", office.passwords["ann@example.com"], next="/console/shipments/7"
    )
    assert answer.location == "/console/shipments/7"


def test_the_cookie_is_kept_from_scripts_and_other_sites(client, office):
    cookie = next(
        header
        for header in office.sign_in(client).headers.getlist("Set-Cookie")
        if "doorstep-agent" in header
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Domain" not in cookie


def test_signing_in_again_ends_the_former_session(client, office, clock):
    office.sign_in(client)
    former = client.get_cookie("doorstep-agent").value
    token = token_of(client.get("/console").text)
    form = {"email": "ann@example.com", "password": office.passwords["ann@example.com"], "csrf_token": token}
    client.post("/console/login", data=form)
    assert client.get_cookie("doorstep-agent").value != former
    thief = client.application.test_client()
    thief.set_cookie("doorstep-agent", former)
    assert thief.get("/console").status_code == 303


def test_signing_out_ends_the_session_on_the_server(client, office):
    office.sign_in(client)
    kept = client.get_cookie("doorstep-agent").value
    token = token_of(client.get("/console").text)
    assert client.post("/console/logout", data={"csrf_token": token}).status_code == 303
    thief = client.application.test_client()
    thief.set_cookie("doorstep-agent", kept)
    assert thief.get("/console").status_code == 303


def test_a_session_ends_after_a_working_day(client, office, clock):
    office.sign_in(client)
    clock.forward(hours=13)
    assert client.get("/console").status_code == 303


def test_forms_without_their_token_are_refused(client, office):
    form = {"email": "ann@example.com", "password": office.passwords["ann@example.com"]}
    assert client.post("/console/login", data=form).status_code == 400
    office.sign_in(client)
    assert client.post("/console/logout").status_code == 400


def test_a_fragment_says_that_nobody_is_signed_in(client, office):
    assert client.get("/desk/queue", headers={"X-Fragment": "1"}).status_code == 401


def test_sessions_and_tries_are_kept_as_fingerprints_and_counts_only(client, office, clock):
    office.sign_in(client)
    value = client.get_cookie("doorstep-agent").value
    with office.kit.reading() as session:
        assert browsers.find(session, value, clock()) is None
        window = timedelta(minutes=15)
    with office.kit.transaction() as session:
        assert sign_in_tries.count(session, "email", "ann@example.com", clock(), window, 1) is None


@pytest.mark.parametrize(
    "text", ["\x00ann@example.com", "a" * 5_000, "<script>alert(1)</script>", "ann@example.com\r\nX: y"]
)
def test_hostile_addresses_are_answered_like_wrong_ones(client, office, text):
    answer = attempt(client, text, "\x00" * 2_000)
    assert answer.status_code == 401
    assert "<script>alert" not in answer.text


def test_over_tls_the_session_belongs_to_this_host_alone(settings, database_url, clock):
    from portal.app import create_app

    app = create_app(settings.model_copy(update={"public_url": "https://portal.example"}), clock=clock)
    office, client = Office(app, clock), app.test_client()
    office.hire()
    page = client.get("/console/login", base_url="https://portal.example")
    form = {"email": "ann@example.com", "password": office.passwords["ann@example.com"]}
    form["csrf_token"] = token_of(page.text)
    answer = client.post("/console/login", data=form, base_url="https://portal.example")
    assert answer.status_code == 303
    cookies = answer.headers.getlist("Set-Cookie")
    cookie = next(one for one in cookies if one.startswith("__Host-doorstep-agent="))
    assert "Secure" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie
