"""The guard's rules: which codes count, which network somebody is in, who may manage whom."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain import browsers
from portal.domain.reveals import LONGEST_WORDS, flaw
from portal.domain.roles import Post, Role, why_not_become, why_not_leave, why_not_manage
from portal.domain.second_factor import (
    RECOVERY_LENGTH,
    RECOVERY_LETTERS,
    digits_of,
    key_for_typing,
    recovery_of,
    steps_that_count,
    written,
)

NOON = datetime(2026, 6, 15, 12, 0, tzinfo=UTC)


@given(st.integers(0, 10**6), st.integers(-3, 3))
def test_a_step_counts_half_a_minute_around_and_never_again(seconds, used_off):
    at = NOON + timedelta(seconds=seconds)
    present = int(at.timestamp()) // 30
    found = steps_that_count(at, present + used_off)
    assert set(found) == {step for step in range(present - 1, present + 2) if step > present + used_off}
    assert not found or found[0] == present or used_off >= 0


@given(st.text(max_size=60))
def test_whatever_is_typed_is_six_digits_or_a_recovery_code_or_nothing(typed):
    assert digits_of(typed) == "" or (len(digits_of(typed)) == 6 and digits_of(typed).isascii())
    assert recovery_of(typed) == "" or set(recovery_of(typed)) <= set(RECOVERY_LETTERS)


@given(st.text(RECOVERY_LETTERS, min_size=RECOVERY_LENGTH, max_size=RECOVERY_LENGTH))
def test_a_recovery_code_is_read_as_it_is_shown(code):
    assert recovery_of(written(code)) == recovery_of(written(code).upper().replace("-", "  ")) == code


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.77", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "unknown"),
        (None, "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_a_network_is_that_of_a_household_or_office(address, network):
    assert browsers.network(address) == network


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537 Chrome/140 Safari/537 Edg/140", "Edge on Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 19 like Mac OS X) Version/19 Safari/604", "Safari on iPhone"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"),
        ("curl/8", "A browser"),
        ("<script>" * 500, "A browser"),
    ],
)
def test_a_browser_is_named_in_plain_words(agent, name):
    assert browsers.name(agent) == name


HOUSES = (None, 1, 2)


@given(st.sampled_from(Role), st.sampled_from(HOUSES), st.sampled_from(Role), st.sampled_from(HOUSES))
def test_only_admins_manage_and_only_their_own_house(role, house, their_role, their_house):
    by, of = Post(role, house), Post(their_role, their_house)
    may_manage = role is Role.ADMIN and house in (None, their_house)
    assert (why_not_manage(by, of) == "") == may_manage
    for new in Role:
        allowed = why_not_become(by, of, new, oneself=False, last_admin=False) == ""
        assert allowed == may_manage
        assert why_not_become(by, of, new, oneself=True, last_admin=False)
    kept = why_not_leave(by, of, oneself=False, last_admin=True)
    assert (kept == "") == (may_manage and their_role is not Role.ADMIN)


def test_an_unknown_role_may_nothing_and_is_given_to_nobody():
    admin = Post(Role.ADMIN, None)
    assert "no role 'king'" in why_not_become(admin, admin, "king", oneself=False, last_admin=False)
    assert why_not_manage(Post("king", None), admin)


@pytest.mark.parametrize(
    ("reason", "words", "is_fine"),
    [
        ("contact", "", True),
        ("other", "She asked me to read it to her", True),
        ("other", "  ", False),
        ("king", "x", False),
        ("contact", "x" * (LONGEST_WORDS + 1), False),
    ],
)
def test_a_look_has_a_reason(reason, words, is_fine):
    assert (flaw(reason, words) == "") == is_fine


def test_a_key_is_read_out_in_fours():
    assert key_for_typing("ABCDEFGHIJ") == "ABCD EFGH IJ"
