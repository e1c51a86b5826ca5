"""An agent writes to the recipient: how the words read and what they cost, before they go."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from notifications.message import Channel
from portal.domain.roles import Role
from portal.flows import agent_acts_message as message
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agent_acts_message import Draft
from portal.flows.agent_acts_resend import resend
from portal.store import shipments
from portal.web import guard
from portal.web.clean import clean_line
from portal.web.console_ways import SHIPMENT, back, say
from portal.web.dossier_view import clock
from portal.wiring import kit

bp = Blueprint("console_messages", __name__, url_prefix="/console")

WAYS = {channel.value: channel for channel in (Channel.SMS, Channel.EMAIL)}
HIGHEST_ID = 2**31 - 1


@bp.post(f"{SHIPMENT}/message")
@guard.agent(Role.AGENT)
def write(shipment_id: int) -> ResponseReturnValue:
    """Show how the words read, or send them. What is more than one SMS is shown before it goes."""
    words, by = clean_line(request.form.get("words", "")), WAYS.get(request.form.get("by", ""))
    with kit().reading() as session:
        shown = message.draft(session, kit().voice, g.agent, shipment_id, words, by, kit().now())
    if shown is None:
        abort(404)
    if request.form.get("do") != "send" or not _may_go(shown):
        return _page(shipment_id, words, shown)
    with kit().transaction() as session:
        outcome = message.write(
            session, kit().voice, g.agent, shipment_id, words, by, kit().now(), _answered()
        )
    match outcome:
        case None:
            abort(404)
        case Sorry():
            return _page(shipment_id, words, outcome)
        case Done():
            say(outcome)
            return redirect(url_for("console.show", shipment_id=shipment_id, _anchor="said"), 303)


@bp.post(f"{SHIPMENT}/messages/again")
@guard.agent(Role.AGENT)
def again(shipment_id: int) -> ResponseReturnValue:
    """Send a chosen message again, the same way or the other one."""
    other, why = request.form.get("by") == "other", clean_line(request.form.get("why", ""))
    with kit().transaction() as session:
        outcome = resend(
            session,
            kit().voice,
            g.agent,
            shipment_id,
            clean_line(request.form.get("message", ""))[:36],
            kit().now(),
            by_other=other,
            why=why,
        )
    return back(shipment_id, outcome)


def _may_go(shown: Draft | Sorry) -> bool:
    if isinstance(shown, Sorry) or shown.sorry:
        return False
    return shown.segments <= 1 or request.form.get("long", "") == "yes"


def _answered() -> int | None:
    """The text that is answered; what cannot be one is a text that does not exist."""
    value = request.form.get("answers", "")
    if not value:
        return None
    known = value.isascii() and value.isdecimal() and len(value) <= 10 and int(value) <= HIGHEST_ID
    return int(value) if known else 0


def _page(shipment_id: int, words: str, shown: Draft | Sorry) -> tuple[str, int]:
    """The page on which the words are mended, or for a script the part that says how they read."""
    with kit().reading() as session:
        shipment = shipments.by_id(session, g.agent.shipper_id, shipment_id)
    if shipment is None:
        abort(404)
    sorry = shown.because if isinstance(shown, Sorry) else shown.sorry
    told: dict[str, Any] = {
        "shipment": shipment,
        "words": words,
        "by": request.form.get("by", ""),
        "answers": request.form.get("answers", "")[:10],
        "draft": None if isinstance(shown, Sorry) else shown,
        "sorry": sorry,
        "door": clock(shipment.address.timezone, shipment.address.country, kit().now()),
        "now": kit().now(),
        "longest": message.LONGEST_WORDS,
    }
    if request.headers.get("X-Fragment"):
        return render_template("pages/console/_draft.html", **told), 200
    wanted = request.form.get("do") == "send"
    return render_template("pages/console/message.html", **told), 422 if sorry and wanted else 200
