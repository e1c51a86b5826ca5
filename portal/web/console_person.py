"""The rights of a person, from a dossier: all we hold, handed over or erased."""

from flask import Blueprint, abort, g, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role, may
from portal.flows import person_desk
from portal.flows.agent_acts import Done, Sorry
from portal.flows.erasing import REASONS
from portal.flows.person_desk import WHAT_FOR, WORDS
from portal.web import guard
from portal.web.clean import clean_line
from portal.web.console_ways import SHIPMENT, back, say
from portal.web.dossier_view import clock
from portal.wiring import kit

bp = Blueprint("console_person", __name__, url_prefix="/console")


@bp.get(f"{SHIPMENT}/person")
@guard.agent(Role.LEAD)
def show(shipment_id: int) -> ResponseReturnValue:
    """What is held about the recipient of this shipment, and what may be done about it."""
    with kit().reading() as session:
        held = person_desk.look(session, g.agent, shipment_id)
    if held is None:
        abort(404)
    return render_template(
        "pages/console/person.html",
        held=held,
        shipment=held.shipment,
        what_for=WHAT_FOR,
        reasons=REASONS,
        words=WORDS,
        may_erase=may(g.agent.role, Role.ADMIN),
        clock=clock(held.shipment.address.timezone, "", kit().now()),
    )


@bp.post(f"{SHIPMENT}/person/export")
@guard.agent(Role.LEAD, fresh=True)
def export(shipment_id: int) -> ResponseReturnValue:
    """All of it as a zip."""
    outcome = person_desk.export(kit(), g.agent, shipment_id, request.form.get("reason", ""))
    if outcome is None:
        abort(404)
    if isinstance(outcome, Sorry):
        return _here(shipment_id, outcome)
    name, body = outcome
    answer = send_file(body, "application/zip", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@bp.post(f"{SHIPMENT}/person/erase")
@guard.agent(Role.ADMIN, fresh=True)
def erase(shipment_id: int) -> ResponseReturnValue:
    """Forget them for good."""
    outcome = person_desk.erase(
        kit(),
        g.agent,
        shipment_id,
        request.form.get("reason", ""),
        clean_line(request.form.get("case", "")),
        request.form.get("words", "")[:100],
        request.form.get("even_open") == "1",
    )
    if isinstance(outcome, Sorry):
        return _here(shipment_id, outcome)
    return back(shipment_id, outcome)


def _here(shipment_id: int, outcome: Done | Sorry) -> ResponseReturnValue:
    say(outcome)
    return redirect(url_for("console_person.show", shipment_id=shipment_id, _anchor="said"), 303)
