"""An operator manages agents from the terminal."""

import pytest

pytestmark = pytest.mark.engines("sqlite")
SAM = "sam@example.com"


@pytest.fixture
def house(terminal):
    assert terminal.types("db", "upgrade").exit_code == 0
    assert terminal.types("agent", "add", SAM, "--role", "lead").exit_code == 0
    return terminal


def test_agents_are_listed_given_a_role_and_let_go(house):
    assert (
        "sam@example.com  lead  operator  password alone  not signed in"
        in house.types("agent", "list").output
    )
    assert "is viewer from the next sign-in on" in house.types("agent", "role", SAM, "viewer").output
    assert f"{SAM} is not signed in." in house.types("agent", "sessions", SAM).output
    assert "signed out everywhere" in house.types("agent", "end-sessions", SAM).output
    assert "no second factor now" in house.types("agent", "reset-totp", SAM).output
    before, after = (house.types("agent", "reset-password", SAM).output for _ in range(2))
    assert before != after and "it is shown only now" in after
    assert "cannot sign in any more" in house.types("agent", "leave", SAM).output
    assert "Nobody yet" in house.types("agent", "list").output
    # somebody who left comes back with a new password
    assert house.types("agent", "add", SAM).exit_code == 0


def test_what_cannot_be_done_is_said_in_a_sentence(house):
    assert house.is_told("agent", "leave", "nobody@example.com") == "there is no agent 'nobody@example.com'."
    assert house.is_told("agent", "list", "--shipper", "nowhere") == "there is no shipper 'nowhere'."
    house.types("agent", "role", SAM, "admin")
    assert "last admin of this house" in house.is_told("agent", "leave", SAM)
    assert "last admin of this house" in house.is_told("agent", "role", SAM, "lead")
