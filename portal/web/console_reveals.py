"""Contact data in full, for a reason; and for leads, who looked at whose and why."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from portal.domain.masking import contact, in_text
from portal.domain.reveals import LONGEST_WORDS, REASONS
from portal.domain.roles import Role
from portal.flows import reveals
from portal.web import guard
from portal.web.clean import clean_line
from portal.web.console_ways import SHIPMENT, back
from portal.web.dossier_view import clock
from portal.wiring import kit

bp = Blueprint("console_reveals", __name__, url_prefix="/console")
HIGHEST = 2**53


@bp.post(f"{SHIPMENT}/reveal")
@guard.agent(Role.AGENT)
def reveal(shipment_id: int) -> ResponseReturnValue:
    """Show number and email of one shipment to this agent for a quarter of an hour."""
    reason, words = request.form.get("reason", ""), clean_line(request.form.get("words", ""))
    with kit().transaction() as session:
        outcome = reveals.reveal(session, g.agent, shipment_id, reason, words, kit().now())
    return back(shipment_id, outcome)


@bp.get("/reveals")
@guard.agent(Role.LEAD)
def show() -> ResponseReturnValue:
    """Who looked at which contact, newest first; `?before=` goes on where a page ended."""
    before, now = request.args.get("before", type=int), kit().now()
    if before is not None and not 0 <= before < HIGHEST:
        before = None
    with kit().reading() as session:
        shippers = kit().shippers(session)
        listed = reveals.listed(session, g.agent, before, now)
    return render_template(
        "pages/console/reveals.html",
        listed=listed,
        shippers=shippers,
        reasons=REASONS,
        clock=clock(g.agent.timezone or "UTC", "", now),
    )


@bp.record_once
def _in_every_page(state: object) -> None:
    """The dossier's form knows the short list, and every page masks what somebody wrote."""
    words = {"reveal_reasons": REASONS, "longest_reveal_words": LONGEST_WORDS}
    state.app.jinja_env.globals.update(words)  # type: ignore[attr-defined]
    state.app.jinja_env.filters.update(masked=in_text, masked_contact=contact)  # type: ignore[attr-defined]
