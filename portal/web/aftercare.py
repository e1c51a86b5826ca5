"""The doors after the delivery: its proof, "I have it", problems and stars. Only POST changes anything."""

import secrets
from typing import Any

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from portal.domain.claim import may_say, reconciled
from portal.domain.pictures import PROBLEM_BYTES, NoPicture
from portal.domain.problem import LONGEST_WORDS, MOST_PICTURES, NotReported
from portal.domain.rating import LONGEST_WORDS as LONGEST_OPINION
from portal.domain.rating import NotRated
from portal.domain.shipment import Status
from portal.flows import claiming, handover, rating, reporting
from portal.flows.pictures import Picture, developed
from portal.store import claims, ratings
from portal.web import guard, pictures, uploads
from portal.web.asking import context, proven, to
from portal.web.clean import clean_line, clean_text
from portal.web.language import N_, choose, words
from portal.web.phrases import HANDED
from portal.web.phrases_after import FOUND, PROBLEMS, STARS
from portal.web.proof_view import pin_to_show, proof_page
from portal.web.tracking import frame, render
from portal.wiring import kit

bp = Blueprint("aftercare", __name__)

DONE = "done"
TOO_MUCH = N_("Your pictures are too large. Please choose smaller ones, at most 3 of them.")


@bp.url_value_preprocessor
def _limits(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Said before the form is read, which is as early as its token is looked for."""
    with_pictures = request.endpoint == "aftercare.report" and request.method == "POST"
    uploads.allow(PROBLEM_BYTES, MOST_PICTURES if with_pictures else 0)


@bp.get("/t/<code>/proof")
@guard.recipient
def proof(code: str) -> ResponseReturnValue:
    """How and when it was handed over; all else, and the PIN before it, after the code."""
    local, found = context(code)
    verified = proven(code)
    with kit().reading() as session:
        door = handover.at_the_door(session, g.shipment, local.now)
    found |= {
        "proof": proof_page(g.shipment, door, local, verified=verified),
        "pin_wanted": g.shipment.restrictions.pin and not g.shipment.state.finished,
        "pin": pin_to_show(g.shipment, kit().voice.secret, verified=verified),
        "reference": g.shipment.reference,
    }
    return render("pages/tracking/proof.html", found)


@bp.get("/t/<code>/pictures/<name>")
@guard.proven
def picture(code: str, name: str) -> ResponseReturnValue:
    """A photo or signature of the hand-over, for whoever typed the code."""
    with kit().reading() as session:
        door = handover.at_the_door(session, g.shipment, kit().now())
    return pictures.answer(list(door.pictures) if door else [], name)


@bp.get("/t/<code>/received")
@guard.recipient
def received(code: str) -> ResponseReturnValue:
    """Do you have it? What was said so far, and what it led to."""
    local, found = context(code)
    _ = words(local.language)
    with kit().reading() as session:
        said = claims.of_shipment(session, g.shipment.id)
    state = g.shipment.state
    tone, sentence = FOUND[reconciled(state.status, said.has_it)] if said else ("", "")
    found |= {
        "may_say": may_say(state.status),
        "has_it": said.has_it if said else None,
        "tone": tone,
        "sentence": _(sentence) if sentence else "",
        "how": _(HANDED[state.how]) if state.how else "",
        "delivered": state.status is Status.DELIVERED,
    }
    return render("pages/tracking/received.html", found)


@bp.post("/t/<code>/received")
@guard.recipient
def say(code: str) -> ResponseReturnValue:
    """I have it, or I do not; the link is enough, since nothing moves elsewhere."""
    answer = request.form.get("has_it", "")
    if answer in ("yes", "no"):
        with kit().transaction() as session:
            claiming.say(session, kit().voice, g.shipment, answer == "yes", kit().now())
    return to(code, "/received")


@bp.get("/t/<code>/problem")
@guard.recipient
def problem(code: str) -> ResponseReturnValue:
    """The form of a problem."""
    return _problem_page(code, done=request.args.get(DONE) == "1")


def _problem_page(code: str, sorry: str = "", *, done: bool = False) -> str:
    local, found = context(code)
    _ = words(local.language)
    typed = request.form if sorry else request.args
    kind = clean_line(typed.get("kind", ""))
    found |= {
        "done": done,
        "sorry": _(sorry) if sorry else "",
        "kinds": [(one.value, _(said)) for one, said in PROBLEMS.items()],
        "kind": kind,
        "typed": clean_text(request.form.get("words", ""))[:LONGEST_WORDS],
        "most_words": LONGEST_WORDS,
        # Names this form, so that pressing twice reports once; kept when it is shown again.
        "form": clean_line(request.form.get("form", ""))[:40] or secrets.token_hex(8),
    }
    return render("pages/tracking/problem.html", found)


@bp.post("/t/<code>/problem")
@guard.recipient
def report(code: str) -> ResponseReturnValue:
    """Report a problem, with up to three pictures."""
    sent = [one for one in request.files.getlist("pictures") if one.filename]
    kind, said = clean_line(request.form.get("kind", "")), clean_text(request.form.get("words", ""))
    with kit().reading() as session:
        because = reporting.refused(session, g.shipment, kind, said, len(sent))
    if because and because is not NotReported.OFTEN:
        return _not_reported(code, because)
    if because:
        # No picture is opened any more; but the fifth report, pressed twice, is still one that was taken.
        sent = []
    read = [developed(uploads.body_of(one, PROBLEM_BYTES), PROBLEM_BYTES) for one in sent]
    if bad := next((one for one in read if isinstance(one, NoPicture)), None):
        return _problem_page(code, bad.value), 422
    house = kit()
    with house.transaction() as session:
        verdict = reporting.report(
            session,
            house.voice,
            house.drawer,
            g.shipment,
            kind,
            said,
            [one for one in read if isinstance(one, Picture)],
            clean_line(request.form.get("form", ""))[:40],
            house.shippers(session)[g.shipment.shipper_id].rules.keep.proof_days or house.settings.proof_days,
            house.now(),
        )
    if isinstance(verdict, NotReported):
        return _not_reported(code, verdict)
    return to(code, "/problem", **{DONE: "1"})


def _not_reported(code: str, because: NotReported) -> ResponseReturnValue:
    return _problem_page(code, because.value), 429 if because is NotReported.OFTEN else 422


@bp.get("/t/<code>/rate")
@guard.recipient
def rate(code: str) -> ResponseReturnValue:
    """Stars and words, as given so far."""
    return _rate_page(code, done=request.args.get(DONE) == "1")


def _rate_page(code: str, sorry: str = "", *, done: bool = False) -> str:
    local, found = context(code)
    _ = words(local.language)
    with kit().reading() as session:
        given = ratings.of_shipment(session, g.shipment.id)
    until = given.changeable_until() if given else None
    found |= {
        "done": done,
        "sorry": _(sorry) if sorry else "",
        "stars": [(number, _(said)) for number, said in STARS.items()],
        "given": given,
        "open": g.shipment.state.status is Status.DELIVERED and (until is None or local.now < until),
        "until": local.at(until) if until and local.now < until else "",
        "delivered": g.shipment.state.status is Status.DELIVERED,
        "most_words": LONGEST_OPINION,
    }
    return render("pages/tracking/rate.html", found)


@bp.post("/t/<code>/rate")
@guard.recipient
def give(code: str) -> ResponseReturnValue:
    """Keep a rating, or change it while that is possible."""
    typed = clean_line(request.form.get("stars", ""))
    stars = int(typed) if typed in {"1", "2", "3", "4", "5"} else None
    with kit().transaction() as session:
        opinion = clean_text(request.form.get("words", ""))
        verdict = rating.rate(session, kit().voice, g.shipment, stars, opinion, kit().now())
    if isinstance(verdict, NotRated):
        late = verdict in (NotRated.TOO_LATE, NotRated.NOT_YET)
        return _rate_page(code, verdict.value), 409 if late else 422
    return to(code, "/rate", **{DONE: "1"})


@bp.errorhandler(CSRFError)
def stale(_error: CSRFError) -> ResponseReturnValue:
    """A form open for too long, or a browser without cookies: nothing was kept, and here is the way on."""
    return _away("pages/tracking/stale.html"), 400


@bp.errorhandler(RequestEntityTooLarge)
def too_large(_error: RequestEntityTooLarge) -> ResponseReturnValue:
    """More than a form with its pictures may hold; it was not read."""
    return _away("pages/tracking/too_large.html", sorry=TOO_MUCH), 413


def _away(template: str, sorry: str = "") -> str:
    """A page that knows no shipment: the form was refused before its link was looked at."""
    language, code = choose(request.args.get("lang", "")), (request.view_args or {}).get("code", "")
    page = request.path.rpartition("/")[2]
    return render(template, frame(code, language, again=page, sorry=words(language)(sorry) if sorry else ""))
