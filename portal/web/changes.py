"""The doors of a change: options and forms, the one-time code, taking back. Only POST changes anything."""

from typing import Any

from flask import Blueprint, g, redirect, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.domain.access import CodeVerdict
from portal.domain.change import Change, Kind, TooLate
from portal.domain.change_policy import Refused
from portal.domain.kinds.base import No, Wish
from portal.flows import change, codes, track
from portal.flows.change_offer import place_of, situation
from portal.flows.codes import NotSent
from portal.web import guard
from portal.web.brand import brand_of
from portal.web.choosing import change_page, described
from portal.web.clean import clean_line
from portal.web.kinds import FORMS
from portal.web.kinds.base import Asking
from portal.web.language import N_, choose, known, words
from portal.web.local import Local
from portal.web.present import local_of
from portal.web.story import proof_view
from portal.web.tracking import frame, render
from portal.web.wish_forms import fields, keep, kept, kept_wish, wish_of
from portal.wiring import kit

bp = Blueprint("changes", __name__)

TAKEN_BACK, ASKED = "taken_back", "asked"
ANSWERED = N_("This wish was answered in the meantime. Here is how it stands now.")


def _to(code: str, path: str = "", **args: str) -> ResponseReturnValue:
    """See other: after a POST the browser asks for a page, in the language that was chosen."""
    asked = known(request.args.get("lang", ""))
    pairs = [f"{name}={value}" for name, value in {**args, "lang": asked}.items() if value]
    return redirect(f"/t/{code}{path}" + ("?" + "&".join(pairs) if pairs else ""), 303)


def _context(code: str, **more: Any) -> tuple[Local, dict[str, Any]]:
    """The clock at the door and what every template here needs."""
    with kit().reading() as session:
        shipper = kit().shippers(session)[g.shipment.shipper_id]
    language = choose(request.args.get("lang", ""), g.shipment.recipient.language, shipper.language)
    context = frame(code, language, brand=brand_of(shipper.name, shipper.brand), **more)
    return local_of(g.shipment.address, language, kit().now()), context


@bp.get("/t/<code>/change")
@guard.recipient
def options(code: str) -> ResponseReturnValue:
    """Every option, open or closed; the form of one with `?kind=`."""
    done = request.args.get("done", "")
    return _options_page(code, request.args.get("kind", ""), done=done if done in (ASKED, TAKEN_BACK) else "")


def _asking(local: Local) -> tuple[Asking, list[Change]]:
    """What a form is judged in now, and the wishes so far."""
    with kit().reading() as session:
        whole, known, offer = track.choices(session, kit().voice, g.shipment, local.now)
        rules = kit().shippers(session)[whole.shipper_id].rules
        where = situation(whole, rules, known, place_of(session, whole, local.now))
    return Asking(whole, where, offer, local), known


def _options_page(
    code: str,
    kind: str,
    no: No | None = None,
    sorry: str = "",
    typed: dict[str, Any] | None = None,
    done: str = "",
) -> str:
    local, context = _context(code)
    asking, wishes = _asking(local)
    page = change_page(asking, wishes, kind, typed or {}, kit().voice.answer_minutes)
    context |= {"page": page, "done": done, "here": f"kind={page.sheet.kind}&" if page.sheet else ""}
    said = no.value if no else sorry
    context |= {
        "wrong": FORMS[Kind(kind)].fields.get(no, "") if no else "",
        "sorry": words(local.language)(said) if said else "",
    }
    return render("pages/tracking/change.html", context)


@bp.post("/t/<code>/change")
@guard.recipient
def wish(code: str) -> ResponseReturnValue:
    """A wish from a form: refused with its reason, else kept until the code is typed."""
    wanted = wish_of(request.form)
    if wanted is None:
        return _to(code, "/change")
    now = kit().now()
    with kit().reading() as session:
        verdict = track.consider(session, kit().voice, g.shipment, wanted, now)
        proven = codes.is_proven(session, g.shipment, kept(code, "proof") or "", now)
    if isinstance(verdict, Refused):
        return _refused(code, wanted, verdict)
    keep(code, wish=fields(wanted))
    return _ask(code, wanted) if proven else _to(code, "/verify")


def _refused(code: str, wanted: Wish, verdict: Refused) -> ResponseReturnValue:
    status = 422 if verdict.because in FORMS[wanted.kind].fields else 409
    return _options_page(code, wanted.kind, no=verdict.because, typed=fields(wanted)), status


def _ask(code: str, wanted: Wish) -> ResponseReturnValue:
    with kit().transaction() as session:
        verdict = change.ask(session, kit().voice, g.shipment, wanted, kit().now())
    keep(code, wish=None, sent=None)
    return (
        _refused(code, wanted, verdict) if isinstance(verdict, Refused) else _to(code, "/change", done=ASKED)
    )


@bp.post("/t/<code>/change/withdraw")
@guard.recipient
def withdraw(code: str) -> ResponseReturnValue:
    """Take an open wish back."""
    with kit().transaction() as session:
        verdict = change.withdraw(
            session, kit().voice, g.shipment, clean_line(request.form.get("change", "")), kit().now()
        )
    if verdict is None or isinstance(verdict, TooLate):
        return _options_page(code, "", sorry=ANSWERED), 409
    return _to(code, "/change", done=TAKEN_BACK)


@bp.get("/t/<code>/verify")
@guard.recipient
def verify(code: str) -> ResponseReturnValue:
    """Where the one-time code is asked for and typed."""
    return _verify_page(code, request.args.get("for", ""))


def _verify_page(code: str, purpose: str, sorry: str = "", ask_anew: bool = False) -> str:
    wanted = kept_wish(code) if purpose != "proof" else None
    local, context = _context(code)
    _ = words(local.language)
    about = ""
    if wanted:
        about = described(wanted, _asking(local)[0])
    context |= {
        "purpose": "proof" if purpose == "proof" else "",
        "wish": _(FORMS[wanted.kind].title) if wanted else "",
        "details": about,
        "reachable": bool(g.shipment.recipient.phone or g.shipment.recipient.email),
        "where": None if ask_anew else kept(code, "sent"),
        "again": bool(kept(code, "sent")),
        "minutes": kit().settings.code_minutes,
        "sorry": _(sorry) if sorry else "",
        "here": "for=proof&" if purpose == "proof" else "",
    }
    return render("pages/tracking/verify.html", context)


@bp.post("/t/<code>/verify/code")
@guard.recipient
def send(code: str) -> ResponseReturnValue:
    """Send a code to a contact on file."""
    purpose = request.form.get("for", "")
    with kit().transaction() as session:
        sent = codes.send_code(session, kit().voice, g.shipment, kit().now())
    if isinstance(sent, NotSent):
        return _verify_page(code, purpose, sent.because), 429
    keep(code, sent={"channel": sent.channel, "hint": sent.hint})
    return _to(code, "/verify", **{"for": "proof" if purpose == "proof" else ""})


@bp.post("/t/<code>/verify")
@guard.recipient
def check(code: str) -> ResponseReturnValue:
    """Check a typed code; a right one lets the kept wish be asked."""
    purpose, tries = request.form.get("for", ""), kit().settings.code_tries
    with kit().transaction() as session:
        typed = request.form.get("code", "")
        checked = codes.check_code(session, kit().voice, g.shipment, typed, tries, kit().now())
    if checked.verdict is not CodeVerdict.RIGHT:
        return _verify_page(
            code, purpose, checked.verdict.value, checked.verdict is not CodeVerdict.WRONG
        ), 422
    keep(code, proof=checked.proof, sent=None)
    wanted = kept_wish(code)
    if purpose == "proof":
        return _to(code, "/proof")
    return _ask(code, wanted) if wanted else _to(code, "/change")


@bp.get("/t/<code>/proof")
@guard.recipient
def proof(code: str) -> ResponseReturnValue:
    """How, when and where it was handed over; where only after the code."""
    local, context = _context(code)
    with kit().reading() as session:
        verified = codes.is_proven(session, g.shipment, kept(code, "proof") or "", local.now)
    context |= {"proof": proof_view(g.shipment, local, verified=verified), "reference": g.shipment.reference}
    return render("pages/tracking/proof.html", context)


@bp.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """A form open for too long, or a browser without cookies: nothing was changed, and here is the way on."""
    language = choose(request.args.get("lang", ""))
    code = (request.view_args or {}).get("code", "")
    return render("pages/tracking/stale.html", frame(code, language)), 400
