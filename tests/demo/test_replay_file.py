"""A replay file that is none gets one sentence naming line and column."""

import pytest

from portal.demo.replay_file import BadFile, read
from tests.demo.replay_rounds import HEADER, file, rows, two_rounds

GOOD = rows("R1", 3, 1)
CELLS = GOOD[1].split(",")


def spoiled(column: str, text: str) -> list[str]:
    cells = list(CELLS)
    cells[HEADER.split(",").index(column)] = text
    return [GOOD[0], ",".join(cells), GOOD[2]]


def test_rounds_are_read_in_the_order_driven(tmp_path):
    rounds = read(two_rounds(tmp_path))
    assert {name: len(stops) for name, stops in rounds.items()} == {"R1": 12, "R2": 9}
    assert [one.seq for one in rounds["R1"]] == list(range(1, 13))
    assert rounds["R1"][0].delivered_at.utcoffset().total_seconds() == 0


def test_service_seconds_are_taken_where_given(tmp_path):
    path = file(tmp_path, f"{GOOD[0]},90", f"{GOOD[1]},", header=f"{HEADER},service_seconds")
    assert [one.service_seconds for one in read(path)["R1"]] == [90, None]


@pytest.mark.parametrize(
    ("column", "text", "says"),
    [
        ("round", "", "a name of 1 to 39 characters"),
        ("seq", "two", "'two' is no whole number"),
        ("seq", "1", "1 does not come after 1"),
        ("seq", "-4", "not between 0"),
        ("stop_id", "R1-1", "R1-1 is already on line 2"),
        ("lat", "north", "'north' is no number"),
        ("lat", "91", "91 is not between -90 and 90"),
        ("lng", "nan", "nan is not between"),
        ("accepted_at", "yesterday", "'yesterday' is no time"),
        ("delivered_at", "2024-05-07T09:51:00", "has no offset"),
        ("delivered_at", "2024-05-06T01:00:00+00:00", "delivered before the one above it"),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(tmp_path, column, text, says):
    with pytest.raises(BadFile) as bad:
        read(file(tmp_path, *spoiled(column, text)))
    assert f"line 3, column {column}: " in str(bad.value)
    assert says in str(bad.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        (HEADER + "\n", "no deliveries"),
        ("round,seq,stop_id,lat\n", "line 1: missing column lng, accepted_at, delivered_at"),
        (HEADER + ",lat\n", "line 1: column lat comes twice"),
        ("\x00\ufffd", "missing column"),
    ],
)
def test_a_file_that_is_none_says_so(tmp_path, text, says):
    path = tmp_path / "bad.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadFile, match=says):
        read(path)


def test_a_missing_file_a_folder_and_bytes_that_are_no_text_say_so(tmp_path):
    (tmp_path / "picture.csv").write_bytes(b"\x89PNG\xff\xfe")
    for path in (tmp_path / "none.csv", tmp_path, tmp_path / "picture.csv"):
        with pytest.raises(BadFile, match=str(path)):
            read(path)
