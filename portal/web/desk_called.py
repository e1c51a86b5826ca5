"""What agents call the desk's attention to is ticked off by whoever has read it."""

from uuid import UUID

from flask import Blueprint, abort, g, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import attentions
from portal.web import guard
from portal.web.console_ways import say
from portal.wiring import kit

bp = Blueprint("desk_called", __name__, url_prefix="/desk")


@bp.post("/attentions/<uuid:attention_id>/read")
@guard.agent(Role.AGENT)
def read(attention_id: UUID) -> ResponseReturnValue:
    """A dispatcher has read it."""
    with kit().transaction() as session:
        outcome = attentions.read_on_desk(session, g.agent, str(attention_id), kit().now())
    if outcome is None:
        abort(404)
    say(outcome)
    return redirect(url_for("desk.show", _anchor="said"), 303)
