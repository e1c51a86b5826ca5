"""What reaches the logs: no link, no address, no number, and no row of the database, whoever writes the line."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import redirect_stderr

import pytest

from portal.logs import hide, set_up

ROW = (
    "null value\nDETAIL:  Failing row contains (7, Ann\nArcher, 12 Mill Lane).\n[SQL: INSERT INTO shipments]"
)


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    with redirect_stderr(io.StringIO()) as written:
        set_up("INFO")
        yield written
    set_up("INFO")


@pytest.mark.parametrize(
    ("text", "struck"),
    [
        ("GET /t/AbCdEfGhIjKlMnOpQrStUv/live", "GET /t/***/live"),
        ("POST /u/" + "aB3_-" * 15 + "/again", "POST /u/***/again"),
        ("GET /devices/abcdefghijkmnpqrstuvwxyz23/osmand?lat=48.1&lon=9.2", "GET /devices/***"),
        ("to ann.archer+x@mail.example.com", "to ***"),
        ("?To=%2B12025550123&From=ann%40example.com", "?To=***&From=***"),
        ("+12025550123 is busy", "*** is busy"),
        (ROW, "null value\nDETAIL: ***\n[SQL: INSERT INTO shipments]"),
    ],
)
def test_links_contacts_and_rows_are_struck_out(text: str, struck: str):
    assert hide(text) == struck


def test_a_trace_that_a_library_logs_is_struck_out_too(lines: io.StringIO):
    try:
        raise ValueError(ROW)
    except ValueError:
        logging.getLogger("some.library").exception("no text to +12025550123")
    said = json.loads(lines.getvalue())
    assert said["logger"] == "some.library"
    assert "ValueError" in said["event"]
    assert not any(secret in said["event"] for secret in ("Archer", "Mill", "2025550123"))
