"""After a failed attempt: every reason leads to somebody's turn, and to what helps most."""

from datetime import timedelta

import pytest

from portal.domain.change import Kind
from portal.domain.events import Reason
from portal.domain.next_step import AFTER, Advice, Who, act_by, after, best_first
from portal.domain.shipment import fold
from portal.web.phrases_after import ADVICE
from tests.parcels import at, event


def missed(reason: str | None = None):
    more = {"reason": Reason(reason)} if reason else {}
    return fold([event("out_for_delivery", 9), event("attempt_failed", 11, **more)])


def test_every_reason_has_its_next_step():
    assert set(AFTER) == set(Reason) and len(Reason) == 35


def test_every_advice_has_its_words():
    assert set(ADVICE) == set(Advice)


@pytest.mark.parametrize("reason", list(Reason))
def test_whoever_has_to_choose_gets_something_to_choose_and_a_day(reason: Reason):
    state = missed(reason)
    coming = after(state)
    assert coming is not None
    mine = coming.who is Who.RECIPIENT
    assert bool(coming.first) or not mine
    assert act_by(state, 7) == (at(11) + timedelta(days=7) if mine else None)
    assert len(set(coming.first)) == len(coming.first)


def test_customs_never_makes_us_ask_the_recipient():
    assert all(AFTER[reason].who is not Who.RECIPIENT for reason in Reason if reason.startswith("customs_"))


def test_without_a_reason_nobody_was_there():
    assert after(missed()) == AFTER[Reason.CONSIGNEE_NOT_HOME]


def test_before_and_after_a_miss_there_is_no_such_step():
    assert after(fold([event("out_for_delivery", 9)])) is None
    assert after(fold([event("attempt_failed", 9), event("delivered", 11)])) is None


def test_a_wrong_address_puts_the_correction_first():
    kinds = best_first(Kind, missed("consignee_incorrect_address"), lambda kind: kind)
    assert kinds[:2] == (Kind.ADDRESS_CORRECTION, Kind.INSTRUCTIONS)
    assert set(kinds) == set(Kind)


def test_where_nothing_failed_options_keep_their_order():
    assert best_first(Kind, fold([event("at_depot", 9)]), lambda kind: kind) == tuple(Kind)
