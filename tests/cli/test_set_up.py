"""What pages of set-up do, by command: each good way, each mistake in one sentence, and all of it written down."""

import re
from io import BytesIO

import pytest
from PIL import Image

LOCKER = (
    "locker",
    "put",
    "station",
    "--shipper",
    "acme-books",
    "--name",
    "Main Station",
    "--address",
    "Platz 1",
)
PLACE = ("--lat", "52.5", "--lng", "13.4", "--box", "M 300x400x600 x12 max 20000 low")
SLOT = ("slot", "put", "evening", "--shipper", "acme-books", "--zone", "north", "--capacity", "20")
TIMES = (
    "--start",
    "2099-03-01T18:00+01:00",
    "--end",
    "2099-03-01T20:00+01:00",
    "--closes-at",
    "2099-03-01T12:00+01:00",
)


@pytest.fixture
def shop(terminal):
    terminal.types("db", "upgrade")
    terminal.types("shipper", "add", "Acme Books")
    return terminal


@pytest.mark.parametrize(
    "words",
    [
        *(
            ("shipper", "brand"),
            ("shipper", "list"),
            ("shipper", "check"),
            ("shipper", "history"),
            ("key", "list"),
        ),
        *(("webhook",), ("webhook", "set"), ("webhook", "rotate"), ("webhook", "replay"), ("locker",)),
        *(
            ("locker", "put"),
            ("locker", "list"),
            ("locker", "close"),
            ("slot",),
            ("slot", "put"),
            ("slot", "list"),
        ),
    ],
)
def test_every_command_explains_itself(terminal, words):
    assert "Usage: doorstep" in terminal.types(*words, "--help").output


def test_a_brand_is_set_read_refused_and_written_down(shop, tmp_path):
    said = shop.types("shipper", "brand", "acme-books", "--color", "#ffee00", "--sms-sender", "ACME").output
    assert "sms_sender=ACME" in said
    assert "on light pages: 1.2 to 1 (pages use a darker shade)" in said
    assert "at most 11 characters" in shop.is_told("shipper", "brand", "acme-books", "--sms-sender", "x" * 12)
    assert "no shipper 'birch'" in shop.is_told("shipper", "brand", "birch")
    logo, drawn = tmp_path / "logo.png", BytesIO()
    Image.new("RGB", (300, 60), "navy").save(drawn, "PNG")
    logo.write_bytes(drawn.getvalue())
    assert shop.types("shipper", "brand", "acme-books", "--logo", str(logo)).exit_code == 0
    logo.write_bytes(b"<svg/>")
    assert "an SVG may hold scripts" in shop.is_told("shipper", "brand", "acme-books", "--logo", str(logo))
    shop.types("shipper", "rules", "acme-books", "hold_days=7")
    shop.types("shipper", "rules", "acme-books", "hold_days=usual")
    history = shop.types("shipper", "history", "acme-books").output
    assert "operator  brand changed  color: empty -> #ffee00" in history
    assert "hold_days: 7 -> empty" in history


def test_what_is_missing_is_said_and_keys_are_listed(shop):
    assert "No key" in shop.types("shipper", "check", "acme-books").output
    assert "No key" in shop.types("shipper", "list").output
    shop.types("key", "add", "--shipper", "acme-books", "--label", "planning")
    listed = shop.types("key", "list").output
    assert "acme-books" in listed
    assert "planning" in listed
    assert "never used" in listed


def test_a_webhook_is_set_rotated_tried_and_switched(shop, monkeypatch):
    monkeypatch.setenv("WEBHOOK_ALLOW_PRIVATE", "true")
    hook = ("--shipper", "acme-books")
    assert "There is no webhook yet." in shop.types("webhook", "show", *hook).output
    assert "set its address first" in shop.is_told("webhook", "rotate", *hook)
    assert "must begin with https://" in shop.is_told("webhook", "set", *hook, "ftp://x")
    made = shop.types("webhook", "set", *hook, "http://localhost/hook", "--event", "shipment.rated")
    assert re.search(r"^whsec_", made.output, re.MULTILINE)
    assert re.search(r"^whsec_", shop.types("webhook", "rotate", *hook).output, re.MULTILINE)
    sent = re.search(r"Test (\S+) is", shop.types("webhook", "test", *hook).output)[1]
    shown = shop.types("webhook", "show", *hook).output
    assert "two secrets sign until" in shown
    assert f"{sent}  " in shown
    assert "whsec_" not in shown
    assert shop.types("webhook", "replay", *hook, sent).exit_code == 0
    assert "no such delivery" in shop.is_told("webhook", "replay", *hook, "nonsense")
    shop.types("webhook", "off", *hook)
    assert "switch it on first" in shop.is_told("webhook", "test", *hook)
    assert shop.types("webhook", "show").exit_code == 2


def test_lockers_and_slots_are_put_and_listed(shop):
    assert "station: created." in shop.types(*LOCKER, *PLACE).output
    assert "0 of 12 taken" in shop.types("locker", "list", "--shipper", "acme-books").output
    assert "is no compartment" in shop.is_told(*LOCKER, *PLACE[:4], "--box", "M 3x4")
    assert "lat: " in shop.is_told(*LOCKER, "--lat", "north", *PLACE[2:])
    assert "offered no more" in shop.types("locker", "close", "station", "--shipper", "acme-books").output
    assert "evening: created." in shop.types(*SLOT, *TIMES).output
    assert "2099-03-01 17:00 to 19:00 UTC" in shop.types("slot", "list", "--shipper", "acme-books").output
    assert "start: " in shop.is_told(*SLOT, "--start", "soon", *TIMES[2:])
