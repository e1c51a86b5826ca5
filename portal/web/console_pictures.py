"""A picture in the console; each look is written down."""

from flask import Blueprint, abort, g
from flask.typing import ResponseReturnValue

from portal.flows import after_dossier
from portal.web import guard, pictures
from portal.wiring import kit

bp = Blueprint("console_pictures", __name__, url_prefix="/console")


@bp.get("/shipments/<int(max=2147483647):shipment_id>/pictures/<name>")
@guard.agent()
def show(shipment_id: int, name: str) -> ResponseReturnValue:
    """A picture of a hand-over or a problem."""
    with kit().transaction() as session:
        found = after_dossier.look_at_picture(session, g.agent, shipment_id, name, kit().now())
    if not found:
        abort(404)
    return pictures.answer(found, name)
