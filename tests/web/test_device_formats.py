"""Whatever stands in a body: fixes on this earth and in this century, or one clear answer."""

import math
from datetime import UTC, datetime

import orjson
from hypothesis import given
from hypothesis import strategies as st

from portal.web import device_formats as formats
from portal.web.errors import ApiError

NOW = datetime(2026, 6, 15, 9, 0, tzinfo=UTC)
WORDS = st.sampled_from(
    [
        *(
            "_type",
            "lat",
            "lon",
            "tst",
            "acc",
            "vel",
            "cog",
            "location",
            "coords",
            "latitude",
            "longitude",
            "position",
        ),
        *("timestamp", "fixTime", "deviceTime", "speed", "heading", "accuracy", "valid", "course", "bearing"),
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**63), 2**64 - 1),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["location", "48.1", "-0", "1e999", "nan", "2026-06-15T09:00:00Z", "9999-12-31", 48.1, 1781510400]
    ),
)
BODIES = st.recursive(
    VALUES,
    lambda parts: st.one_of(st.lists(parts, max_size=4), st.dictionaries(WORDS, parts, max_size=8)),
    max_leaves=25,
)


def is_good(fix):
    assert -90 <= fix.lat <= 90 and -180 <= fix.lng <= 180
    assert 2000 <= fix.at.year < 2100 and fix.at.tzinfo is not None
    for value in (fix.accuracy_m, fix.speed_mps, fix.heading_deg):
        assert value is None or (math.isfinite(value) and value >= 0)


def is_told(error):
    assert error.status in (400, 413, 422)
    assert error.detail.endswith(".")


def tried(read, said):
    """What comes of it: fixes, or the one answer; anything else fails the test."""
    try:
        return read(said), None
    except ApiError as error:
        return [], error


def is_read_or_told(read, said):
    fixes, error = tried(lambda item: formats.each(item, read), said)
    for fix in fixes:
        is_good(fix)
    if error:
        is_told(error)


@given(BODIES)
def test_any_json_is_read_or_told_what_is_missing(said):
    # as it comes out of a body: no NaN, no number that JSON cannot hold
    said = formats.body_of(orjson.dumps(said))
    for read in (formats.owntracks, formats.osmand_json, formats.traccar):
        is_read_or_told(read, said)


@given(st.dictionaries(WORDS, st.one_of(st.text(max_size=30), VALUES.map(str)), max_size=8))
def test_any_query_is_read_or_told_what_is_missing(said):
    is_read_or_told(lambda item: formats.osmand_query(item, NOW), said)


@given(st.binary(max_size=200))
def test_any_bytes_are_json_or_told_to_be_none(raw):
    _, error = tried(formats.body_of, raw)
    if error:
        is_told(error)


def test_milliseconds_begin_where_seconds_of_2038_end():
    place = {"lat": "48", "lon": "9"}
    for timestamp in ("1781510400", "1781510400000", "2026-06-15T08:00:00Z", "2026-06-15 10:00:00+02:00"):
        fix = formats.osmand_query(place | {"timestamp": timestamp}, NOW)
        assert fix is not None
        assert fix.at == datetime(2026, 6, 15, 8, 0, tzinfo=UTC)
