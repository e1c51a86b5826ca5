"""An agent's acts, one press each: dispatch's attention, tags, the recipient's link, making good."""

from uuid import UUID

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import agent_acts_attention as attention
from portal.flows import agent_acts_goodwill as goodwill
from portal.flows import agent_acts_link as link
from portal.flows import agent_acts_tags as tags
from portal.web import guard
from portal.web.clean import clean_line, clean_text
from portal.web.console_ways import SHIPMENT, back
from portal.wiring import kit

bp = Blueprint("console_deeds", __name__, url_prefix="/console")


def _typed(name: str) -> str:
    return clean_line(request.form.get(name, ""))


@bp.post(f"{SHIPMENT}/tags")
@guard.agent(Role.AGENT)
def tag(shipment_id: int) -> ResponseReturnValue:
    """Put a tag on."""
    with kit().transaction() as session:
        outcome = tags.add(session, g.agent, shipment_id, _typed("tag"), kit().now())
    return back(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/tags/remove")
@guard.agent(Role.AGENT)
def untag(shipment_id: int) -> ResponseReturnValue:
    """Take a tag off."""
    with kit().transaction() as session:
        outcome = tags.remove(session, g.agent, shipment_id, _typed("tag"), kit().now())
    return back(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/attention")
@guard.agent(Role.AGENT)
def call(shipment_id: int) -> ResponseReturnValue:
    """Call dispatch's attention: to the shipment, or to an event that looks wrong."""
    event, words = request.form.get("event", ""), clean_text(request.form.get("words", ""))
    with kit().transaction() as session:
        about = (session, kit().voice, g.agent, shipment_id)
        if event:
            outcome = attention.dispute(*about, event, words, kit().now())
        else:
            outcome = attention.call(*about, words, kit().now())
    return back(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/attention/<uuid:attention_id>/back")
@guard.agent(Role.AGENT)
def uncall(shipment_id: int, attention_id: UUID) -> ResponseReturnValue:
    """Take it back while dispatch has not read it."""
    with kit().transaction() as session:
        outcome = attention.take_back(
            session, kit().voice, g.agent, shipment_id, str(attention_id), kit().now()
        )
    return back(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/link")
@guard.agent(Role.AGENT)
def relink(shipment_id: int) -> ResponseReturnValue:
    """Revoke the recipient's link, or renew and send it."""
    act = link.revoke if request.form.get("do") == "revoke" else link.renew
    with kit().transaction() as session:
        outcome = act(session, kit().voice, g.agent, shipment_id, _typed("why"), kit().now())
    return back(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/goodwill")
@guard.agent(Role.AGENT)
def give(shipment_id: int) -> ResponseReturnValue:
    """Make good what went wrong."""
    code = _typed("reason")
    with kit().transaction() as session:
        outcome = goodwill.give(session, kit().voice, g.agent, shipment_id, code, _typed("why"), kit().now())
    return back(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/goodwill/<uuid:gift_id>/back")
@guard.agent(Role.AGENT)
def ungive(shipment_id: int, gift_id: UUID) -> ResponseReturnValue:
    """Take it back within minutes."""
    with kit().transaction() as session:
        outcome = goodwill.take_back(session, kit().voice, g.agent, shipment_id, str(gift_id), kit().now())
    return back(shipment_id, outcome)
