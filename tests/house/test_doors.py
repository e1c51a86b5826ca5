"""Every door has a guard, or says why anybody may pass."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from portal.config import Settings

pytestmark = pytest.mark.engines("sqlite")

# who may pass without a key, link or sign-in, and why; a new one is added here on purpose
OPEN = {
    "static": "files of our own, the same for everybody",
    "console_setup_brand.picture": "a logo stands on every page of its shipper, the same for everybody",
    "health.healthz": "says only that the process answers",
    "health.readyz": "says only whether parts work",
    "health.metrics": "asks for its own token, or answers local addresses only",
    "login.form": "nobody is signed in yet",
    "login.sign_in": "checks the password itself",
    "login.code": "shows a form to a browser whose password was right",
    "login.check_code": "the password was right; checks the code itself",
    "login.enroll": "shows its key to a browser whose password was right and that has no second factor yet",
    "login.confirm": "the password was right; checks the first code itself",
    "console_sso.begin": "leads to the operator's own sign-in",
    "console_sso.back": "checks what the operator's own sign-in says",
    "openapi.openapi": "describes the doors, opens none",
    "unsubscribe.show": "the code in the link is the key",
    "unsubscribe.end": "a mail program asks, without a cookie; the code in the link is the key",
    "unsubscribe.resume": "the code in the link is the key",
    "quality.quality": "shares and seconds of all messages together",
}
# everybody in the demo is invented; its doors are hung in the demo only
OPEN_IN_DEMO = "demo."
CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture(params=[False, True], ids=["house", "demo"])
def settings(settings: Settings, request: pytest.FixtureRequest) -> Settings:
    return settings.model_copy(update={"demo": request.param})


# no page leads there, and what they keep is a position of the caller's own van
KEEP_ON_GET = {"device_api.osmand_query", "console_sso.back"}


def doors(app: Flask) -> dict[str, tuple[Callable[..., Any], set[str]]]:
    """Endpoint -> view and methods."""
    found: dict[str, tuple[Callable[..., Any], set[str]]] = {}
    for rule in app.url_map.iter_rules():
        view, methods = app.view_functions[rule.endpoint], set(rule.methods or ())
        found[rule.endpoint] = (view, methods | found.get(rule.endpoint, (view, set()))[1])
    return found


def is_open(view: Callable[..., Any]) -> bool:
    return getattr(view, "guard", "open") == "open"


def test_every_door_is_guarded_or_listed_as_open(app: Flask):
    unguarded = {name for name, (view, _) in doors(app).items() if is_open(view)}
    assert {name for name in unguarded if not name.startswith(OPEN_IN_DEMO)} == set(OPEN)


def test_the_doors_of_the_demo_are_hung_in_the_demo_only(app: Flask, settings: Settings):
    assert settings.demo == any(name.startswith(OPEN_IN_DEMO) for name in doors(app))


def test_every_open_door_says_why(app: Flask):
    ours = {name: view for name, (view, _) in doors(app).items() if name != "static"}
    silent = {name for name, view in ours.items() if is_open(view) and not getattr(view, "guard_reason", "")}
    assert silent == set()


def test_a_look_that_keeps_something_is_listed_and_says_why(app: Flask):
    reasons = {name: getattr(view, "keeps_on_get", None) for name, (view, _) in doors(app).items()}
    assert {name for name, reason in reasons.items() if reason} == KEEP_ON_GET


def test_no_door_answers_to_both_looking_and_changing_by_accident(app: Flask):
    # one view for GET and POST hides a change behind a look; forms have a door of their own
    both = {name for name, (_, methods) in doors(app).items() if "GET" in methods and methods & CHANGING}
    assert both == set()
