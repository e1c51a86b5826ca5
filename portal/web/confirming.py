"""The last step of a change: read once more what it means, then one button, or the one-time code."""

from datetime import datetime
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.domain.access import CodeVerdict
from portal.domain.change import Change
from portal.domain.change_policy import Refused
from portal.domain.kinds.base import Wish
from portal.flows import change, codes, together
from portal.flows.codes import NotSent
from portal.web import guard
from portal.web.asking import asking_at, context, proof_missing, proven, stale, to
from portal.web.changes import refused
from portal.web.choosing import LastLook, last_look
from portal.web.kinds.base import Asking
from portal.web.language import words
from portal.web.local import Local
from portal.web.tracking import render
from portal.web.wish_forms import forget_wish, keep, kept, kept_wish
from portal.wiring import kit

bp = Blueprint("confirming", __name__)
# What a code is typed for, beside a wish: the page that shows more after it.
FOR = {"proof": "/proof", "pickup": "/pickup", "wishes": "/change"}
bp.register_error_handler(CSRFError, stale)


@bp.get("/t/<code>/confirm")
@guard.recipient
def confirm(code: str) -> ResponseReturnValue:
    """What it would mean, and one button. A wish that takes a code goes where codes are typed."""
    local, found = context(code)
    wanted = kept_wish(code)
    asking, _wishes = asking_at(local, wanted)
    if wanted and proof_missing(code, wanted, asking):
        return to(code, "/verify")
    found["look"] = _look(code, wanted, asking)
    return render("pages/tracking/confirm.html", found)


@bp.post("/t/<code>/confirm")
@guard.recipient
def agree(code: str) -> ResponseReturnValue:
    """The button: the wish is asked, unless it takes a code that nobody typed."""
    wanted = kept_wish(code)
    if wanted is None:
        return to(code, "/confirm")
    local, _found = context(code)
    if proof_missing(code, wanted, asking_at(local, wanted)[0]):
        return to(code, "/verify")
    return _ask(code, wanted, "otp" if proven(code) else "link")


def _look(code: str, wanted: Wish | None, asking: Asking) -> LastLook | None:
    """The kept wish as it is read once more; None where this browser keeps none."""
    if wanted is None:
        return None
    until = kept(code, "held")
    held = datetime.fromisoformat(until) if until else None
    return last_look(wanted, asking, kept(code, "also") or (), held, kit().voice.answer_minutes)


def _ask(code: str, wanted: Wish, method: str) -> ResponseReturnValue:
    voice, now, ticked = kit().voice, kit().now(), kept(code, "also") or ()
    with kit().transaction() as session:
        others = together.chosen(session, voice, g.shipment, wanted.kind, ticked, now)
        verdict = change.ask_together(session, voice, [g.shipment, *others], wanted, now, method=method)
    forget_wish(code)
    if isinstance(verdict, Refused):
        return refused(code, wanted, verdict, together=bool(others))
    return to(code, "/change", done=_own(verdict).life.value)


def _own(asked: list[change.Asked]) -> Change:
    """Of what was asked together, the change of the shipment whose page this is."""
    return next(one.change for one in asked if one.change.shipment_id == g.shipment.id)


@bp.get("/t/<code>/verify")
@guard.recipient
def verify(code: str) -> ResponseReturnValue:
    """Where the one-time code is asked for and typed."""
    return _verify_page(code, request.args.get("for", ""))


def _verify_page(code: str, purpose: str, sorry: str = "", ask_anew: bool = False) -> str:
    local, found = context(code)
    purpose = purpose if purpose in FOR else ""
    wanted = kept_wish(code) if not purpose else None
    found |= {
        "purpose": purpose,
        "leads": FOR.get(purpose, "/change"),
        "look": _look(code, wanted, asking_at(local, wanted)[0]),
        "here": f"for={purpose}&" if purpose else "",
    }
    return render("pages/tracking/verify.html", found | _code_facts(code, local, sorry, ask_anew))


def _code_facts(code: str, local: Local, sorry: str, ask_anew: bool) -> dict[str, Any]:
    """Where a code went, and what was wrong with the one that was typed."""
    return {
        "reachable": bool(g.shipment.recipient.phone or g.shipment.recipient.email),
        "where": None if ask_anew else kept(code, "sent"),
        "again": bool(kept(code, "sent")),
        "minutes": kit().settings.code_minutes,
        "sorry": words(local.language)(sorry) if sorry else "",
    }


@bp.post("/t/<code>/verify/code")
@guard.recipient
def send(code: str) -> ResponseReturnValue:
    """Send a code to a contact on file."""
    purpose = request.form.get("for", "")
    with kit().transaction() as session:
        sent = codes.send_code(session, kit().voice, g.shipment, kit().now())
    if isinstance(sent, NotSent):
        return _verify_page(code, purpose, _why_not(sent, context(code)[0])), 429
    keep(code, sent={"channel": sent.channel, "hint": sent.hint})
    return to(code, "/verify", **{"for": purpose if purpose in FOR else ""})


def _why_not(sent: NotSent, local: Local) -> str:
    said = words(local.language)(sent.because)
    return said % {"time": local.by(sent.until)} if sent.until else said


@bp.post("/t/<code>/verify")
@guard.recipient
def check(code: str) -> ResponseReturnValue:
    """Check a typed code; a right one confirms the kept wish."""
    purpose, tries = request.form.get("for", ""), kit().settings.code_tries
    with kit().transaction() as session:
        typed = request.form.get("code", "")
        checked = codes.check_code(session, kit().voice, g.shipment, typed, tries, kit().now())
    if checked.verdict is not CodeVerdict.RIGHT:
        anew = checked.verdict is not CodeVerdict.WRONG
        return _verify_page(code, purpose, checked.verdict.value, anew), 422
    keep(code, proof=checked.proof, sent=None)
    if purpose in FOR:
        return to(code, FOR[purpose])
    wanted = kept_wish(code)
    return _ask(code, wanted, "otp") if wanted else to(code, "/change")
