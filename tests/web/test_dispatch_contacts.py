"""Numbers and addresses as dispatch may send them: what is taken, in which form, and what is never tried."""

import pytest

from notifications.message import Channel, Rule
from portal.store import contacts, outbox, shipments
from tests.dispatch import AGREED, new_dispatch, shipment

SMS, EMAIL = Channel.SMS, Channel.EMAIL
BERLIN = {"lines": ["1 Ufer"], "locality": "Berlin", "postcode": "10115", "country": "DE"}
ROLES = ("info", "reception", "postmaster", "no-reply")


@pytest.fixture
def kit(app):
    return app.extensions["doorstep"]


@pytest.fixture
def dispatch(app):
    return new_dispatch(app)


def tell(dispatch, address=None, **recipient):
    """Tell a shipment; the answer."""
    more = {"address": address} if address else {}
    who = {"name": "Ann Archer"} | ({"consent": AGREED} if "phone" in recipient else {}) | recipient
    (result,) = dispatch.ships(shipment("A-1", recipient=who, **more))
    return result


def kept(kit):
    with kit.reading() as session:
        return shipments.by_references(session, [(1, "A-1")])[1, "A-1"].shipment.recipient


def told(kit, dispatch, clock):
    dispatch.happens("A-1", "out_for_delivery", clock())
    with kit.reading() as session:
        news = (one for one in outbox.latest(session) if one.notice == "out_for_delivery")
        return {one.channel: (one.to, one.stopped_by) for one in news}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+49 (0)151 123 456 78", "+4915112345678"),
        ("0151 12345678", "+4915112345678"),
        ("+٤٩١٥١١٢٣٤٥٦٧٨", "+4915112345678"),
        ("＋４９１５１１２３４５６７８", "+4915112345678"),
        ("0049-151-12345678", "+4915112345678"),
        ("+33 6 12 34 56 78", "+33612345678"),
        ("+12025550123", "+12025550123"),
        ("tel:+4915112345678", "+4915112345678"),
    ],
)
def test_a_number_is_kept_in_one_form_whatever_its_digits_and_country(kit, dispatch, typed, number):
    assert tell(dispatch, BERLIN, phone=typed)["outcome"] == "created"
    assert kept(kit).phone == number


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "typed", ["12", "+49", "+4915112345678901234567", "1" * 40, "call me", "+999123456789", "٤٩", "+"]
)
def test_what_is_no_number_is_refused_with_what_would_be_right(dispatch, typed):
    result = tell(dispatch, phone=typed)
    assert result["outcome"] == "rejected"
    assert result["errors"][0]["pointer"] == "/shipments/0/recipient/phone"
    assert "country code" in result["because"]


@pytest.mark.engines("sqlite")
def test_a_number_of_more_than_forty_characters_is_refused(dispatch):
    assert tell(dispatch, phone="+4915112345678" + " " * 20 + "0" * 20)["outcome"] == "rejected"


@pytest.mark.parametrize(
    ("phone", "code"),
    [("+493012345678", "landline"), ("+442071838750", "landline"), ("+19005551234", "premium")],
)
def test_a_number_that_gets_no_texts_is_taken_warned_of_and_never_texted(kit, dispatch, clock, phone, code):
    result = tell(dispatch, phone=phone, email="ann@example.com")
    assert result["outcome"] == "created"
    assert "texts" in result["warnings"][0]
    assert told(kit, dispatch, clock) == {
        SMS: (phone, Rule.UNREACHABLE),
        EMAIL: ("ann@example.com", ""),
    }
    with kit.reading() as session:
        (row,) = session.execute(contacts.UNREACHABLE.select()).all()
    assert row.code == code


@pytest.mark.engines("sqlite")
def test_the_same_again_is_no_news_and_a_corrected_number_is_texted(kit, dispatch, clock):
    tell(dispatch, phone="+493012345678")
    assert tell(dispatch, phone="+493012345678")["outcome"] == "unchanged"
    assert "warnings" not in tell(dispatch, phone="+4915112345678")
    assert told(kit, dispatch, clock) == {SMS: ("+4915112345678", "")}


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("Ann@BÜCHER.example", "ann@xn--bcher-kva.example"),
        ("ann@xn--bcher-kva.example", "ann@xn--bcher-kva.example"),
        ("ann@bücher.example", "ann@xn--bcher-kva.example"),
        ("Ann.O'Hara+parcels@Example.COM", "ann.o'hara+parcels@example.com"),
    ],
)
def test_an_address_is_kept_as_every_mail_server_takes_it(kit, dispatch, typed, address):
    assert tell(dispatch, email=typed)["outcome"] == "created"
    assert kept(kit).email == address


def test_letters_that_no_provider_delivers_to_are_taken_warned_of_and_told_by_text(kit, dispatch, clock):
    result = tell(dispatch, phone="+4915112345678", email="zoë@example.com")
    assert (result["outcome"], len(result["warnings"])) == ("created", 1)
    assert told(kit, dispatch, clock) == {
        SMS: ("+4915112345678", ""),
        EMAIL: ("zoë@example.com", Rule.UNREACHABLE),
    }


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize("name", ROLES)
def test_an_address_of_a_role_is_somebody_who_waits_for_a_parcel(kit, dispatch, clock, name):
    assert "warnings" not in tell(dispatch, email=f"{name}@example.com")
    assert told(kit, dispatch, clock) == {EMAIL: (f"{name}@example.com", "")}


@pytest.mark.engines("sqlite")
def test_nobody_is_asked_whether_a_domain_takes_mail(dispatch, monkeypatch):
    import socket

    def no_network(*_args, **_more):
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    assert tell(dispatch, email="ann@no-mx.example")["outcome"] == "created"


@pytest.mark.engines("sqlite")
@pytest.mark.parametrize(
    "typed",
    [
        "ann",
        "ann@",
        "@example.com",
        "ann@example",
        "ann@@example.com",
        "ann@[127.0.0.1]",
        "Ann <ann@example.com>",
        "ann@example.com\r\nBcc: all@example.com",
        "\u202eann@example.com",
        "ann@exam ple.com",
        "a" * 250 + "@example.com",
        "ann@localhost",
        "ann@example.invalid",
    ],
)
def test_what_is_no_address_is_refused_by_name(dispatch, typed):
    result = tell(dispatch, email=typed)
    assert result["outcome"] == "rejected"
    assert result["errors"][0]["pointer"] == "/shipments/0/recipient/email"
