"""Whom a code may be sent to while a contact is new."""

from datetime import timedelta

from portal.domain.parcel import Recipient
from portal.domain.settled import Replaced, replaced, settled
from tests.parcels import at

ANN = Recipient("Ann", "+12025550123", "ann@example.com")
THIEF = "+12025550666"


def moved(channel, old, new, hour=9):
    return Replaced(channel, old, new, "dispatch", at(hour))


def with_phone(phone, email=ANN.email):
    return Recipient("Ann", phone, email)


def test_what_stands_for_a_day_gets_codes():
    assert settled(ANN, [], at(9)).recipient == ANN
    history = [moved("sms", ANN.phone, THIEF)]
    assert settled(with_phone(THIEF), history, at(9) + timedelta(hours=24)).recipient.phone == THIEF


def test_a_new_number_gets_none_while_the_address_stands():
    found = settled(with_phone(THIEF), [moved("sms", ANN.phone, THIEF)], at(10))
    assert (found.recipient.phone, found.recipient.email) == ("", ANN.email)
    assert found.until == at(9) + timedelta(hours=24)


def test_where_everything_is_new_codes_go_where_they_went_before():
    history = [moved("sms", ANN.phone, THIEF), moved("email", ANN.email, "thief@example.com")]
    assert settled(with_phone(THIEF, "thief@example.com"), history, at(10)).recipient == ANN


def test_of_two_moves_the_first_old_contact_counts():
    history = [moved("sms", ANN.phone, "+12025550999", 9), moved("sms", "+12025550999", THIEF, 10)]
    found = settled(with_phone(THIEF, ""), history, at(11))
    assert found.recipient.phone == ANN.phone
    assert found.until == at(10) + timedelta(hours=24)


def test_what_was_put_back_stands():
    history = [moved("sms", ANN.phone, THIEF, 9), moved("sms", THIEF, ANN.phone, 10)]
    assert settled(ANN, history, at(11)).until is None


def test_where_nothing_stood_before_nobody_gets_one():
    found = settled(with_phone(THIEF, ""), [moved("sms", "", THIEF)], at(10))
    assert not (found.recipient.phone or found.recipient.email)


def test_only_another_contact_is_a_change():
    assert replaced(ANN, with_phone(ANN.phone, "ANN@example.com"), "dispatch", at(9)) == []
    assert replaced(ANN, with_phone(THIEF), "dispatch", at(9)) == [moved("sms", ANN.phone, THIEF)]
