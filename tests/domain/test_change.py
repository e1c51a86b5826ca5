"""The life of a change: who may still answer, and whether the door saw what was promised."""

import pytest

from portal.domain.change import (
    Change,
    Decided,
    IfUnanswered,
    Kind,
    Life,
    TooLate,
    decide_answer,
    lapsed_into,
)
from portal.domain.events import How
from portal.domain.kinds import was_honoured
from tests.parcels import at


def change(kind=Kind.NEIGHBOR, life=Life.ASKED, **more):
    usual = {
        "to": {},
        "came_from": {},
        "asked_at": at(9),
        "expires_at": at(10),
        "if_unanswered": IfUnanswered.REFUSE,
    }
    return Change("c1", 1, kind, life, asked_by="recipient", method="otp", **{**usual, **more})


def test_dispatch_may_answer_in_time():
    assert decide_answer(change(), accepted=True, now=at(9, 59)) == Decided(Life.ACCEPTED)


def test_an_answer_after_the_deadline_is_too_late():
    assert isinstance(decide_answer(change(), accepted=True, now=at(10)), TooLate)


def test_the_same_answer_twice_is_one_answer():
    assert decide_answer(change(life=Life.ACCEPTED), accepted=True, now=at(11)) == Decided(Life.ACCEPTED)


def test_a_contradicting_answer_is_too_late():
    late = decide_answer(change(life=Life.REFUSED), accepted=True, now=at(9, 30))
    assert late == TooLate(Life.REFUSED, "This change is already refused.")


def test_silence_means_what_the_shipper_says():
    assert lapsed_into(change()) is Life.LAPSED
    assert lapsed_into(change(if_unanswered=IfUnanswered.ACCEPT)) is Life.ACCEPTED


@pytest.mark.parametrize(
    ("how", "honoured"), [(How.NEIGHBOR, True), (How.RECIPIENT, False), (How.SAFE_PLACE, False)]
)
def test_a_neighbor_wish_is_honoured_at_the_neighbor_only(how, honoured):
    assert was_honoured(change(life=Life.ACCEPTED), how, at(14)) is honoured


def test_a_new_window_is_honoured_inside_it():
    moved = change(Kind.NEW_WINDOW, Life.ACCEPTED, window_start=at(18), window_end=at(20))
    assert was_honoured(moved, How.RECIPIENT, at(19)) is True
    assert was_honoured(moved, How.RECIPIENT, at(14)) is False


def test_a_refused_wish_is_neither():
    assert was_honoured(change(life=Life.REFUSED), How.RECIPIENT, at(14)) is None
