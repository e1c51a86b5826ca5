"""The console's figures: how a shipper's messages and redirects fared, and what messages cost."""

from flask import Blueprint, g, render_template
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.domain.telling_changes import WISHED
from portal.flows import after_figures, figures, redirect_figures
from portal.web import guard
from portal.web.quality_view import percent, seconds
from portal.wiring import kit

bp = Blueprint("console_figures", __name__, url_prefix="/console")


@bp.get("/figures")
@guard.agent(Role.LEAD)
def show() -> ResponseReturnValue:
    """The last thirty days of the agent's shipper, or of each for the operator's people."""
    with kit().reading() as session:
        shippers = kit().shippers(session)
        mine = [g.agent.shipper_id] if g.agent.shipper_id is not None else sorted(shippers)
        told = figures.by_shipper(session, mine, kit().now())
        redirects = redirect_figures.by_shipper(session, mine, kit().now())
        doors = after_figures.by_shipper(session, mine, kit().settings.proof_days, kit().now())
    return render_template(
        "pages/console/figures.html",
        told=told,
        doors=doors,
        redirects=redirects,
        called=WISHED,
        shippers=shippers,
        percent=percent,
        seconds=seconds,
    )
