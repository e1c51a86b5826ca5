"""The doors of a call: send the caller a code, type what they read out, write down a reason, hang up."""

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.access import CodeVerdict
from portal.domain.roles import Role
from portal.flows import calls, codes
from portal.flows.agent_acts import Done, Sorry
from portal.flows.codes import NotSent
from portal.web import guard
from portal.web.clean import clean_line
from portal.web.console_ways import SHIPMENT, say
from portal.wiring import kit

bp = Blueprint("console_caller", __name__, url_prefix="/console")

INSTEAD = "Write down how you know the caller instead."
NOT_SENT = {
    codes.NO_CONTACT: f"There is no phone number or email on file that a code can go to. {INSTEAD}",
    codes.TOO_MANY: f"As many codes as we may were sent within the hour. {INSTEAD}",
    codes.TOO_MANY_TODAY: f"As many codes as we may were sent within the day. {INSTEAD}",
    codes.TOO_NEW: f"The contacts were replaced less than a day ago, so no code goes to them yet. {INSTEAD}",
}
TYPED = {
    CodeVerdict.RIGHT: ("The code is right. You know the caller for 15 minutes.", "good"),
    CodeVerdict.WRONG: ("This code is not right. Please ask the caller to read it once more.", "warn"),
    CodeVerdict.USED_UP: ("That was one try too many. Please send a new code.", "warn"),
    CodeVerdict.TOO_OLD: ("This code is too old. Please send a new one.", "warn"),
    CodeVerdict.NONE: ("Please send a code first.", "warn"),
}
LONGEST_CODE = 40


@bp.post(f"{SHIPMENT}/call/code")
@guard.agent(Role.AGENT)
def send(shipment_id: int) -> ResponseReturnValue:
    """Send the caller a code, to a contact that has stood for a day."""
    with kit().transaction() as session:
        sent = calls.send_code(session, kit().voice, g.agent, shipment_id, kit().now())
    if sent is None:
        abort(404)
    if isinstance(sent, NotSent):
        say(Sorry(NOT_SENT[sent.because]))
    else:
        by = "text" if sent.channel == "sms" else "email"
        say(Done(f"A code is on its way by {by}. Ask the caller to read it out."))
    return _onward(shipment_id)


@bp.post(f"{SHIPMENT}/call/check")
@guard.agent(Role.AGENT)
def check(shipment_id: int) -> ResponseReturnValue:
    """What the caller read out."""
    typed = request.form.get("code", "")[:LONGEST_CODE]
    voice, tries = kit().voice, kit().settings.code_tries
    with kit().transaction() as session:
        verdict = calls.check_code(session, voice, g.agent, shipment_id, typed, tries, kit().now())
    if verdict is None:
        abort(404)
    flash(*TYPED[verdict])
    return _onward(shipment_id)


@bp.post(f"{SHIPMENT}/call/reason")
@guard.agent(Role.AGENT)
def reason(shipment_id: int) -> ResponseReturnValue:
    """How the agent knows the caller without a code."""
    way, words = request.form.get("way", ""), clean_line(request.form.get("words", ""))
    with kit().transaction() as session:
        outcome = calls.take_reason(session, g.agent, shipment_id, way, words, kit().now())
    return _said(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/call/end")
@guard.agent(Role.AGENT)
def end(shipment_id: int) -> ResponseReturnValue:
    """The caller hung up."""
    with kit().transaction() as session:
        outcome = calls.end(session, g.agent, shipment_id, kit().now())
    return _said(shipment_id, outcome)


def _said(shipment_id: int, outcome: Done | Sorry | None) -> ResponseReturnValue:
    if outcome is None:
        abort(404)
    say(outcome)
    return _onward(shipment_id)


def _onward(shipment_id: int) -> ResponseReturnValue:
    """To the page that the form was on."""
    where = "console_change.options" if request.form.get("from") == "change" else "console.show"
    return redirect(url_for(where, shipment_id=shipment_id, _anchor="caller"), 303)
