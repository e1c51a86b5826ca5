"""Agents are added with care, and guessing is slow even when a thousand guess at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.domain.roles import Role, may
from portal.flows import agents, sign_in
from portal.flows.agents import CannotAdd
from portal.flows.second_factor import Wait
from portal.flows.sign_in import TRIES, Device, Try
from tests.office import Office


@pytest.fixture
def office(app, clock) -> Office:
    return Office(app, clock)


def add(office: Office, email: str = "ann@example.com", role: str = "agent", slug: str | None = None) -> str:
    with office.kit.transaction() as session:
        return agents.add_agent(session, email, "Ann", role, slug, office.clock())


def test_of_many_tries_at_once_only_a_few_get_to_a_password(office):
    def attempt(_: int) -> Try | Wait:
        with office.kit.transaction() as session:
            return sign_in.begin(session, "ann@example.com", Device(), "192.0.2.0/24", office.clock())

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(attempt, range(40)))
    assert sum(isinstance(outcome, Try) for outcome in outcomes) == TRIES


@pytest.mark.engines("sqlite")
def test_an_agent_gets_a_password_that_works(office):
    password = add(office, " Ann@Example.com ")
    with office.kit.transaction() as session:
        attempt = sign_in.begin(session, "ann@example.com", Device(), "192.0.2.0/24", office.clock())
    assert isinstance(attempt, Try)
    assert sign_in.is_right(attempt.agent, password)
    assert not sign_in.is_right(attempt.agent, password + "x")
    assert not sign_in.is_right(None, password)


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"email": "no address"}, "'no address' is no email address"),
        ({"role": "king"}, "There is no role 'king'; choose one of viewer, agent, lead, admin."),
        ({"slug": "nowhere"}, "There is no shipper 'nowhere'."),
    ],
)
def test_what_does_not_fit_is_named(office, wrong, sentence):
    with pytest.raises(CannotAdd, match=sentence.replace("(", "\\(")):
        add(office, **wrong)


@pytest.mark.engines("sqlite")
def test_an_address_is_added_once(office):
    add(office)
    with pytest.raises(CannotAdd, match="already an agent"):
        add(office, "ANN@example.com")


@pytest.mark.engines("sqlite")
def test_each_role_may_do_what_those_before_it_may():
    assert [may("agent", needed) for needed in Role] == [True, True, False, False]
    assert not may("king", Role.VIEWER)
