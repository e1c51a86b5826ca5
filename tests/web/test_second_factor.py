"""Password and code: set up where it is asked, each code once, paper for a lost phone, guesses counted."""

import re
from datetime import timedelta

import pyotp
import pytest

from portal.flows import second_factor
from portal.flows.second_factor import TRIES
from portal.store import second_factors
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")
ANN = "ann@example.com"


@pytest.fixture
def settings(settings):
    return settings.model_copy(update={"console_totp": "required"})


@pytest.fixture
def office(app, clock) -> Office:
    office = Office(app, clock)
    office.ann = office.knows(office.agent())
    return office


def post(client, path: str, page: str, **fields: str):
    return client.post(path, data=fields | {"csrf_token": token_of(client.get(page).text)})


def types(client, code: str, **more: str):
    return post(client, "/console/login/code", "/console/login/code", code=code, **more)


def key_in(page: str) -> str:
    return re.search(r'Key: <span class="mono">([A-Z2-7 ]+)<', page)[1].replace(" ", "")


def codes_in(page: str) -> list[str]:
    return re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", page)


def enrolls(client, office, clock) -> tuple[pyotp.TOTP, list[str]]:
    """The first sign-in: a key, its first code, and ten codes on paper. Then everybody waits for the next step."""
    office.arrives(client, office.ann)
    totp = pyotp.TOTP(key_in(client.get("/console/login/second-factor").text))
    answer = post(
        client, "/console/login/second-factor", "/console/login/second-factor", code=totp.at(clock())
    )
    assert answer.status_code == 200
    clock.forward(seconds=30)
    return totp, codes_in(answer.text)


def is_in(client) -> bool:
    return client.get("/console").status_code == 200


def leaves(client) -> None:
    assert post(client, "/console/logout", "/console").status_code == 303


def test_without_a_second_factor_a_password_leads_to_its_set_up_and_nowhere_else(client, office, clock):
    office.sign_in(client)
    for path in ("/console", "/desk", "/console/account", "/console/follow-ups"):
        assert client.get(path).location.startswith("/console/login?"), path
    assert client.get("/console/login/code").status_code == 303
    page = client.get("/console/login/second-factor")
    assert "<svg" in page.text and "style=" not in page.text.partition("<svg")[2].partition("</svg>")[0]
    wrong = post(client, "/console/login/second-factor", "/console/login/second-factor", code="000000")
    assert wrong.status_code == 401 and not is_in(client)


def test_the_first_right_code_opens_the_console_and_shows_ten_codes_once(client, office, clock):
    _, codes = enrolls(client, office, clock)
    assert len(set(codes)) == 10
    assert is_in(client)
    assert client.get("/console/login/second-factor").status_code == 303
    page = client.get("/console/account").text
    assert "10 of your recovery codes are left" in page and not codes_in(page)


def test_afterwards_password_and_code_open_it_and_the_cookie_changes_each_time(client, office, clock):
    totp, _ = enrolls(client, office, clock)
    leaves(client)
    assert office.sign_in(client).location == "/console/login/code?next=/console"
    halfway = client.get_cookie("doorstep-agent").value
    assert not is_in(client)
    assert types(client, "000000").status_code == 401
    assert types(client, totp.at(clock()), next="/desk").location == "/desk"
    assert client.get_cookie("doorstep-agent").value != halfway
    assert is_in(client)
    thief = client.application.test_client()
    thief.set_cookie("doorstep-agent", halfway)
    assert thief.get("/console/login/code").status_code == 303 and not is_in(thief)


def test_a_key_is_shown_to_the_browser_that_came_last_alone(client, office):
    thief = client.application.test_client()
    office.arrives(thief, office.ann)
    assert thief.get("/console/login/second-factor").status_code == 200
    office.arrives(client, office.ann)
    assert client.get("/console/login/second-factor").status_code == 200
    assert thief.get("/console/login/second-factor").status_code == 303


def test_a_code_counts_once_and_half_a_minute_around_its_time(client, office, clock):
    totp, _ = enrolls(client, office, clock)
    used = totp.at(clock())
    for offset, status in ((0, 303), (0, 401), (-60, 401), (60, 401), (30, 303)):
        browser = client.application.test_client()
        office.arrives(browser, office.ann)
        code = used if offset == 0 else totp.at(clock() + timedelta(seconds=offset))
        assert types(browser, code).status_code == status, offset
    # the code of the step before one that was used is no longer good
    browser = client.application.test_client()
    office.arrives(browser, office.ann)
    assert types(browser, totp.at(clock() - timedelta(seconds=30))).status_code == 401


def test_a_recovery_code_works_once_however_it_is_typed(client, office, clock):
    _, codes = enrolls(client, office, clock)
    for typed, status in (
        (codes[0].upper().replace("-", " "), 303),
        (codes[0], 401),
        (codes[1], 303),
        ("aaaaa-aaaaa", 401),
    ):
        browser = client.application.test_client()
        office.arrives(browser, office.ann)
        assert types(browser, typed).status_code == status, typed
    with office.kit.reading() as session:
        assert second_factors.codes_left(session, 1) == 8


def test_after_five_guesses_the_right_code_waits_too_and_a_new_password_entry_gives_no_more(
    client, office, clock
):
    totp, _ = enrolls(client, office, clock)
    thief = client.application.test_client()
    office.arrives(thief, office.ann)
    for _ in range(TRIES):
        assert types(thief, "000000").status_code == 401
    office.arrives(thief, office.ann)
    answer = types(thief, totp.at(clock()))
    assert answer.status_code == 429 and "Please wait 15 min" in answer.text
    # the agent's own browser has a count of its own
    leaves(client)
    office.arrives(client, office.ann)
    assert types(client, totp.at(clock())).status_code == 303


def test_halfway_ends_by_itself(client, office, clock):
    totp, _ = enrolls(client, office, clock)
    leaves(client)
    office.arrives(client, office.ann)
    clock.forward(minutes=16)
    assert client.get("/console/login/code").status_code == 303
    assert client.post("/console/login/code", data={"code": totp.at(clock())}).status_code in (303, 400)
    assert not is_in(client)


def test_the_key_is_kept_encrypted_and_never_shown_again(client, office, clock):
    totp, _ = enrolls(client, office, clock)
    with office.kit.reading() as session:
        kept = second_factors.of_agent(session, 1)
    assert totp.secret not in kept.sealed
    for path in ("/console/account", "/console/account/second-factor"):
        assert totp.secret not in client.get(path).text.replace(" ", "")


def test_moving_to_another_phone_asks_again_and_signs_out(client, office, clock):
    totp, _ = enrolls(client, office, clock)
    clock.forward(minutes=20)
    form = {"csrf_token": token_of(client.get("/console/account").text)}
    answer = client.post("/console/account/recovery-codes", data=form)
    assert answer.location == "/console/account/again?next=/console/account"
    proof = {"password": office.passwords[ANN], "code": totp.at(clock()), "next": "/console/account"}
    wrong = post(client, "/console/account/again", "/console/account/again", **proof | {"code": "000000"})
    assert wrong.status_code == 401
    assert (
        post(client, "/console/account/again", "/console/account/again", **proof).location
        == "/console/account"
    )
    answer = post(client, "/console/account/second-factor/remove", "/console/account")
    assert answer.status_code == 303 and not is_in(client)
    assert office.sign_in(client).location.startswith("/console/login/second-factor")


@pytest.mark.parametrize(
    "typed", ["", "１２３４５６", "12345", "\x00" * 6, "a" * 5_000, "٣٤٥٦٧٨", "<b>1</b>"]
)
def test_what_is_no_code_is_answered_like_a_wrong_one(client, office, clock, typed):
    enrolls(client, office, clock)
    browser = client.application.test_client()
    office.arrives(browser, office.ann)
    assert types(browser, typed).status_code == 401


def test_a_key_sealed_with_another_secret_is_not_shown_and_fits_no_code(office, clock):
    with office.kit.transaction() as session:
        second_factor.offer(session, b"a" * 32, office.ann, clock())
        assert second_factor.offered(session, b"b" * 32, office.ann, "Doorstep") is None
        offered = second_factor.offered(session, b"a" * 32, office.ann, "Doorstep")
        code, guess = pyotp.TOTP(offered.key).at(clock()), second_factor.Guess("", clock())
        assert second_factor.check(session, b"b" * 32, office.ann, code, clock(), guess) == ""
        assert second_factor.check(session, b"a" * 32, office.ann, code, clock(), guess) == "authenticator"
        # one that counts is not replaced by another offer
        second_factor.offer(session, b"a" * 32, office.ann, clock())
        assert second_factor.is_enrolled(session, office.ann)
