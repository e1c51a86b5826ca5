"""Addresses for other systems: made once, listed, ended; each mistake gets one sentence."""

import pytest


@pytest.fixture
def house(terminal):
    terminal.types("db", "upgrade")
    terminal.types("shipper", "add", "Acme Books")
    return terminal


def adds(house, kind, *more):
    return house.types("source", "add", kind, "--shipper", "acme-books", *more)


def test_an_address_is_printed_once_and_never_kept(house):
    first, address = adds(house, "onfleet", "--secret", "00ff", "--label", "North").output.splitlines()
    assert first == "Source 1 of shipper acme-books; give onfleet this address, it is shown only now:"
    assert address.startswith("http://127.0.0.1:8000/callbacks/in/onfleet/")
    listed = house.types("source", "list").output
    assert listed == "1  onfleet  acme-books  North  never heard  0 events taken\n"
    assert address.rpartition("/")[2] not in listed and "00ff" not in listed


@pytest.mark.parametrize("kind", ["easypost", "karrio"])
def test_a_secret_is_made_where_the_system_takes_ours(house, kind):
    assert len(adds(house, kind).output.splitlines()) == 4
    assert len(adds(house, kind, "--secret", "mine").output.splitlines()) == 2


def test_what_is_ended_is_not_heard(house):
    adds(house, "karrio")
    assert house.types("source", "revoke", "1").output == "Source 1 is not heard any more.\n"
    assert house.types("source", "list").output.endswith("revoked\n")
    assert "no source 1" in house.is_told("source", "revoke", "1")


def test_mistakes_are_told(house):
    told = house.is_told
    assert "makes its own secret" in told("source", "add", "aftership", "--shipper", "acme-books")
    wrong = ("source", "add", "onfleet", "--shipper", "acme-books", "--secret", "not hex")
    assert "hexadecimal" in told(*wrong)
    assert "no shipper 'birch'" in told("source", "add", "karrio", "--shipper", "birch")
    assert "at most 200" in told("source", "add", "karrio", "--shipper", "acme-books", "--secret", "x" * 201)
    assert house.types("source", "add", "fedex", "--shipper", "acme-books").exit_code == 2
    assert house.types("source", "list").output == "There is no source yet.\n"
