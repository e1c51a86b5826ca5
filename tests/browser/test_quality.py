"""The public record of windows in a real browser: for everybody, on a phone, in the dark, without scripts."""

from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from portal.domain.record import Fared, Stage
from portal.store import window_figures
from portal.store.window_figures import Kind
from tests.dispatch import new_dispatch

LOOKS = {
    "desktop": {"viewport": {"width": 1280, "height": 800}},
    "phone_dark": {"viewport": {"width": 320, "height": 640}, "color_scheme": "dark"},
    "no_scripts": {"java_script_enabled": False, "viewport": {"width": 390, "height": 844}},
}
TODAY = datetime(2026, 6, 15, tzinfo=UTC).date()
LIVE = (Stage.OVER_180, Stage.TO_180, Stage.TO_60, Stage.TO_20)


@pytest.fixture(params=LOOKS)
def context_options(request: pytest.FixtureRequest) -> Any:
    return LOOKS[request.param]


def counted(inside: int, early: int, late: int, place: int = 7) -> Fared:
    """So many windows of about 45 minutes."""
    fared = Fared(inside, early, late, 45.0 * (inside + early + late), 0.0)
    fared.widths[place] = inside + early + late
    return fared


@pytest.fixture
def record(app: Any) -> None:
    """Two depots of some size and one that is too small to say."""
    new_dispatch(app)
    kit = app.extensions["doorstep"]
    found = {
        Kind(TODAY, 1, depot, stage, "live", 90): counted(many - many // (8 + place), many // 30, many // 20)
        for depot, many in (("Harbourton", 412), ("Nieuwegein-Zuid", 96), ("Hamlet", 4))
        for place, stage in enumerate(LIVE)
    }
    found[Kind(TODAY, 1, "Harbourton", Stage.HALF_DAY, "route", 90)] = counted(300, 1, 4, 19)
    found[Kind(TODAY, 1, "Harbourton", Stage.PLANNED, "dispatch", 0)] = counted(80, 9, 31, 15)
    found[Kind(TODAY, 1, "Harbourton", Stage.DEPARTURE, "route", 90)] = counted(11, 0, 1)
    with app.app_context(), kit.transaction() as session:
        window_figures.adjust(session, found)


def test_the_record_is_for_everybody(page: Any, axe: Any, record: None, context_options: Any):
    page.goto("/quality")
    if context_options.get("java_script_enabled", True):
        assert axe(page) == []
    assert page.locator("html").bounding_box()["width"] <= page.viewport_size["width"]
    chart = page.locator("svg[role=img]").first
    expect(chart).to_be_visible()
    dots = chart.locator("circle")
    assert dots.count() == 6
    tracks = chart.locator(".track").first.bounding_box()
    dot, promised = dots.last.bounding_box(), chart.locator(".promised").last.bounding_box()
    # the dot and what was promised lie where the axis says (all depots: a little more than one)
    assert abs(dot["x"] + dot["width"] / 2 - tracks["x"] - 375 / 408 * tracks["width"]) < 12
    assert abs(promised["x"] + promised["width"] / 2 - tracks["x"] - 0.9 * tracks["width"]) < 2


def test_a_depot_is_found_by_its_address(page: Any, record: None):
    page.goto("/quality#depot-nieuwegein-zuid-3")
    expect(page.locator("#depot-nieuwegein-zuid-3")).to_be_visible()
    page.get_by_role("link", name="Harbourton").click()
    assert page.url.endswith("#depot-harbourton-2")
