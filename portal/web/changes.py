"""The doors of a change: options and forms, letting go of one, taking back. Only POST changes anything."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.domain.change import TooLate
from portal.domain.change_policy import Refused
from portal.domain.kinds.base import Wish
from portal.flows import change, holds, together
from portal.web import guard
from portal.web.asking import asking_at, context, proof_missing, stale, to
from portal.web.change_pages import LET_GO, TAKEN_BACK, Sorry, after_a_no, looked_at
from portal.web.clean import clean_line
from portal.web.kinds import FORMS
from portal.web.language import N_
from portal.web.wish_forms import MOST_TOGETHER, fields, forget_wish, keep, kept, kept_wish, wish_of
from portal.wiring import kit

bp = Blueprint("changes", __name__)
bp.register_error_handler(CSRFError, stale)

ANSWERED = N_("This wish was answered in the meantime. Here is how it stands now.")


def options(code: str) -> ResponseReturnValue:
    """Every option, open or closed; the form of one with `?kind=`; with `?undo=` the way back from a change."""
    return looked_at(code)


# Asks for the link in the same look as for everything else.
bp.add_url_rule("/t/<code>/change", view_func=guard.mark(options, "recipient"))


@bp.post("/t/<code>/change")
@guard.recipient
def wish(code: str) -> ResponseReturnValue:
    """A wish from a form: refused with its reason, else what it needs is kept until it is confirmed."""
    wanted = wish_of(request.form)
    if wanted is None:
        return to(code, "/change")
    voice, now = kit().voice, kit().now()
    local, _found = context(code)
    missing = proof_missing(code, wanted, asking_at(local, wanted)[0])
    ticked = request.form.getlist("also")[:MOST_TOGETHER]
    with kit().transaction() as session:
        others = together.chosen(session, voice, g.shipment, wanted.kind, ticked, now)
        verdict = holds.hold_together(session, voice, [g.shipment, *others], wanted, now)
    if isinstance(verdict, Refused):
        # said to anybody with the link it would tell what they do not know: after the code it is said
        if not (missing and verdict.because in FORMS[wanted.kind].private):
            return refused(code, wanted, verdict, together=bool(others))
        until = None
    else:
        until = verdict.until
    held = until.isoformat() if until else None
    keep(code, wish=fields(wanted), also=[one.reference for one in others], held=held)
    return to(code, "/verify" if missing else "/confirm")


def refused(code: str, wanted: Wish, verdict: Refused, *, together: bool = False) -> ResponseReturnValue:
    """The form once more, with the reason at its field; or the options, where the reason concerns the delivery."""
    field = FORMS[wanted.kind].fields.get(verdict.because, "")
    sorry = Sorry(verdict.because.value, field, together)
    return after_a_no(code, wanted.kind, sorry, fields(wanted)), 422 if field else 409


@bp.post("/t/<code>/change/release")
@guard.recipient
def release(code: str) -> ResponseReturnValue:
    """Somebody chose something else: what was kept for them is free again."""
    ticked, wanted = kept(code, "also") or (), kept_wish(code)
    with kit().transaction() as session:
        holds.release(session, g.shipment)
        if wanted:
            others = together.chosen(session, kit().voice, g.shipment, wanted.kind, ticked, kit().now())
            for other in others:
                holds.release(session, other)
    forget_wish(code)
    return to(code, "/change", done=LET_GO)


@bp.post("/t/<code>/change/withdraw")
@guard.recipient
def withdraw(code: str) -> ResponseReturnValue:
    """Take a wish back, an accepted one too while there is time. It takes no code: all is as the sender asked."""
    wanted = clean_line(request.form.get("change", ""))
    with kit().transaction() as session:
        verdict = change.withdraw(session, kit().voice, g.shipment, wanted, kit().now())
    if verdict is None or isinstance(verdict, TooLate):
        return after_a_no(code, sorry=Sorry(ANSWERED)), 409
    return to(code, "/change", done=TAKEN_BACK)
