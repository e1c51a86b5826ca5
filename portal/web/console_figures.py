"""The console's figures for a lead: shares by day, depot and shipper, each with its table and rows to take along."""

from collections.abc import Mapping

from flask import Blueprint, abort, g, render_template, request
from flask.typing import ResponseReturnValue

from portal.domain.day_figures import Figure
from portal.domain.roles import Role
from portal.domain.telling_changes import WISHED
from portal.flows import after_figures, day_figures, figures, redirect_figures, work
from portal.flows.day_figures import SPANS, Asked
from portal.store.shippers import Shipper
from portal.web import csv_out, figures_view, guard
from portal.web.dossier_view import clock
from portal.web.quality_view import day_name, percent, seconds
from portal.wiring import kit

bp = Blueprint("console_figures", __name__, url_prefix="/console")

USUAL_DAYS = 30
ALL_DEPOTS = "*"


def _mine(shippers: Mapping[int, Shipper]) -> dict[int, Shipper]:
    """The shippers whose figures this agent may see, or of these the one that is asked for."""
    mine = {one.id: one for one in shippers.values() if g.agent.shipper_id in (None, one.id)}
    wanted = request.args.get("shipper", "")
    return {one.id: one for one in mine.values() if one.slug == wanted} if wanted else mine


def _asked(mine: Mapping[int, Shipper]) -> Asked:
    days = request.args.get("days", USUAL_DAYS, type=int)
    depot = request.args.get("depot", ALL_DEPOTS)
    return Asked(
        tuple(mine), days if days in SPANS else USUAL_DAYS, None if depot == ALL_DEPOTS else depot[:80]
    )


@bp.get("/figures")
@guard.agent(Role.LEAD)
def show() -> ResponseReturnValue:
    """What is kept, arrives and is done as asked; of the agent's shipper, or of each for the operator's people."""
    now = kit().now()
    with kit().reading() as session:
        shippers = kit().shippers(session)
        mine = _mine(shippers)
        asked = _asked(mine)
        found = day_figures.put_together(session, asked, now)
        told = figures.by_shipper(session, mine, now)
        redirects = redirect_figures.by_shipper(session, mine, now)
        waiting = work.ages(session, g.agent.shipper_id, now)
        doors = after_figures.by_shipper(session, tuple(mine), kit().settings.proof_days, now)
    return render_template(
        "pages/console/figures.html",
        asked=asked,
        all_depots=ALL_DEPOTS,
        choices=[one for one in shippers.values() if g.agent.shipper_id in (None, one.id)],
        figures=found,
        spans=SPANS,
        parts=figures_view.parts(found, {one.id: one.name for one in shippers.values()}),
        kinds=figures_view.kinds(found),
        outcomes=figures_view.outcomes(found),
        answers=figures_view.answers(found),
        tall=figures_view.TALL,
        oldest=clock("UTC", "", now).ago(waiting.oldest_opened_at) if waiting.oldest_opened_at else "",
        told=told,
        doors=doors,
        redirects=redirects,
        called=WISHED,
        shippers=shippers,
        percent=percent,
        seconds=seconds,
        day_name=day_name,
        query=request.args.to_dict(),
    )


@bp.get("/figures/<figure>.csv")
@guard.agent(Role.LEAD)
def rows(figure: str) -> ResponseReturnValue:
    """The same numbers for a spreadsheet; they name nobody."""
    if figure != "windows" and figure not in list(Figure):
        abort(404)
    with kit().reading() as session:
        shippers = kit().shippers(session)
        found = day_figures.put_together(session, _asked(_mine(shippers)), kit().now())
    slugs = {one.id: one.slug for one in shippers.values()}
    if figure == "windows":
        return csv_out.answer(figure, figures_view.WINDOW_HEAD, figures_view.window_rows(found, slugs))
    return csv_out.answer(figure, figures_view.HEAD, figures_view.rows(found, Figure(figure), slugs))
