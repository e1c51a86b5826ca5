"""The public figures: how windows hold, how fast messages come, how changes are kept, from our own tables."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import Blueprint, current_app, render_template
from flask.typing import ResponseReturnValue

from portal.domain.record import Record
from portal.domain.redirects import Fared, total
from portal.flows import figures, redirect_figures, window_record
from portal.web import guard, record_view
from portal.web.quality_view import day_name, percent, seconds
from portal.wiring import kit

bp = Blueprint("quality", __name__)

# Anybody may look as often as they like; a month of changes and windows is counted once a minute.
COUNTED_FOR = timedelta(minutes=1)
ROOM = "quality_counted"


@dataclass(frozen=True, slots=True)
class Counted:
    """The redirects of all shippers, the record of windows, and when they were counted."""

    redirects: Fared
    windows: Record
    at: datetime


def _counted(now: datetime) -> Counted:
    known: Counted | None = current_app.extensions.get(ROOM)
    if known is None or not timedelta() <= now - known.at < COUNTED_FOR:
        with kit().reading() as session:
            told = redirect_figures.by_shipper(session, kit().shippers(session), now)
            windows = window_record.put_together(session, now)
        redirects = total(redirect_figures.whole(told).values())
        known = current_app.extensions[ROOM] = Counted(redirects, windows, now)
    return known


@bp.get("/quality")
@guard.open_door("shares and seconds of all messages together, of nobody in particular")
def quality() -> ResponseReturnValue:
    """The last thirty days, of all shippers together; windows also depot by depot."""
    with kit().reading() as session:
        shown = figures.shown(session, kit().now())
    counted = _counted(kit().now())
    page = render_template(
        "pages/quality.html",
        shown=shown,
        redirects=counted.redirects,
        windows=record_view.told(counted.windows, by_depot=kit().settings.quality_depots),
        window_days=window_record.SHOWN_DAYS,
        percent=percent,
        seconds=seconds,
        day_name=day_name,
        whole_percent=record_view.whole_percent,
        at=record_view.at,
        minutes=record_view.minutes,
        one_decimal=record_view.one_decimal,
    )
    return page, {"Cache-Control": "public, max-age=60", "Vary": "Accept-Language"}
