"""The dashboard for Grafana asks only for figures that `/metrics` has, by labels that they have."""

import json
import re

import pytest

from tests.house.files import PROJECT

pytestmark = pytest.mark.engines("sqlite")
DASHBOARD = json.loads((PROJECT / "deploy" / "grafana" / "doorstep.json").read_text())
NAMED = re.compile(r"\bdoorstep_[a-z_]+")


def asked() -> list[str]:
    return [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]


def test_every_figure_that_is_asked_for_exists(client):
    told = set(re.findall(r"^# TYPE (\S+) ", client.get("/metrics").text, re.MULTILINE))
    assert {name for expression in asked() for name in NAMED.findall(expression)} <= told


def test_panels_have_numbers_titles_and_places_of_their_own():
    panels = DASHBOARD["panels"]
    assert len({panel["id"] for panel in panels}) == len({panel["title"] for panel in panels}) == len(panels)
    places = [(panel["gridPos"]["x"], panel["gridPos"]["y"]) for panel in panels]
    assert len(set(places)) == len(places)
    assert all(place[0] + panel["gridPos"]["w"] <= 24 for place, panel in zip(places, panels, strict=True))
