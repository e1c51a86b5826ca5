"""What the doors of a change share: where they lead, what their pages need, and what a form is judged in."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import g, redirect, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.domain.change import Change, Kind, Life
from portal.domain.change_policy import needs_code
from portal.domain.kinds.base import Wish
from portal.flows import codes, locker_choice, track
from portal.flows.change_look import Search
from portal.flows.locker_choice import Listed
from portal.store.shippers import Shipper
from portal.web.brand import brand_of
from portal.web.clean import clean_line
from portal.web.kinds import FORMS
from portal.web.kinds.base import Asking, Own
from portal.web.language import choose, known
from portal.web.local import Local
from portal.web.present import local_of
from portal.web.tracking import frame, render
from portal.web.wish_forms import kept
from portal.wiring import kit

LONGEST_SEARCH = 100


def to(code: str, path: str = "", **args: str) -> ResponseReturnValue:
    """See other: after a POST the browser asks for a page, in the language that was chosen."""
    pairs = {
        name: value for name, value in {**args, "lang": known(request.args.get("lang", ""))}.items() if value
    }
    return redirect(f"/t/{code}{path}" + (f"?{urlencode(pairs)}" if pairs else ""), 303)


def context(code: str, **more: Any) -> tuple[Local, dict[str, Any]]:
    """The clock at the door and what every template here needs."""
    with kit().reading() as session:
        shipper = kit().shippers(session)[g.shipment.shipper_id]
    return context_of(code, shipper, **more)


def context_of(code: str, shipper: Shipper, **more: Any) -> tuple[Local, dict[str, Any]]:
    """The same where the shipper was read already."""
    language = choose(request.args.get("lang", ""), g.shipment.recipient.language, shipper.language)
    now, speed = kit().now(), kit().settings.clock_speed
    clock = {"now": now.isoformat(), "speed": speed}
    found = frame(code, language, brand=brand_of(shipper.name, shipper.brand), clock=clock, **more)
    return local_of(g.shipment.address, language, now), found


def asking_at(local: Local, wish: Wish | None = None) -> tuple[Asking, list[Change]]:
    """What a form is judged in now, and the wishes so far; what `wish` names is among the choices."""
    with kit().reading() as session:
        whole, wishes, offer = track.at_hand(session, kit().voice, g.shipment, local.now, wish)
        lists_lockers = request.values.get("kind") == Kind.LOCKER
        near = listed_now(session, local.now) if lists_lockers else None
    return Asking(whole, offer.where, offer, local, near), wishes


def listed_now(session: Session, now: datetime) -> Listed:
    """The lockers that this request asks for: near what was typed, and how many."""
    asked = searched()
    return locker_choice.listed(session, g.shipment, asked.typed, asked.wanted, now)


def searched() -> Search:
    """Near what, and how many."""
    typed, shown = clean_line(request.values.get("near", ""))[:LONGEST_SEARCH], request.values.get("show", "")
    return Search(typed, int(shown) if shown.isascii() and shown.isdigit() and len(shown) < 4 else 0)


def proof_missing(code: str, wish: Wish, asking: Asking) -> bool:
    """Whether this wish takes a one-time code that this browser has not typed a moment ago."""
    return needs_code(wish.kind, asking.situation) and not proven(code)


def proven(code: str) -> bool:
    """Whether this browser typed a right code for this shipment a moment ago."""
    proof = kept(code, "proof")
    if not proof:
        return False
    with kit().reading() as session:
        return codes.is_proven(session, g.shipment, proof, kit().now())


def of_their_own(wishes: Iterable[Change]) -> dict[str, Own]:
    """What only the recipient may see of wishes that go on, by their ids; whether to show it is for the caller."""
    going_on = [one for one in wishes if one.waits or (one.life is Life.ACCEPTED and one.honoured is None)]
    if not going_on:
        return {}
    with kit().reading() as session:
        found = {one.id: FORMS[one.kind].own(session, kit().voice, one) for one in going_on}
    return {key: own for key, own in found.items() if own != Own()}


def stale(_error: Exception) -> ResponseReturnValue:
    """A form open for too long, or a browser without cookies: nothing was changed, and here is the way on."""
    language = choose(request.args.get("lang", ""))
    code = (request.view_args or {}).get("code", "")
    return render("pages/tracking/stale.html", frame(code, language)), 400
