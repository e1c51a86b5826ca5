"""Phones in vans at the terminal: addresses printed once, a picture to scan, an end; and a trail that is audited."""

import base64
import json
import re

import pytest

from portal.cli.devices import _drawn
from portal.flows.operate_devices import Address


@pytest.fixture
def house(terminal):
    terminal.types("db", "upgrade")
    terminal.types("shipper", "add", "Acme Books")
    return terminal


def adds(house, *more):
    return house.types("device", "add", "van 1", "--shipper", "acme-books", *more)


def test_three_addresses_are_printed_once_and_never_kept(house):
    lines = adds(house, "--label", "Pixel 7", "--qr", "none").output.splitlines()
    assert lines[0].startswith("Van 'van 1' of shipper acme-books was not known before")
    assert lines[1].startswith(
        "Device 1 of van 'van 1' of shipper acme-books; these addresses are shown only now"
    )
    found = [
        re.fullmatch(r".+ (http://127\.0\.0\.1:8000/devices/([a-z2-9]{26})/(\w+))", line)
        for line in lines[2:5]
    ]
    assert [one[3] for one in found] == ["owntracks", "osmand", "traccar"]
    assert len({one[2] for one in found}) == 1
    assert lines[5].startswith("Phones outside this network need PUBLIC_URL")
    listed = house.types("device", "list").output
    assert listed == "1  acme-books  van 1  Pixel 7  never heard\n"


def test_a_second_phone_is_no_new_van(house):
    adds(house)
    assert adds(house, "--qr", "none").output.startswith("Device 2 of van 'van 1'")


def test_a_picture_sets_the_app_up(house):
    assert "█" in adds(house).output
    address = Address("https://parcels.example", "s" * 26, "van 1")
    assert address.traccar_client() == (
        f"https://parcels.example/devices/{'s' * 26}/osmand?id=van+1&accuracy=high&distance=25&heartbeat=60"
    )
    scheme, _, inline = address.owntracks().partition("?inline=")
    said = json.loads(base64.b64decode(inline))
    assert (scheme, said["_type"], said["mode"]) == ("owntracks:///config", "configuration", 3)
    assert said["url"] == f"https://parcels.example/devices/{'s' * 26}/owntracks"
    assert max(len(line) for line in _drawn(address.owntracks()).splitlines()) < 80


def test_what_is_ended_is_not_heard(house):
    adds(house)
    assert house.types("device", "revoke", "1").output == "Device 1 is not heard any more.\n"
    assert house.types("device", "list").output.endswith("revoked\n")
    assert "no device 1" in house.is_told("device", "revoke", "1")


def test_mistakes_are_told(house):
    assert house.types("device", "list").output == "There is no device yet.\n"
    assert "no shipper 'birch'" in house.is_told("device", "add", "van 1", "--shipper", "birch")
    assert "1 to 80" in house.is_told("device", "add", " ", "--operator")
    assert "at most 80" in house.is_told("device", "add", "v", "--operator", "--label", "x" * 81)
    for whose in ([], ["--operator", "--shipper", "acme-books"]):
        assert "Say whose van it is" in house.types("device", "add", "van 1", *whose).output


def test_who_reads_a_trail_says_why(house):
    adds(house)
    trail = ("van", "trail", "van 1", "--shipper", "acme-books")
    assert "say why you look" in house.is_told(*trail)
    assert "a trail lasts 24 hours" in house.types(*trail, "--reason", "complaint about A-17").output
    assert "no van 'van 2'" in house.is_told("van", "trail", "van 2", "--operator", "--reason", "why not")
