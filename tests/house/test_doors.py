"""Every door has a guard, or says why anybody may pass."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

pytestmark = pytest.mark.engines("sqlite")

# who may pass without a key, link or sign-in, and why; a new one is added here on purpose
OPEN = {
    "static": "files of our own, the same for everybody",
    "health.healthz": "says only that the process answers",
    "health.readyz": "says only whether parts work",
    "health.metrics": "asks for its own token, or answers local addresses only",
}
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def doors(app: Flask) -> dict[str, tuple[Callable[..., Any], set[str]]]:
    """Endpoint -> view and methods."""
    found: dict[str, tuple[Callable[..., Any], set[str]]] = {}
    for rule in app.url_map.iter_rules():
        view, methods = app.view_functions[rule.endpoint], set(rule.methods or ())
        found[rule.endpoint] = (view, methods | found.get(rule.endpoint, (view, set()))[1])
    return found


def test_every_door_is_guarded_or_listed_as_open(app: Flask):
    unguarded = {
        name
        for name, (view, _) in doors(app).items()
        if getattr(view, "guard", "open") == "open" and name not in OPEN
    }
    assert unguarded == set()


def test_every_open_door_says_why(app: Flask):
    silent = {
        name
        for name, (view, _) in doors(app).items()
        if getattr(view, "guard", "") == "open" and not getattr(view, "guard_reason", "")
    }
    assert silent == set()


def test_the_list_of_open_doors_names_no_door_that_is_gone_or_guarded(app: Flask):
    known = doors(app)
    stale = {name for name in OPEN if name not in known or getattr(known[name][0], "guard", "open") != "open"}
    assert stale == set()


def test_no_door_answers_to_both_looking_and_changing_by_accident(app: Flask):
    # one view for GET and POST hides a change behind a look; forms have a door of their own
    both = {name for name, (_, methods) in doors(app).items() if "GET" in methods and methods & CHANGING}
    assert both == set()
