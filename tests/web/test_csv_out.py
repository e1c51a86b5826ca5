"""Rows for spreadsheets: nothing that somebody typed is ever a formula."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.csv_out import cell, table

FORMULAS = (
    "=1+1",
    "+1",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    " =1",
    '=HYPERLINK("https://evil.example","x")',
    "|cmd",
    "%0A=1",
    "＝1",
    "＋1",
    "\u200b=1",
    "\ufeff=1",
)


@pytest.mark.parametrize("typed", FORMULAS)
def test_what_could_be_a_formula_stands_after_an_apostrophe(typed):
    assert str(cell(typed)).startswith("'")


@pytest.mark.parametrize("plain", ["north", "Süd 3", "a=b", "", "12", "Ø"])
def test_words_stay_as_they_are(plain):
    assert cell(plain) == plain


def test_numbers_stay_numbers_and_nothing_is_nothing():
    assert (cell(-3), cell(0.5), cell(None)) == (-3, 0.5, "")


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), max_size=5))
def test_whatever_was_typed_is_one_cell_of_its_row_and_no_formula(rows):
    written = table(("a", "b"), rows).removeprefix("\ufeff")
    read = list(csv.reader(io.StringIO(written)))
    assert [len(row) for row in read] == [2] * (len(rows) + 1)
    for row in read[1:]:
        for value in row:
            assert not value.strip()[:1] or value.strip()[:1] not in "=+-@|%＝＋－＠"
