"""Collecting from a locker: where, until when, the code and its picture, more time, and a code for somebody else."""

from dataclasses import dataclass

import segno
from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError

from portal.domain.pickup import NotLonger
from portal.flows import pickup
from portal.flows.pickup import Stay
from portal.web import guard
from portal.web.asking import context, proven, stale, to
from portal.web.kinds.places import in_words
from portal.web.language import N_, words
from portal.web.local import Local
from portal.web.tracking import render
from portal.wiring import kit

bp = Blueprint("pickups", __name__)
bp.register_error_handler(CSRFError, stale)

WHY_NOT = {
    NotLonger.NOT_OFFERED: N_("The time to collect it cannot be made longer."),
    NotLonger.ALREADY: N_("The time to collect it was already made longer."),
    NotLonger.OVER: N_("The time to collect it is over."),
    NotLonger.NOT_THERE: N_("The parcel is not waiting there."),
}
DONE = {"longer", "lent", "taken_back"}


@dataclass(frozen=True, slots=True)
class Pickup:
    """What waits where, in words. The codes are empty until the recipient is verified.

    `longer` is until when it could stay, `not_longer` why it cannot; one of the two is empty.
    """

    name: str
    address: str
    hours: str
    until: str
    over: bool
    opened: str
    longer: str
    not_longer: str
    code: str
    picture: str
    delegate_code: str
    delegate: str


@bp.get("/t/<code>/pickup")
@guard.recipient
def show(code: str) -> ResponseReturnValue:
    """Where it waits and until when; how it opens only after the one-time code."""
    done = request.args.get("done", "")
    return _page(code, done if done in DONE else "")


def _page(code: str, done: str = "", sorry: str = "") -> str:
    local, found = context(code)
    with kit().reading() as session:
        stay = pickup.look(session, kit().voice, g.shipment, local.now)
    verified = proven(code)
    found |= {
        "stay": _view(stay, local, verified) if stay else None,
        "place": in_words(g.shipment.state.place),
        "verified": verified,
        "done": done,
        "sorry": words(local.language)(sorry) if sorry else "",
    }
    return render("pages/tracking/pickup.html", found)


def _view(stay: Stay, local: Local, verified: bool) -> Pickup:
    booking, _ = stay.booking, words(local.language)
    locker, over = booking.locker, booking.over(local.now)
    shut, ends = not verified or over, stay.longer
    return Pickup(
        name=locker.name,
        address=in_words(locker.address),
        hours=in_words(locker.hours),
        until=local.by(booking.until) if booking.until else "",
        over=over,
        opened=local.at(booking.opened_at) if booking.opened_at else "",
        longer="" if isinstance(ends, NotLonger) else local.by(ends),
        not_longer=_(WHY_NOT[ends]) if isinstance(ends, NotLonger) else "",
        code="" if shut else stay.code,
        picture="" if shut else picture(stay.code),
        delegate_code="" if shut else stay.delegate_code,
        delegate=_delegate(stay),
    )


def _delegate(stay: Stay) -> str:
    """Whether somebody else may collect it: `lent`, `used`, or empty."""
    if stay.booking.delegate_used_at and stay.booking.delegate_nonce:
        return "used"
    return "lent" if stay.delegate_code else ""


def picture(code: str) -> str:
    """The code as a QR code for the locker's camera: a picture in the page itself, which no server is asked for."""
    return segno.make(code, error="m", micro=False).svg_data_uri(scale=8, border=4, light="#fff")


@bp.post("/t/<code>/pickup/longer")
@guard.recipient
def longer(code: str) -> ResponseReturnValue:
    """More time to collect it. It moves nothing, so the link is enough."""
    with kit().transaction() as session:
        became = pickup.extend(session, kit().voice, g.shipment, kit().now())
    if isinstance(became, NotLonger):
        return _page(code, sorry=WHY_NOT[became]), 409
    return to(code, "/pickup", done="longer")


@bp.post("/t/<code>/pickup/delegate")
@guard.recipient
def lend(code: str) -> ResponseReturnValue:
    """A code of their own for somebody else who collects it."""
    if not proven(code):
        return to(code, "/verify", **{"for": "pickup"})
    with kit().transaction() as session:
        became = pickup.let_somebody_collect(session, kit().voice, g.shipment, kit().now())
    if became is None:
        return _page(code, sorry=WHY_NOT[NotLonger.NOT_THERE]), 409
    return to(code, "/pickup", done="lent")


@bp.post("/t/<code>/pickup/delegate/withdraw")
@guard.recipient
def take_back(code: str) -> ResponseReturnValue:
    """The code of somebody else opens nothing any more. It closes a door, so the link is enough."""
    with kit().transaction() as session:
        pickup.take_back(session, g.shipment)
    return to(code, "/pickup", done="taken_back")
