"""Which changes may be asked when, and the sentence that explains a no."""

from dataclasses import replace
from datetime import timedelta

import pytest

from portal.domain.change import Kind
from portal.domain.change_policy import Allowed, Refused, answer_by, decide, options
from portal.domain.kinds.base import No
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.lockers import Compartment, Locker, fits
from portal.domain.parcel import Parcel, Restrictions
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.slots import Slot
from tests.parcels import SHOEBOX, WARDROBE, at, waiting

SMALL = Compartment(1, "S", 400, 200, 400, count=4, free=4)
LARGE = Compartment(2, "L", 400, 600, 600, count=2, free=2)
LOCKER = Locker(1, "station", "Station", "1 Station Sq", 0, 0, "24/7", True, 72, (SMALL, LARGE))
EVENING = Slot(1, "evening", "north", at(18), at(20), capacity=3, taken=0, closes_at=at(16))

locker = LeaveInLocker("station")
neighbor = LeaveWithNeighbor("Jo Field", "12")
evening = PickNewWindow("evening")


def verdict(situation, wish, now):
    return decide(situation, wish, [LOCKER], [EVENING], now)


def test_a_locker_needs_two_hours_of_notice():
    assert verdict(waiting(), locker, now=at(11)) == Allowed(until=at(12))
    assert verdict(waiting(), locker, now=at(12, 30)) == Refused(No.TOO_LATE, until=at(12))


def test_a_neighbor_needs_half_an_hour():
    assert verdict(waiting(), neighbor, now=at(13, 29)) == Allowed(until=at(13, 30))
    assert verdict(waiting(), neighbor, now=at(13, 30)) == Refused(No.TOO_LATE, until=at(13, 30))


def test_a_shipper_may_ask_for_more_notice():
    strict = waiting(rules=ShipperRules(notice_minutes={Kind.NEIGHBOR: 180}))
    assert verdict(strict, neighbor, now=at(11, 30)) == Refused(No.TOO_LATE, until=at(11))


@pytest.mark.parametrize(
    ("restrictions", "because"),
    [
        (Restrictions(neighbor=False), No.SENDER),
        (Restrictions(min_age=18), No.AGE),
        (Restrictions(signature=True), No.SIGNATURE),
        (Restrictions(pin=True), No.PIN),
    ],
)
def test_the_sender_has_a_say(restrictions, because):
    assert verdict(waiting(restrictions=restrictions), neighbor, now=at(9)).because is because


def test_an_age_check_still_allows_another_time():
    assert isinstance(verdict(waiting(restrictions=Restrictions(min_age=18)), evening, now=at(9)), Allowed)


def test_the_shop_may_not_offer_it():
    closed = waiting(rules=ShipperRules(forbids=frozenset({Kind.LOCKER})))
    assert verdict(closed, locker, now=at(9)).because is No.SHIPPER


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.RETURNED, Status.CANCELLED, Status.LOST])
def test_what_is_over_cannot_be_changed(status):
    assert verdict(waiting(status), neighbor, now=at(9)).because is No.FINISHED


def test_one_wish_at_a_time():
    assert verdict(waiting(waiting=True), neighbor, now=at(9)).because is No.WAITING
    assert verdict(waiting(asked_before=3), neighbor, now=at(9)).because is No.OFTEN


def test_on_the_van_a_time_must_be_known():
    assert verdict(waiting(Status.ON_VAN, window=None), neighbor, now=at(9)).because is No.ON_VAN
    assert isinstance(verdict(waiting(Status.ON_VAN), neighbor, now=at(9)), Allowed)


def test_after_a_failed_attempt_there_is_no_deadline():
    assert verdict(waiting(Status.MISSED), locker, now=at(19)) == Allowed(until=None)


def test_a_full_or_unknown_locker_is_said_so():
    full = replace(LOCKER, compartments=(replace(SMALL, free=0), replace(LARGE, free=0)))
    assert decide(waiting(), locker, [full], [], at(9)).because is No.LOCKER_FULL
    assert decide(waiting(), LeaveInLocker("moon"), [LOCKER], [], at(9)).because is No.LOCKER_UNKNOWN
    assert verdict(waiting(parcels=(WARDROBE,)), locker, now=at(9)).because is No.TOO_BIG


def test_a_taken_or_past_slot_is_said_so():
    taken = replace(EVENING, taken=3)
    assert decide(waiting(), evening, [], [taken], at(9)).because is No.SLOT_FULL
    assert verdict(waiting(Status.MISSED), evening, now=at(17)).because is No.SLOT_CLOSED
    assert verdict(waiting(), PickNewWindow("never"), now=at(9)).because is No.SLOT_UNKNOWN


def test_a_neighbor_has_a_name_and_a_number():
    assert verdict(waiting(), LeaveWithNeighbor(" ", "12"), now=at(9)).because is No.NEIGHBOR_NAME
    assert verdict(waiting(), LeaveWithNeighbor("Jo", ""), now=at(9)).because is No.NEIGHBOR_NUMBER


def test_every_option_is_open_or_says_why_not():
    shown = options(waiting(parcels=(WARDROBE,)), [LOCKER], [], at(9))
    assert {one.kind: one.because for one in shown} == {
        Kind.NEW_WINDOW: No.NO_SLOTS,
        Kind.NEIGHBOR: None,
        Kind.LOCKER: No.TOO_BIG,
        Kind.SAFE_PLACE: None,
        Kind.HOLD: None,
        Kind.INSTRUCTIONS: None,
        Kind.ADDRESS_CORRECTION: None,
    }
    assert all(one.open is (one.because is None) for one in shown)


def test_parcels_fit_by_every_side_and_together():
    assert fits([SHOEBOX], SMALL)
    assert not fits([Parcel("long", 100, 700, 10, 10)], LARGE)
    assert not fits([SHOEBOX] * 5, SMALL)


def test_silence_becomes_the_answer_in_time_but_never_at_once():
    asked = at(11)
    assert answer_by(asked, None, ShipperRules(), 30) == at(11, 30)
    assert answer_by(asked, at(11, 10), ShipperRules(answer_minutes=45), 30) == at(11, 10)
    assert answer_by(asked, asked, ShipperRules(), 30) == asked + timedelta(minutes=2)
