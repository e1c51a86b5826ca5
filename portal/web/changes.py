"""The doors of a change: options and forms, letting go of one, taking back. Only POST changes anything."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.domain.change import Change, Kind, Life, TooLate
from portal.domain.change_policy import Refused
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import Wish
from portal.flows import change, change_look, holds, together
from portal.web import guard
from portal.web.asking import (
    asking_at,
    context,
    context_of,
    of_their_own,
    proof_missing,
    proven,
    searched,
    stale,
    to,
)
from portal.web.choosing import ChangePage, change_page
from portal.web.clean import clean_line
from portal.web.headline import advice
from portal.web.kinds import FORMS
from portal.web.kinds.base import Asking
from portal.web.language import N_, Words, words
from portal.web.tracking import render
from portal.web.wish_forms import MOST_TOGETHER, fields, forget_wish, keep, kept, kept_wish, wish_of
from portal.wiring import kit

bp = Blueprint("changes", __name__)
bp.register_error_handler(CSRFError, stale)

TAKEN_BACK, LET_GO = "taken_back", "let_go"
DONE = {TAKEN_BACK, LET_GO, Life.ASKED.value, Life.ACCEPTED.value, Life.NOMINATED.value}
ANSWERED = N_("This wish was answered in the meantime. Here is how it stands now.")
FOR_ALL = N_("This is not possible for all of them together: %(reason)s")


@dataclass(frozen=True, slots=True)
class Sorry:
    """What went wrong, as marked for translation; `field` is where, `of_all` that it was asked for several parcels."""

    sentence: str = ""
    field: str = ""
    of_all: bool = False

    def said(self, translate: Words) -> str:
        """The sentence in the page's language."""
        said = translate(self.sentence) if self.sentence else ""
        return translate(FOR_ALL) % {"reason": said} if self.of_all else said


NOTHING_WRONG = Sorry()


def options(code: str) -> ResponseReturnValue:
    """Every option, open or closed; the form of one with `?kind=`; with `?undo=` the way back from a change."""
    house, done, undo = kit(), request.args.get("done", ""), request.args.get("undo", "")
    kind, link = request.args.get("kind", ""), guard.link_fingerprint(code)
    wanted = Kind(kind) if kind in KINDS else None
    with house.database.looking() as reader:
        known, now = house.shippers(reader), house.now()
        seen = change_look.look(reader, house.supply, known, link, wanted, searched(), now)
    if seen is None:
        abort(404)
    g.shipment = seen.shipment
    local, found = context_of(code, seen.shipper)
    asking = Asking(seen.shipment, seen.offer.where, seen.offer, local, seen.near)
    page = change_page(
        asking, seen.changes, kind, _typed_before(code, kind), house.voice.answer_minutes, undo
    )
    others = _others(page.sheet.kind) if page.sheet and seen.company else []
    return _shown(code, page, asking, seen.changes, found, others=others, done=done if done in DONE else "")


# Asks for the link in the same look as for everything else.
bp.add_url_rule("/t/<code>/change", view_func=guard.mark(options, "recipient"))


def _again(
    code: str, kind: str = "", sorry: Sorry = NOTHING_WRONG, typed: dict[str, Any] | None = None
) -> str:
    """The page after a no, from what is true at this moment."""
    local, found = context(code)
    asking, wishes = asking_at(local)
    page = change_page(asking, wishes, kind, typed or _typed_before(code, kind), kit().voice.answer_minutes)
    others = _others(page.sheet.kind) if page.sheet else []
    return _shown(code, page, asking, wishes, found, sorry, others)


def _shown(
    code: str,
    page: ChangePage,
    asking: Asking,
    wishes: list[Change],
    found: dict[str, Any],
    sorry: Sorry = NOTHING_WRONG,
    others: Sequence[str] = (),
    done: str = "",
) -> str:
    local = asking.local
    asked = (("kind", page.sheet.kind if page.sheet else ""), ("undo", page.undo.id if page.undo else ""))
    own = {} if page.sheet else of_their_own(wishes)
    found |= {
        "page": page,
        "others": others,
        "own": own,
        "proven": bool(own) and proven(code),
        "advice": advice(g.shipment, local, asking.situation.act_by) if not page.sheet else "",
        "done": done,
        "here": "".join(f"{name}={value}&" for name, value in asked if value),
        "wrong": sorry.field,
        "sorry": sorry.said(words(local.language)),
    }
    return render("pages/tracking/change.html", found)


def _typed_before(code: str, kind: str) -> dict[str, Any]:
    """Who goes one step back finds the form as it was."""
    wanted = kept_wish(code)
    return fields(wanted) if wanted and wanted.kind == kind else {}


def _others(kind: str) -> list[str]:
    """References of what else is under way to this door and could be changed alike."""
    with kit().reading() as session:
        found = together.others(session, kit().voice, g.shipment, Kind(kind), kit().now())
    return [one.reference for one in found]


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
    return _again(code, wanted.kind, sorry, fields(wanted)), 422 if field else 409


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
        return _again(code, sorry=Sorry(ANSWERED)), 409
    return to(code, "/change", done=TAKEN_BACK)
