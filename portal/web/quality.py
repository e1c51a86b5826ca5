"""The public figures: how fast messages leave and how many arrive, counted from our own tables."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from portal.flows import figures
from portal.web import guard
from portal.web.quality_view import day_name, percent, seconds
from portal.wiring import kit

bp = Blueprint("quality", __name__)


@bp.get("/quality")
@guard.open_door("shares and seconds of all messages together, of nobody in particular")
def quality() -> ResponseReturnValue:
    """The last thirty days, of all shippers together."""
    with kit().reading() as session:
        shown = figures.shown(session, kit().now())
    page = render_template(
        "pages/quality.html", shown=shown, percent=percent, seconds=seconds, day_name=day_name
    )
    return page, {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
