"""What the demo's pages share: the town's clock, and fragments as JSON that are sent only when they changed."""

import hashlib
import json
from typing import Any

from flask import Response, render_template, request

from portal.web.local import Local
from portal.wiring import kit

USUAL_ZONE = "America/New_York"


def town_clock(notebook: dict[str, Any]) -> Local:
    """The clock on the town hall."""
    return Local(notebook.get("timezone", USUAL_ZONE), "en", notebook.get("country", "US"), kit().now())


def parts(names: tuple[str, ...], context: dict[str, Any]) -> Response:
    """Fragments by name, with an ETag, so that nothing is sent twice."""
    body = json.dumps({name: render_template(f"pages/demo/_{name}.html", **context) for name in names})
    response = Response(body, content_type="application/json")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:20])
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(request)
    return response
