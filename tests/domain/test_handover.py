"""What each kind of hand-over wants, what is missing, and the PIN."""

import pytest

from portal.domain.claim import MEANS, Found, reconciled
from portal.domain.events import How
from portal.domain.handover import (
    PIN_DIGITS,
    TABLE,
    WRONG_PINS,
    Handover,
    Proof,
    Shown,
    Want,
    handed,
    missing,
    pin_is_right,
    pin_of,
    there_is,
    wants,
)
from portal.domain.parcel import Address, Restrictions
from portal.domain.pictures import fitted, format_of, too_many
from portal.domain.problem import NotReported, wrong
from portal.domain.rating import NotRated, Rating, rated
from portal.domain.shipment import Status
from tests.parcels import at

DOOR = Address(("12 Mill Lane",), "Harbourton", "12345", "US", 10.0, 20.0)
FREE, SECRET = Restrictions(), b"k" * 32


def test_every_kind_of_hand_over_has_its_line():
    assert set(TABLE) == set(How)


@pytest.mark.parametrize("how", [How.SAFE_PLACE, How.MAILBOX])
def test_what_is_left_alone_wants_a_photo_and_no_signature(how: How):
    wanted = wants(how, Restrictions(signature=True, pin=True))
    assert (wanted[Proof.PHOTO], wanted[Proof.SIGNATURE], wanted[Proof.PIN]) == (
        Want.WANTED,
        Want.OFF,
        Want.OFF,
    )


def test_the_sender_may_want_more_in_person():
    wanted = wants(How.RECIPIENT, Restrictions(min_age=18, pin=True))
    assert wanted[Proof.SIGNATURE] is wanted[Proof.PIN] is Want.WANTED
    assert wants(How.RECIPIENT, FREE)[Proof.SIGNATURE] is Want.OPTIONAL


def test_a_shipper_may_say_otherwise_but_not_below_the_sender():
    own = {Proof.PHOTO: Want.WANTED, Proof.SIGNATURE: Want.OFF}
    wanted = wants(How.RECIPIENT, Restrictions(signature=True), own)
    assert (wanted[Proof.PHOTO], wanted[Proof.SIGNATURE]) == (Want.WANTED, Want.WANTED)


def test_what_is_missing_is_named_in_order():
    wanted = wants(How.SAFE_PLACE, FREE)
    assert missing(wanted, there_is([], None)) == (Proof.PHOTO, Proof.PLACE)
    assert missing(wanted, there_is(["photo"], Handover("e", at(9), 10.0, 20.0))) == ()


def test_a_wrong_pin_is_no_proof():
    assert Proof.PIN not in there_is([], Handover("e", at(9), pin_right=False))


def test_the_distance_is_measured_from_the_door():
    kept = handed(Shown(lat=10.0, lng=20.001), "e", at(9), DOOR, FREE, SECRET, 1, 0)
    assert kept.distance_m == pytest.approx(109.5, abs=1)
    nowhere = Address(("12 Mill Lane",), "Harbourton", "12345", "US")
    assert handed(Shown(lat=10.0, lng=20.0), "e", at(9), nowhere, FREE, SECRET, 1, 0).distance_m is None


def test_a_pin_is_of_its_shipment_and_house():
    pins = {pin_of(SECRET, number) for number in range(200)}
    assert len(pins) > 150 and all(len(pin) == PIN_DIGITS and pin.isdecimal() for pin in pins)
    assert [pin_of(b"other" * 8, number) for number in range(9)] != [
        pin_of(SECRET, number) for number in range(9)
    ]


def test_after_too_many_wrong_ones_even_the_right_one_counts_no_more():
    pin = pin_of(SECRET, 1)
    assert pin_is_right(SECRET, 1, f" {pin} ", WRONG_PINS - 1)
    assert not pin_is_right(SECRET, 1, pin, WRONG_PINS)


def test_a_pin_nobody_wanted_is_neither_right_nor_wrong():
    assert handed(Shown(pin="1234"), "e", at(9), DOOR, FREE, SECRET, 1, 0).pin_right is None


def test_claims_and_scans_give_every_answer():
    assert set(MEANS.values()) == set(Found)
    assert reconciled(Status.RETURNED, True) is Found.AHEAD_OF_SCAN


def test_a_rating_changes_for_a_day_and_keeps_its_first_time():
    first = rated(Status.DELIVERED, None, 3, "", at(9))
    assert isinstance(first, Rating)
    again = rated(Status.DELIVERED, first, 5, "", at(23))
    assert again == Rating(5, "", at(9))
    assert rated(Status.DELIVERED, first, 5, "", at(33)) is NotRated.TOO_LATE
    assert rated(Status.ON_VAN, None, 5, "", at(9)) is NotRated.NOT_YET


def test_a_problem_needs_a_kind_or_words():
    assert wrong("damaged", "", 3, 0) is None
    assert wrong("other", "", 0, 0) is NotReported.NO_WORDS
    assert wrong("damaged", "", 4, 0) is NotReported.PICTURES
    assert wrong("damaged", "", 0, 5) is NotReported.OFTEN


def test_pictures_are_known_by_their_first_bytes_and_kept_small():
    assert format_of(b"\xff\xd8\xff\xe0") == "JPEG" and format_of(b"<svg") is None
    assert fitted(4000, 3000) == (1600, 1200) and fitted(10, 20) == (10, 20)
    assert fitted(100_000, 1) == (1600, 1)
    assert too_many("PNG", 60_000, 60_000) and not too_many("JPEG", 8_000, 6_000)
