"""A lead looks at the figures: shares with their tables, rows for a spreadsheet, and nothing of another shipper."""

import csv
import io
import re

import pytest
from prometheus_client import CollectorRegistry, generate_latest

from portal import jobs
from portal.domain.day_figures import Figure
from portal.domain.kinds.safe_place import LeaveInSafePlace
from portal.flows import change as changing
from portal.flows.day_figures import Told
from portal.web import figures_view
from tests.office import Office


@pytest.fixture
def office(app, clock) -> Office:
    """Two shops with a day behind them: 21 first attempts at one, three of them in vain; a change kept."""
    office = Office(app, clock)
    office.pax, office.lumen = office.shop("pax", "Pax Möbel"), office.shop("lumen", "Lumen Books")
    for number in range(21):
        box = office.shipment(office.pax, f"A-{number}", codes=(f"c{number}",), depot="=north")
        office.event(box, "out_for_delivery")
        if number == 0:
            office.asks(box, LeaveInSafePlace("porch"))
        office.event(box, "attempt_failed" if number < 3 else "delivered")
    theirs = office.shipment(office.lumen, "B-1", codes=("b1",), depot="Secret depot")
    office.event(theirs, "out_for_delivery")
    office.event(theirs, "delivered")
    clock.forward(seconds=3600)
    jobs.count_figures(office.kit)
    office.lea = office.agent("lea@pax.example", "lead", office.pax)
    return office


@pytest.fixture
def lead(office, client):
    return office.enter(client, office.lea)


def read(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def test_first_attempts_are_a_share_with_a_chart_and_a_table(lead):
    page = lead.get("/console/figures").text
    part = page[page.index('id="attempts"') : page.index('id="changes"')]
    assert "85.7" in page
    assert 'class="held"' in part
    assert re.search(r"<td>85\.7\s%</td><td>18</td><td>21</td>", part)
    assert "calls avoided" not in page.lower()


def test_rows_hold_no_formula_and_nothing_of_others(lead):
    rows = read(lead.get("/console/figures/attempts.csv"))
    assert {(row["shipper"], row["depot"], row["part"], row["count"]) for row in rows} == {
        ("pax", "'=north", "ok", "18"),
        ("pax", "'=north", "failed", "3"),
    }
    for name in ("windows", "changes", "messages"):
        assert "Secret" not in lead.get(f"/console/figures/{name}.csv").text


def test_changes_are_told_with_how_long_dispatch_took(office, clock, client):
    box = office.shipment(office.pax, "A-asks", codes=("asks",), depot="south")
    office.event(box, "at_depot")
    asked = office.asks(box, LeaveInSafePlace("porch"))
    clock.forward(seconds=45)
    with office.kit.transaction() as session:
        changing.answer(session, office.kit.voice, None, asked.id, True, "api", clock())
    clock.forward(minutes=10)
    jobs.count_figures(office.kit)
    rows = read(office.enter(client, office.lea).get("/console/figures/changes.csv?depot=south"))
    assert {(row["part"], row["count"]) for row in rows} == {
        ("safe_place:asked", "1"),
        ("safe_place:accepted", "1"),
        ("safe_place:answered:2", "1"),
    }


def test_another_shipper_is_not_there_for_the_asking(lead):
    for path in ("/console/figures", "/console/figures/attempts.csv"):
        for query in ("?shipper=lumen", "?depot=Secret+depot", "?shipper=lumen&days=90", "?days=x&depot=%00"):
            text = lead.get(path + query).text
            assert "Secret depot</" not in text
            assert "Lumen" not in text and "lumen" not in text.replace("shipper=lumen", "")


def test_the_operator_chooses_a_shipper(office, client):
    lead = office.enter(client, office.agent("op@example.com", "lead"))
    assert {row["shipper"] for row in read(lead.get("/console/figures/attempts.csv"))} == {"pax", "lumen"}
    assert {row["shipper"] for row in read(lead.get("/console/figures/attempts.csv?shipper=lumen"))} == {
        "lumen"
    }


@pytest.mark.parametrize("path", ["/console/figures", "/console/figures/attempts.csv"])
def test_an_agent_has_no_figures(path, office, client):
    agent = office.enter(client, office.agent("ann@pax.example", "agent", office.pax))
    assert agent.get(path).status_code == 403
    assert office.enter(client, office.lea).get("/console/figures/nothing.csv").status_code == 404


def test_a_day_counted_again_is_what_it_became(office, clock, client):
    box = office.shipment(office.pax, "A-late", codes=("late",), depot="=north")
    office.event(box, "out_for_delivery")
    office.event(box, "attempt_failed")
    clock.forward(seconds=600)
    jobs.count_figures(office.kit)
    office.event(box, "delivered", corrects="A-late-attempt_failed")
    clock.forward(minutes=10)
    jobs.count_figures(office.kit)
    rows = read(office.enter(client, office.lea).get("/console/figures/attempts.csv"))
    assert {(row["part"], row["count"]) for row in rows} == {("ok", "19"), ("failed", "3")}


def test_very_many_depots_are_few_series_for_those_who_watch():
    told = {(1, f"depot {number}"): Told() for number in range(3_000)}
    for number, one in enumerate(told.values(), start=1):
        one.parts[Figure.ATTEMPTS]["ok"] = number
    registry = CollectorRegistry()
    figures_view.gauges(told, {1: "pax"}, registry)
    lines = [line for line in generate_latest(registry).decode().splitlines() if line[0] != "#"]
    assert len(lines) == figures_view.MOST_DEPOTS + 1
    assert any('depot="depot 2999"' in line for line in lines)
    assert sum(float(line.rpartition(" ")[2]) for line in lines) == sum(range(1, 3_001))
