"""Where a second person agrees or says no: what waits, who asked it, how the caller was known, and what was decided."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.approvals import LONGEST_WHY
from portal.domain.masking import in_text
from portal.domain.roles import Role
from portal.flows import approvals
from portal.flows.agent_acts import Done, Sorry
from portal.web import guard
from portal.web.clean import clean_line
from portal.web.console_calls import STANDS
from portal.web.console_ways import back, say
from portal.web.dossier_view import Clock, clock
from portal.wiring import kit

bp = Blueprint("console_approvals", __name__, url_prefix="/console/approvals")
ONE = "/<int(max=2147483647):approval_id>"


@bp.get("")
@guard.agent(Role.LEAD)
def show() -> ResponseReturnValue:
    """What waits, the one that lapses first on top, and what was decided last."""
    now = kit().now()
    with kit().reading() as session:
        waiting = approvals.waiting(session, g.agent, now)
        decided = approvals.decided(session, g.agent, now)
        shippers = kit().shippers(session)

    def clock_of(one: approvals.Listed) -> Clock:
        return clock(one.shipment.address.timezone, one.shipment.address.country, now)

    return render_template(
        "pages/console/approvals.html",
        waiting=waiting,
        decided=decided,
        shippers=shippers,
        clock_of=clock_of,
        stands=STANDS,
        masked=in_text,
        longest=LONGEST_WHY,
    )


@bp.post(ONE)
@guard.agent(Role.LEAD)
def decide(approval_id: int) -> ResponseReturnValue:
    """Yes or no; anything else is neither."""
    answer, why = request.form.get("answer", ""), clean_line(request.form.get("why", ""))
    if answer not in ("yes", "no"):
        abort(400)
    with kit().transaction() as session:
        agrees = answer == "yes"
        outcome = approvals.decide(session, kit().voice, g.agent, approval_id, agrees, why, kit().now())
    if outcome is None:
        abort(404)
    say(outcome)
    return redirect(url_for("console_approvals.show", _anchor="said"), 303)


@bp.post(f"{ONE}/withdraw")
@guard.agent(Role.AGENT)
def withdraw(approval_id: int) -> ResponseReturnValue:
    """Whoever asked no longer wants it."""
    with kit().transaction() as session:
        outcome: Done | Sorry | None = approvals.take_back(session, g.agent, approval_id, kit().now())
        shipment_id = approvals.shipment_of(session, g.agent, approval_id)
    if shipment_id is None:
        abort(404)
    return back(shipment_id, outcome)
