"""Links and one-time codes."""

from dataclasses import replace

from portal.domain.access import (
    LINK_LENGTH,
    CodeVerdict,
    OneTimeCode,
    fingerprint,
    judge,
    link_code,
    sealed_code,
)
from tests.parcels import at

SECRET = b"a secret of the house"
SENT = OneTimeCode(1, sealed_code(SECRET, 7, "123456"), expires_at=at(10), tries=1, used=False)


def test_a_link_is_the_same_for_a_nonce_and_another_for_the_next():
    assert link_code(SECRET, "a") == link_code(SECRET, "a") != link_code(SECRET, "b")
    assert len(link_code(SECRET, "a")) == LINK_LENGTH


def test_a_link_needs_our_secret():
    assert link_code(SECRET, "a") != link_code(b"another", "a")


def test_a_fingerprint_takes_any_text():
    assert len(fingerprint("\ud800 \x00")) == 64


def test_the_right_code_in_time_is_right():
    assert judge(SENT, sealed_code(SECRET, 7, "123456"), 5, at(9)) is CodeVerdict.RIGHT


def test_a_code_is_bound_to_its_shipment():
    assert judge(SENT, sealed_code(SECRET, 8, "123456"), 5, at(9)) is CodeVerdict.WRONG


def test_the_right_code_is_wrong_too_late_used_or_after_too_many_tries():
    right = sealed_code(SECRET, 7, "123456")
    assert judge(SENT, right, 5, at(10)) is CodeVerdict.TOO_OLD
    assert judge(replace(SENT, used=True), right, 5, at(9)) is CodeVerdict.NONE
    assert judge(replace(SENT, tries=6), right, 5, at(9)) is CodeVerdict.USED_UP
    assert judge(None, right, 5, at(9)) is CodeVerdict.NONE
