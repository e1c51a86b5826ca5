"""Whatever color a shipper likes, its page can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.web.brand import GROUNDS, HOUSE_COLOR, brand_of, colors, contrast


@given(st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}"))
def test_every_color_becomes_readable(wanted: str):
    for name, scheme in zip(("light", "dark"), colors(wanted), strict=True):
        assert min(contrast(scheme.accent, ground) for ground in GROUNDS[name]) >= 4.5
        assert contrast(scheme.accent, scheme.ink) >= 4.5
        assert contrast(scheme.accent, scheme.soft) >= 4.5


@pytest.mark.parametrize("said", ["", "red", "#12", "#12345g", "#ffffff}</style>"])
def test_what_is_no_color_becomes_ours(said: str):
    assert colors(said) == colors(HOUSE_COLOR)
    assert "</style>" not in brand_of("Acme", {"color": said}).css


def test_a_number_is_written_as_people_write_it():
    assert brand_of("Acme", {"support_phone": "+12025550190"}).phone_shown == "+1 202-555-0190"
    assert brand_of("Acme", {"support_phone": "ask at the desk"}).phone_shown == "ask at the desk"
