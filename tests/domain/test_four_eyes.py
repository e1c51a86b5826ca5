"""Which of an agent's changes takes a second person, who that may be, and for how long."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.approvals import (
    WAITS_FOR,
    Approval,
    MayNot,
    Need,
    Standing,
    lapses_at,
    may_decide,
    needs_second,
    wrong_reason,
)
from portal.domain.callers import Proof, Way, wrong_words
from portal.domain.change import Kind
from portal.domain.roles import Role
from tests.parcels import at

K = Kind
MOVES = (K.NEIGHBOR, K.LOCKER, K.ADDRESS_CORRECTION)
STAYS = tuple(kind for kind in K if kind not in MOVES)
# kind, whether the recipient would need a code, whether the caller read one out -> why a second person has to agree
TABLE = [
    *((kind, True, by_code, Need.ELSEWHERE) for kind in MOVES for by_code in (True, False)),
    *((kind, True, False, Need.UNPROVEN) for kind in STAYS if kind is not K.INSTRUCTIONS),
    *((kind, True, True, None) for kind in STAYS),
    (K.INSTRUCTIONS, False, False, None),
    # the first window takes nothing from anybody
    (K.NEW_WINDOW, False, False, None),
]

ASKED = Approval(
    id=7,
    shipper_id=1,
    shipment_id=2,
    kind=K.LOCKER,
    payload={},
    seal="",
    shown="bring it to a locker: Station",
    method="agent_code",
    caller="Read out the one-time code",
    why="",
    asked_by="sam@example.com",
    asked_by_id=3,
    asked_at=at(9),
    lapses_at=at(11),
)


@pytest.mark.parametrize(("kind", "takes_code", "by_code", "need"), TABLE)
def test_the_table(kind, takes_code, by_code, need):
    assert needs_second(kind, takes_code, by_code) is need


@pytest.mark.parametrize("role", [*Role, "", "owner"])
@pytest.mark.parametrize("agent_id", [3, 4])
@pytest.mark.parametrize("standing", list(Standing))
@pytest.mark.parametrize("now", [at(10), at(11), at(23)])
def test_who_may_decide(role, agent_id, standing, now):
    because = may_decide(replace(ASKED, standing=standing), agent_id, role, now)
    if role not in (Role.LEAD, Role.ADMIN):
        assert because is MayNot.ROLE
    elif agent_id == 3:
        assert because is MayNot.OWN
    elif standing is not Standing.WAITING:
        assert because is MayNot.DECIDED
    else:
        assert because is (None if now < at(11) else MayNot.LAPSED)


def test_it_waits_no_longer_than_the_option_is_open():
    assert lapses_at(at(9), None) == at(9) + WAITS_FOR
    assert lapses_at(at(9), at(9, 20)) == at(9, 20)
    assert lapses_at(at(9), at(23)) == at(9) + WAITS_FOR


def test_a_no_says_why_and_nobody_writes_a_novel():
    assert wrong_reason(True, "") == ""
    assert "why not" in wrong_reason(False, "")
    assert "200" in wrong_reason(True, "x" * 201)


@pytest.mark.parametrize("words", ["", "ok", "x" * 201])
def test_a_reason_needs_words(words):
    assert "how you know them" in wrong_words(words)


def test_only_a_code_is_more_than_a_judgment():
    until = at(9) + timedelta(minutes=15)
    assert {way: Proof(way, "", until).method for way in Way} == {
        way: "agent_code" if way is Way.CODE else "agent_reason" for way in Way
    }
