"""A change for a caller: the recipient's options as an agent reads them out, the form of one, and taking one back."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.change_policy import Refused
from portal.domain.kinds.base import Wish
from portal.domain.roles import Role, may
from portal.flows import caller_change, dossier
from portal.flows.agent_acts import Done, Sorry
from portal.flows.caller_change import Waits
from portal.store import shipments
from portal.web import console_calls, guard
from portal.web.asking import asking_at
from portal.web.caller_options import caller_options
from portal.web.choosing import change_page
from portal.web.clean import clean_line
from portal.web.console_ways import SHIPMENT, back, say
from portal.web.kinds import FORMS
from portal.web.language import words
from portal.web.present import local_of
from portal.web.wish_forms import fields, wish_of
from portal.wiring import kit

bp = Blueprint("console_change", __name__, url_prefix="/console")

ASKED = "Dispatch is asked. The recipient is told, with the way to take it back."
WAITS = "A second person has to agree first. Until then nothing is asked, and the recipient is not told."
NOTHING = "Please choose what the caller wants."


@bp.get(f"{SHIPMENT}/change")
@guard.agent()
def options(shipment_id: int) -> ResponseReturnValue:
    """Every option, open or closed; `?kind=` the form of one."""
    page = _page(shipment_id, request.args.get("kind", ""))
    with kit().transaction() as session:
        dossier.note_look(session, g.agent, g.shipment, kit().now())
    return page


@bp.post(f"{SHIPMENT}/change")
@guard.agent(Role.AGENT)
def ask(shipment_id: int) -> ResponseReturnValue:
    """Ask it: at once, or of a second person first."""
    wanted = wish_of(request.form)
    if wanted is None:
        return _page(shipment_id, "", NOTHING), 422
    with kit().transaction() as session:
        verdict = caller_change.ask(session, kit().voice, g.agent, shipment_id, wanted, kit().now())
    match verdict:
        case None:
            abort(404)
        case Sorry(because):
            return _page(shipment_id, wanted.kind, because, wanted), 409
        case Refused(no):
            field = FORMS[wanted.kind].fields.get(no, "")
            return _page(shipment_id, wanted.kind, no.value, wanted, field), 422 if field else 409
        case Waits():
            return back(shipment_id, Done(WAITS))
        case _:
            return back(shipment_id, Done(ASKED))


@bp.post(f"{SHIPMENT}/change/withdraw")
@guard.agent(Role.AGENT)
def withdraw(shipment_id: int) -> ResponseReturnValue:
    """Take a change back for the caller."""
    change_id = clean_line(request.form.get("change", ""))[:40]
    with kit().transaction() as session:
        outcome = caller_change.take_back(session, kit().voice, g.agent, shipment_id, change_id, kit().now())
    if outcome is None:
        abort(404)
    say(outcome)
    return redirect(url_for("console_change.options", shipment_id=shipment_id, _anchor="said"), 303)


def _page(shipment_id: int, kind: str, sorry: str = "", typed: Wish | None = None, wrong: str = "") -> str:
    with kit().reading() as session:
        g.shipment = shipments.by_id(session, g.agent.shipper_id, shipment_id)
        if g.shipment is None:
            abort(404)
        caller = console_calls.panel_of(session, g.agent, g.shipment)
    local = local_of(g.shipment.address, "en", kit().now())
    asking, known = asking_at(local)
    filled = fields(typed) if typed else {}
    page = change_page(asking, known, kind, filled, kit().voice.answer_minutes)
    if page.sheet:
        # the map beside the list is the recipient's own page
        page.sheet.choices["map"] = False
    shown: dict[str, Any] = {"_": words("en"), "language": "en", "suffix": "", "also": ""}
    return render_template(
        "pages/console/change.html",
        base=url_for("console.show", shipment_id=shipment_id),
        shipment=g.shipment,
        page=page,
        options=caller_options(asking, caller.proof, kit().voice.answer_minutes),
        caller=caller,
        sorry=sorry,
        wrong=wrong,
        may_act=may(g.agent.role, Role.AGENT),
        **shown,
    )
