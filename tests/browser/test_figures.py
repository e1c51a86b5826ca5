"""A lead's figures in a real browser: charts that fit a phone, in light and dark, with tables behind them."""

import pytest
from playwright.sync_api import expect

from portal import jobs
from portal.domain.kinds.safe_place import LeaveInSafePlace
from tests.office import Office

DESK, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}


@pytest.fixture
def office(app, clock) -> Office:
    office = Office(app, clock)
    shops = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    for number in range(60):
        box = office.shipment(
            shops[number % 2], f"A-{number}", codes=(f"c{number}",), depot=("north", "south")[number % 3 % 2]
        )
        office.event(box, "out_for_delivery")
        if number % 5 == 0:
            office.asks(box, LeaveInSafePlace("porch"))
        office.event(box, "attempt_failed" if number % 7 == 0 else "delivered")
    clock.forward(hours=1)
    jobs.count_figures(office.kit)
    return office


def test_a_lead_reads_the_figures(office, page, axe, live_server):
    lead = office.agent("lea@example.com", "lead")
    client = office.enter(office.app.test_client(), lead)
    cookie = client.get_cookie("doorstep-agent")
    page.context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server}])
    for size, scheme in ((DESK, "light"), (PHONE, "dark")):
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        page.goto("/console/figures")
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.locator("#attempts").scroll_into_view_if_needed()
    table = page.get_by_role("region", name="Handed over at the first attempt, by day")
    expect(table).to_be_hidden()
    page.get_by_role("figure", name="Handed over at the first attempt by day").locator("summary").press(
        "Enter"
    )
    expect(table).to_be_visible()
