"""The history of a shipment to take along, as a paper or a file. Each is counted and written down, so it is a POST."""

from flask import Blueprint, Response, abort, g, jsonify, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import history
from portal.flows.agent_acts import Sorry
from portal.flows.history import History
from portal.web import guard
from portal.web.console_ways import SHIPMENT, say
from portal.web.history_json import document
from portal.wiring import kit

bp = Blueprint("console_exports", __name__, url_prefix="/console")


@bp.post(f"{SHIPMENT}/history.pdf")
@guard.agent(Role.AGENT)
def as_pdf(shipment_id: int) -> ResponseReturnValue:
    """As a paper."""
    taken = _taken(shipment_id, "pdf")
    if isinstance(taken, Sorry):
        return _sorry(shipment_id, taken)
    # the library takes half a second to load, which no start of the house needs to wait for
    from portal.web.history_pdf import pdf

    return _file(Response(pdf(taken), mimetype="application/pdf"), shipment_id, "pdf")


@bp.post(f"{SHIPMENT}/history.json")
@guard.agent(Role.AGENT)
def as_json(shipment_id: int) -> ResponseReturnValue:
    """As a file for machines."""
    taken = _taken(shipment_id, "json")
    if isinstance(taken, Sorry):
        return _sorry(shipment_id, taken)
    return _file(jsonify(document(taken)), shipment_id, "json")


def _taken(shipment_id: int, format: str) -> History | Sorry:
    with kit().transaction() as session:
        taken = history.take(session, kit().voice, g.agent, shipment_id, format, kit().now())
    if taken is None:
        abort(404)
    return taken


def _sorry(shipment_id: int, sorry: Sorry) -> ResponseReturnValue:
    say(sorry)
    return redirect(url_for("console.show", shipment_id=shipment_id, _anchor="said"), 303)


def _file(response: Response, shipment_id: int, ending: str) -> Response:
    """To be saved. The name says which shipment by our own number: a reference may be somebody's name."""
    response.headers["Content-Disposition"] = f'attachment; filename="history-{shipment_id}.{ending}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response
