"""The change page as HTML: for whoever only looks, in one question and from memory; and after a no, read anew."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import abort, g, request

from portal.domain.change import Change, Kind, Life
from portal.domain.kinds import KINDS
from portal.flows import change_look, together
from portal.flows.change_look import ChangeLook
from portal.web import guard
from portal.web.asking import asking_at, context, context_of, of_their_own, proven, searched
from portal.web.change_memory import AT_MOST, Draft, memory
from portal.web.choosing import ChangePage, change_page
from portal.web.headers import csp_nonce
from portal.web.headline import advice
from portal.web.kinds.base import Asking
from portal.web.language import N_, Words, words
from portal.web.present import good_while
from portal.web.tracking import render, spoken_now
from portal.web.wish_forms import fields, kept, kept_wish
from portal.wiring import kit

TAKEN_BACK, LET_GO = "taken_back", "let_go"
DONE = {TAKEN_BACK, LET_GO, Life.ASKED.value, Life.ACCEPTED.value, Life.NOMINATED.value}
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


def looked_at(code: str) -> str:
    """The page for whoever only looks, from memory where nothing changed since; 404 for a link that opens nothing."""
    link, now, name = guard.link_fingerprint(code), kit().now(), _shared_name(code)
    if name and (draft := memory().find(link, name, now)):
        return draft.filled(now)
    tickets = memory().tickets()
    seen = _seen(link, now)
    g.shipment = seen.shipment
    draft, until = _drafted(code, seen)
    if name:
        places = change_look.places_of(seen.offer)
        memory().keep(link, name, seen.shipment.id, draft, places, until, tickets)
    return draft.filled(now)


def _shared_name(code: str) -> str:
    """Under which everybody with the link sees the same page; empty where this browser or address sees its own."""
    asked = request.args
    if asked.keys() - {"kind", "lang"} or kept(code, "wish") or kept(code, "proof"):
        return ""
    kind = asked.get("kind", "")
    return f"{kind if kind in KINDS else ''} {spoken_now()}"


def _seen(link: str, now: datetime) -> ChangeLook:
    house, kind = kit(), request.args.get("kind", "")
    wanted = Kind(kind) if kind in KINDS else None
    with house.database.looking() as reader:
        known = house.shippers(reader)
        seen = change_look.look(reader, house.supply, known, link, wanted, searched(), now)
    if seen is None:
        abort(404)
    return seen


def _drafted(code: str, seen: ChangeLook) -> tuple[Draft, datetime]:
    """The page, and until when time alone leaves it true."""
    kind, done, undo = (request.args.get(name, "") for name in ("kind", "done", "undo"))
    local, found = context_of(code, seen.shipper)
    token = secrets.token_hex(16)
    found["csrf_token"] = lambda: token
    asking = Asking(seen.shipment, seen.offer.where, seen.offer, local, seen.near)
    minutes = kit().voice.answer_minutes
    page = change_page(asking, seen.changes, kind, _typed_before(code, kind), minutes, undo)
    others = _others(page.sheet.kind) if page.sheet and seen.company else []
    done = done if done in DONE else ""
    html = _shown(code, page, asking, seen.changes, found, others=others, done=done)
    until = min(local.now + AT_MOST, *good_while(seen.shipment, seen.offer.options, seen.changes, local.now))
    return Draft(html, csp_nonce(), token, found["clock"]["now"]), until


def after_a_no(
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
