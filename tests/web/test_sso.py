"""The operator's own sign-in, over the wire: who was added here comes in, and no token that is wrong opens anything."""

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from pydantic import SecretStr

from portal.flows import agents_admin
from tests.doubles.oidc import CLIENT, SECRET, Company, Lies, Person
from tests.office import Office, token_of

pytestmark = pytest.mark.engines("sqlite")


@pytest.fixture
def company(clock):
    with Company(clock) as running:
        yield running


@pytest.fixture
def settings(settings, company):
    return settings.model_copy(
        update={
            "oidc_issuer": company.url,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SecretStr(SECRET),
            "console_totp": "required",
        }
    )


@pytest.fixture
def office(app, clock) -> Office:
    return Office(app, clock)


def to_company(client, **asked: str) -> str:
    """The browser leaves for the company and is sent back; the address that it brings."""
    left = client.get("/console/sso", query_string=asked)
    assert left.status_code == 303
    answer = requests.get(left.location, allow_redirects=False, timeout=5)
    assert answer.status_code == 302
    return answer.headers["Location"]


def comes_back(client, address: str):
    where = urlsplit(address)
    return client.get(where.path, query_string=parse_qs(where.query))


def is_in(client) -> bool:
    return client.get("/console").status_code == 200


def test_an_agent_who_was_added_comes_in_without_a_second_factor_of_ours(client, office, company):
    office.agent()
    back = comes_back(client, to_company(client, next="/desk"))
    assert (back.status_code, back.location) == (303, "/desk")
    assert is_in(client)
    (asked,) = company.asked
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"].endswith("/console/sso/back")


LIES = {
    "another nonce": Lies({"nonce": "n"}),
    "no nonce": Lies({"nonce": None}),
    "another audience": Lies({"aud": "other"}),
    "several audiences, another party": Lies({"aud": [CLIENT, "other"], "azp": "other"}),
    "another issuer": Lies({"iss": "https://evil.example"}),
    "expired": Lies({"exp": 1_000_000_000}),
    "never expires": Lies({"exp": None}),
    "of tomorrow": Lies({"iat": 4_000_000_000}),
    "no subject": Lies({"sub": ""}),
    "unverified": Lies({"email_verified": False}),
    "verified in words": Lies({"email_verified": "true"}),
    "not said whether verified": Lies({"email_verified": None}),
    "no signature": Lies(signing="none"),
    "signed with our public key as a shared one": Lies(signing="shared"),
    "brings its own key": Lies(signing="header"),
    "signed by a stranger": Lies(signing="stranger"),
    "altered after signing": Lies(signing="altered"),
}


def test_no_token_that_is_wrong_opens_anything(client, office, company):
    office.agent()
    office.agent("boss@example.com", "admin")
    opened = []
    for name, lies in LIES.items():
        company.lies = lies
        back = comes_back(client, to_company(client))
        if back.location != "/console/login?sorry=sso" or is_in(client):
            opened.append(name)
    assert opened == []
    company.lies = Lies()
    assert comes_back(client, to_company(client)).location == "/console"


def test_a_state_is_compared_counts_once_and_belongs_to_the_browser_that_asked(client, office):
    office.agent()
    address = to_company(client)
    thief = client.application.test_client()
    assert comes_back(thief, address).location == "/console/login?sorry=sso"
    assert comes_back(client, address.replace("state=", "state=x")).location == "/console/login?sorry=sso"
    # the wrong answer used the question up
    assert comes_back(client, address).location == "/console/login?sorry=sso"
    assert not is_in(client)


def test_who_was_not_added_or_has_left_is_told_so(client, office, company, clock):
    assert comes_back(client, to_company(client)).location == "/console/login?sorry=unknown"
    agent = office.agent()
    with office.kit.transaction() as session:
        agents_admin.leave(session, None, agent.id, clock())
    assert comes_back(client, to_company(client)).location == "/console/login?sorry=unknown"
    assert "nobody here has your address" in client.get("/console/login?sorry=unknown").text


def test_an_address_given_to_somebody_else_does_not_open_the_former_owners_account(client, office, company):
    office.agent()
    assert comes_back(client, to_company(client)).location == "/console"
    company.person = Person("u-2")
    other = client.application.test_client()
    assert comes_back(other, to_company(other)).location == "/console/login?sorry=unknown"
    # whom we know comes in also with another address
    company.person = Person("u-1", "ann.new@example.com")
    assert comes_back(other, to_company(other)).location == "/console"


def test_to_be_fresh_the_company_must_have_asked_again(client, office, company, clock):
    office.agent()
    company.lies = Lies({"auth_time": int(clock().timestamp()) - 3600})
    assert comes_back(client, to_company(client, again="1")).location == "/console/login?sorry=sso"
    assert (company.asked[-1]["prompt"], company.asked[-1]["max_age"]) == ("login", "0")
    company.lies = Lies()
    assert comes_back(client, to_company(client, again="1")).location == "/console"


def test_a_company_that_was_not_asked_to_sign_in_anew_makes_nobody_fresh(client, office, company, clock):
    office.agent()
    asked = {"": "/console/account/again?", "1": "/console/account/second-factor"}
    for again, leads in asked.items():
        comes_back(client, to_company(client, again=again))
        form = {"csrf_token": token_of(client.get("/console/account").text)}
        answer = client.post("/console/account/second-factor", data=form)
        assert answer.location.startswith(leads)


def test_a_company_that_does_not_answer_leaves_the_password(client, office, company):
    company._server.server_close()
    company._server.shutdown()
    assert client.get("/console/sso").location == "/console/login?sorry=sso"
    assert "use your password" in client.get("/console/login?sorry=sso").text


def test_without_the_setting_there_is_no_such_door(settings, database_url, clock):
    from portal.app import create_app

    app = create_app(settings.model_copy(update={"oidc_issuer": ""}), clock=clock)
    assert app.test_client().get("/console/sso").status_code == 404
    assert app.test_client().get("/console/sso/back").status_code == 404
    assert "company" not in app.test_client().get("/console/login").text
