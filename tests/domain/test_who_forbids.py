"""Who forbids which kind of change, and why: every kind beside every restriction and status, as one table."""

import pytest

from portal.domain.change import Kind
from portal.domain.change_policy import MOST_ASKED, option
from portal.domain.kinds.base import No, Place
from portal.domain.parcel import Restrictions
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from tests.parcels import at, waiting

K, S = Kind, Status
TO_OTHERS = {K.NEIGHBOR, K.LOCKER, K.SAFE_PLACE}

# What the sender asks, which kinds that forbids, and the sentence.
RESTRICTIONS = [
    (Restrictions(), set(), None),
    (Restrictions(min_age=18), TO_OTHERS, No.AGE),
    (Restrictions(pin=True), TO_OTHERS, No.PIN),
    (Restrictions(signature=True), TO_OTHERS, No.SIGNATURE),
    (Restrictions(high_value=True), TO_OTHERS, No.VALUABLE),
    *((Restrictions(**{kind.value: False}), {kind}, No.SENDER) for kind in K),  # type: ignore[arg-type]
    *((Restrictions(**{kind.value: True}), set(), None) for kind in K),  # type: ignore[arg-type]
    # what the sender forbids by name is said before why others could not take it
    (Restrictions(locker=False, min_age=18), {K.LOCKER}, No.SENDER),
]

# In which status nothing is possible, and the sentence; the others leave it to the cut-off.
ENDED = {
    S.DELIVERED: No.FINISHED,
    S.RETURNED: No.FINISHED,
    S.CANCELLED: No.FINISHED,
    S.LOST: No.FINISHED,
    S.RETURNING: No.ON_ITS_WAY_BACK,
    S.READY_FOR_PICKUP: No.AT_PICKUP,
}


@pytest.mark.parametrize("kind", list(K))
@pytest.mark.parametrize(("restrictions", "kinds", "because"), RESTRICTIONS)
@pytest.mark.parametrize("status", list(S))
def test_the_table(kind, restrictions, kinds, because, status):
    seen = option(kind, waiting(status, restrictions=restrictions, place=Place(None, 9)), at(9))
    if status in ENDED:
        assert seen.because is ENDED[status]
    elif kind in kinds:
        assert seen.because is because
    elif status is S.ON_VAN and kind is K.HOLD:
        assert seen.because is No.LOADED
    elif restrictions == Restrictions(locker=False, min_age=18) and kind in TO_OTHERS:
        assert seen.because is No.AGE
    else:
        assert (seen.open, seen.because) == (True, None)


@pytest.mark.parametrize("kind", list(K))
def test_the_shop_may_forbid_any_kind(kind):
    forbidding = waiting(rules=ShipperRules(forbids=frozenset({kind})))
    for other in K:
        assert option(other, forbidding, at(9)).because is (No.SHIPPER if other is kind else None)


@pytest.mark.parametrize("kind", list(K))
def test_nothing_can_be_asked_without_end(kind):
    assert option(kind, waiting(asked_ever=MOST_ASKED - 1), at(9)).open
    assert option(kind, waiting(asked_ever=MOST_ASKED), at(9)).because is No.OFTEN


@pytest.mark.parametrize("kind", list(K))
def test_one_waits_at_a_time_but_instructions_always_may(kind):
    because = option(kind, waiting(waiting=True), at(9)).because
    assert because is (None if kind is K.INSTRUCTIONS else No.WAITING)
    because = option(kind, waiting(asked_before=3), at(9)).because
    assert because is (None if kind is K.INSTRUCTIONS else No.OFTEN)
