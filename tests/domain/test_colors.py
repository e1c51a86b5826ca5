"""Inks that can be read."""

import pytest

from portal.domain.colors import contrast, ink_on


def test_black_on_white_is_the_most_there_is():
    assert round(contrast("#000000", "#ffffff"), 1) == 21.0


@pytest.mark.parametrize(
    ("color", "ink"), [("#1f6b4a", "#ffffff"), ("#ffd400", "#000000"), ("#000000", "#ffffff")]
)
def test_the_ink_is_the_one_that_reads_better(color, ink):
    assert ink_on(color) == ink
    assert contrast(color, ink) >= 4.5
