"""The doors for phones and trackers in the OpenAPI document: formats of others, named and not repeated."""

from typing import Any

FORMATS = {
    "owntracks": (
        "A phone with OwnTracks tells where a van is",
        "A message of https://owntracks.org/booklet/tech/json/, or a list of them. All but `location` is left alone.",
    ),
    "osmand": (
        "A phone with Traccar Client tells where a van is",
        "JSON (version 9 and later), form or query of https://www.traccar.org/osmand/.",
    ),
    "traccar": (
        "A Traccar server forwards where a van is",
        "The body of `forward.type` json, or a list of such bodies.",
    ),
}
SECRET = {"name": "secret", "in": "path", "required": True, "schema": {"type": "string"}}
ANSWERS = {
    "200": {
        "description": "Read; also positions that are not believed, with the reason where the app shows one."
    },
    "400": {"description": "The body is not JSON."},
    "404": {"description": "This secret is not known, or was revoked."},
    "413": {"description": "More than 1,000 positions or 256 kB."},
    "422": {"description": "There is no position in it; `detail` says what is missing."},
}


def device_paths() -> dict[str, dict[str, Any]]:
    """The paths of these doors, with the secret as their only key."""
    paths = {}
    for name, (summary, words) in FORMATS.items():
        asked = {
            "summary": summary,
            "description": words,
            "security": [],
            "parameters": [SECRET],
            "responses": ANSWERS,
        }
        body = {"required": name != "osmand", "content": {"application/json": {"schema": {}}}}
        paths[f"/devices/{{secret}}/{name}"] = {"post": asked | {"requestBody": body}}
        if name == "osmand":
            paths[f"/devices/{{secret}}/{name}"]["get"] = asked
    return paths
