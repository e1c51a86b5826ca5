"""An agent's own account, known browsers, sessions that end, and admins who manage agents."""

from concurrent.futures import ThreadPoolExecutor

import pyotp
import pytest

from portal.flows import agents_admin, second_factor, sign_in
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents_admin import Hired
from portal.flows.second_factor import Guess, Wait
from portal.flows.sign_in import TRIES, TRIES_OF_NETWORK, Device, House, Try
from portal.store import browsers
from tests.office import Office, token_of
from tests.web.test_login import attempt

pytestmark = pytest.mark.engines("sqlite")
ANN = "ann@example.com"
UNKNOWN = Device()
LONG = "harbour violet stairs 9"


@pytest.fixture
def office(app, clock) -> Office:
    return Office(app, clock)


@pytest.fixture
def ann(office):
    return office.knows(office.agent())


def post(client, path: str, **fields: str):
    return client.post(path, data=fields | {"csrf_token": token_of(client.get("/console/account").text)})


def another(client):
    return client.application.test_client()


def is_in(client) -> bool:
    return client.get("/console").status_code == 200


def test_strangers_do_not_lock_out_a_browser_that_is_known(client, office, ann):
    office.sign_in(client)
    post(client, "/console/logout")
    for _ in range(TRIES):
        knocks(office, ANN)
    assert attempt(another(client), ANN, office.passwords[ANN]).status_code == 429
    assert office.sign_in(client).status_code == 303


def test_a_known_browser_has_five_tries_and_is_known_for_its_agent_alone(office, ann):
    known, bob = Device("d", ann.id), office.agent("bob@example.com")
    said = [isinstance(knocks(office, ANN, known), Try) for _ in range(TRIES + 1)]
    assert said == [True] * TRIES + [False]
    for _ in range(TRIES):
        knocks(office, bob.email)
    assert isinstance(knocks(office, bob.email, known), Wait)


def test_a_cookie_that_we_did_not_sign_makes_no_browser_known(client, office, ann):
    for forged in ('[1,"x"]', "x.y", "", "\x00", "W1sxXV0.abc"):
        stranger = another(client)
        stranger.set_cookie("doorstep-known", forged)
        assert attempt(stranger, ANN, "wrong").status_code in (401, 429)


def test_one_network_gets_so_many_tries_over_all_addresses(office):
    ann, known = office.agent(), []
    for number in range(TRIES_OF_NETWORK + 1):
        known.append(knocks(office, f"a{number}@example.com"))
    assert [isinstance(one, Try) for one in known] == [True] * TRIES_OF_NETWORK + [False]
    assert isinstance(knocks(office, ann.email, network="2001:db8::/64"), Try)
    assert isinstance(knocks(office, ann.email, Device("d", ann.id)), Try)


def test_who_signs_in_rightly_does_not_use_up_the_network(office, ann):
    house = House(b"s" * 32, False)
    for _ in range(TRIES_OF_NETWORK + 2):
        attempt = knocks(office, ann.email)
        assert isinstance(attempt, Try)
        with office.kit.transaction() as session:
            sign_in.admit(session, house, attempt, "", "", "", office.clock())


def knocks(office, email: str, device: Device = UNKNOWN, network: str = "192.0.2.0/24") -> Try | Wait:
    with office.kit.transaction() as session:
        return sign_in.begin(session, email, device, network, office.clock())


def test_own_browsers_are_listed_and_ended_one_by_one_or_all(client, office, ann, clock):
    phone, desk, here = another(client), another(client), client
    for browser, name in ((phone, "Safari on iPhone"), (desk, "Firefox on Linux"), (here, "")):
        office.enter(browser, ann, name)
    page = here.get("/console/account").text
    assert "Safari on iPhone" in page and page.count("last used") >= 3
    with office.kit.reading() as session:
        found = browsers.of_agent(session, ann.id, clock())
    mark = next(one.fingerprint for one in found if "iPhone" in one.name)[:16]
    assert post(here, "/console/account/browsers", browser=mark).status_code == 303
    assert [is_in(browser) for browser in (phone, desk, here)] == [False, True, True]
    for odd in ("%", "_" * 16, "x" * 16, mark):
        post(here, "/console/account/browsers", browser=odd)
    assert is_in(desk)
    post(here, "/console/account/browsers")
    assert [is_in(browser) for browser in (desk, here)] == [False, True]


def test_nobody_ends_somebody_elses_browser(client, office, ann, clock):
    office.enter(client, ann)
    bob, his = office.agent("bob@example.com"), another(client)
    office.enter(his, bob)
    with office.kit.reading() as session:
        (found,) = browsers.of_agent(session, ann.id, clock())
    post(his, "/console/account/browsers", browser=found.fingerprint[:16])
    assert is_in(client)


def test_an_idle_browser_is_signed_out_and_a_page_that_asks_by_itself_is_idle(client, office, ann, clock):
    office.enter(client, ann)
    for _ in range(3):
        clock.forward(minutes=100)
        assert is_in(client)
    for _ in range(3):
        clock.forward(minutes=50)
        client.get("/desk/queue", headers={"X-Fragment": "1"})
    assert not is_in(client)


def test_a_new_password_needs_the_old_one_and_signs_everybody_else_out(client, office, ann):
    thief = another(client)
    office.enter(thief, ann, "theirs")
    office.enter(client, ann)
    former = client.get_cookie("doorstep-agent").value
    refused = (
        {"password": "wrong", "new": LONG, "again": LONG},
        {"password": office.passwords[ANN], "new": "short", "again": "short"},
        {"password": office.passwords[ANN], "new": LONG, "again": LONG + "x"},
        {"password": office.passwords[ANN], "new": "a" * 20, "again": "a" * 20},
    )
    for form in refused:
        post(client, "/console/account/password", **form)
    assert is_in(thief)
    post(client, "/console/account/password", password=office.passwords[ANN], new=LONG, again=LONG)
    assert is_in(client) and not is_in(thief)
    assert client.get_cookie("doorstep-agent").value != former
    assert attempt(another(client), ANN, office.passwords[ANN]).status_code == 401
    assert attempt(another(client), ANN, LONG).status_code == 303


def test_a_new_password_is_no_second_proof_and_a_waiting_key_is_shown_to_fresh_eyes_alone(
    client, office, ann, clock
):
    office.enter(client, ann)
    post(client, "/console/account/second-factor")
    assert client.get("/console/account/second-factor").status_code == 200
    clock.forward(minutes=20)
    post(client, "/console/account/password", password=office.passwords[ANN], new=LONG, again=LONG)
    assert is_in(client)
    for answer in (
        client.get("/console/account/second-factor"),
        post(client, "/console/account/second-factor/remove"),
    ):
        assert answer.location.startswith("/console/account/again?")


def test_the_own_password_is_guessed_five_times_from_within(client, office, ann):
    office.enter(client, ann)
    said = [
        post(client, "/console/account/again", password="wrong", next="/console").status_code
        for _ in range(TRIES + 1)
    ]
    assert said == [401] * TRIES + [429]


def test_a_zone_is_one_of_the_worlds(client, office, ann):
    office.enter(client, ann)
    post(client, "/console/account/timezone", timezone="Europe/Warsaw")
    post(client, "/console/account/timezone", timezone="Mars/Olympus")
    assert 'value="Europe/Warsaw"' in client.get("/console/account").text


def does(office, act, by, agent, *more):
    with office.kit.transaction() as session:
        return act(session, by, agent.id, *more, office.clock())


def test_a_role_that_changes_or_an_agent_who_leaves_is_signed_out_at_once(client, office, ann):
    boss = office.agent("boss@example.com", "admin")
    office.enter(client, ann)
    assert isinstance(does(office, agents_admin.change_role, boss, ann, "viewer"), Done)
    assert not is_in(client)
    office.enter(client, ann)
    assert isinstance(does(office, agents_admin.leave, boss, ann), Done)
    assert not is_in(client)
    assert attempt(another(client), ANN, office.passwords[ANN]).status_code == 401


def test_an_admin_manages_the_own_house_never_oneself_and_never_the_last_admin(office):
    shop, other = office.shop("one"), office.shop("two")
    boss, second = (
        office.agent("boss@example.com", "admin", shop),
        office.agent("s@example.com", "admin", shop),
    )
    lead, stranger = (
        office.agent("lead@example.com", "lead", shop),
        office.agent("x@example.com", "agent", other),
    )
    operator = office.agent("op@example.com", "admin")
    for act, more in ((agents_admin.change_role, ("lead",)), (agents_admin.leave, ())):
        assert isinstance(does(office, act, boss, boss, *more), Sorry)
        assert isinstance(does(office, act, lead, boss, *more), Sorry)
        assert does(office, act, boss, stranger, *more) is None
        assert does(office, act, boss, operator, *more) is None
        assert isinstance(does(office, act, None, operator, *more), Sorry)
    for act in (agents_admin.end_sessions, agents_admin.reset_second_factor, agents_admin.reset_password):
        assert isinstance(does(office, act, lead, boss), Sorry)
        assert does(office, act, boss, stranger) is None
    assert isinstance(does(office, agents_admin.change_role, boss, second, "lead"), Done)
    assert isinstance(does(office, agents_admin.change_role, operator, boss, "lead"), Sorry)
    with office.kit.transaction() as session:
        now = office.clock()
        made = agents_admin.add(session, boss, "new@example.com", "New", "admin", "one", now)
        assert isinstance(made, Hired)
        for slug in ("two", None, "nowhere"):
            assert isinstance(
                agents_admin.add(session, boss, "n@example.com", "N", "agent", slug, now), Sorry
            )
        assert isinstance(agents_admin.add(session, boss, "new@example.com", "N", "agent", "one", now), Sorry)


@pytest.mark.engines("sqlite", "postgresql")
def test_two_admins_who_let_each_other_go_at_once_leave_one(office):
    one, two = office.agent("one@example.com", "admin"), office.agent("two@example.com", "admin")
    with ThreadPoolExecutor(2) as pool:
        said = list(pool.map(lambda pair: does(office, agents_admin.leave, *pair), ((one, two), (two, one))))
    with office.kit.reading() as session:
        left = [other.agent.email for other in agents_admin.colleagues(session, None, office.clock())]
    assert len(left) == 1, (said, left)


@pytest.mark.engines("sqlite", "postgresql")
def test_of_twenty_who_type_the_same_code_at_once_one_is_let_in(office, clock):
    ann, secret = office.agent(), b"s" * 32
    with office.kit.transaction() as session:
        second_factor.offer(session, secret, ann, clock())
        key = second_factor.offered(session, secret, ann, "Doorstep").key
    code = pyotp.TOTP(key).at(clock())

    def types(_: int) -> str:
        with office.kit.transaction() as session:
            return second_factor.check(session, secret, ann, code, clock(), Guess("", clock()))

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(types, range(20)))
    assert sorted(said) == [""] * 19 + ["authenticator"]
