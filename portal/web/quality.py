"""The public figures: how fast messages leave and arrive, and how changes are kept, counted from our own tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portal.domain.redirects import Fared, total
from portal.flows import figures, redirect_figures
from portal.web import guard
from portal.web.quality_view import day_name, percent, seconds
from portal.wiring import kit

bp = Blueprint("quality", __name__)

# Anybody may look as often as they like; a month of changes is counted once a minute.
COUNTED_FOR = timedelta(minutes=1)
ROOM = "redirects_counted"


@dataclass(frozen=True, slots=True)
class Counted:
    """The redirects of all shippers, and when they were counted."""

    fared: Fared
    at: datetime


def _redirects(now: datetime) -> Fared:
    known: Counted | None = current_app.extensions.get(ROOM)
    if known is None or not timedelta() <= now - known.at < COUNTED_FOR:
        with kit().reading() as session:
            told = redirect_figures.by_shipper(session, kit().shippers(session), now)
        by_kind = redirect_figures.whole(told)
        known = current_app.extensions[ROOM] = Counted(total(by_kind.values()), now)
    return known.fared


@bp.get("/quality")
@guard.open_door("shares and seconds of all messages together, of nobody in particular")
def quality() -> ResponseReturnValue:
    """The last thirty days, of all shippers together."""
    with kit().reading() as session:
        shown = figures.shown(session, kit().now())
    page = render_template(
        "pages/quality.html",
        shown=shown,
        redirects=_redirects(kit().now()),
        percent=percent,
        seconds=seconds,
        day_name=day_name,
    )
    return page, {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
