"""The console: find a shipment from what a caller knows, read its dossier, note, send a message again."""

from uuid import UUID

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role, may
from portal.domain.standing import STANDS
from portal.domain.timeline import Choice
from portal.domain.veil import LINK, NEIGHBORS_LINK, closed, veiled
from portal.flows import agent_acts, agent_acts_resend, dossier, unread
from portal.flows import search as searching
from portal.flows.dossier import Dossier
from portal.web import console_acts, console_calls, contact_view, guard, matters_view, search_pages
from portal.web.clean import clean_line, clean_text
from portal.web.console_ways import SHIPMENT, back, say
from portal.web.contact_view import ShownContact
from portal.web.dossier_view import choice_of, clock, days_of, filters_of, link_says
from portal.web.own_clock import two_clocks
from portal.wiring import kit

bp = Blueprint("console", __name__, url_prefix="/console")

# How often the recipient's page beside a dossier is compared with what it was.
LOOK_AGAIN_S = 15


@bp.get("")
@guard.agent()
def search() -> ResponseReturnValue:
    """One box, with what was found."""
    return search_pages.show()


@bp.post("")
@guard.agent()
def find() -> ResponseReturnValue:
    """A search. A clue that means one shipment beyond doubt leads straight to it."""
    return search_pages.ask()


@bp.get(SHIPMENT)
@guard.agent()
def show(shipment_id: int) -> ResponseReturnValue:
    """The dossier; `?show=` some strands of the timeline, `?problems=1` only what is not as it should be."""
    choice = choice_of(request.args.getlist("show"), request.args.get("problems", ""))
    with kit().reading() as session:
        found = dossier.open_dossier(session, kit().voice, g.agent, shipment_id, kit().now(), choice)
        if found is None:
            abort(404)
        contact = contact_view.shown(session, g.agent, found.shipment)
        around = searching.same_door(session, g.agent, found.shipment)
        pickup_code = dossier.code_for_caller(session, kit().voice, g.agent, found, kit().now())
        acts = console_acts.panel(session, g.agent, found)
        caller = console_calls.panel(session, g.agent, found)
        work = matters_view.panel(session, shipment_id)
    with kit().transaction() as session:
        dossier.note_look(session, g.agent, found.shipment, kit().now())
        if pickup_code:
            dossier.note_look(session, g.agent, found.shipment, kit().now(), "saw_pickup_code")
    beside = {"around": around, "pickup_code": pickup_code, "stands": STANDS}
    return _page(found, choice, contact, acts=acts, caller=caller, work=work, **beside)


def _page(found: Dossier, choice: Choice, contact: ShownContact, **panels: object) -> str:
    address, now = found.shipment.address, kit().now()
    at_door = clock(address.timezone, address.country, now)
    may_act = may(g.agent.role, Role.AGENT)
    timeline = closed(found.timeline, NEIGHBORS_LINK if may_act else LINK)
    timeline = veiled(timeline) if contact.masked else timeline
    return render_template(
        "pages/console/dossier.html",
        dossier=found,
        shipment=found.shipment,
        door=at_door,
        clocks=two_clocks(at_door, g.agent.timezone),
        days=days_of(timeline, at_door, fold=choice.everything),
        filters=filters_of(timeline, choice),
        choice=choice,
        contact=contact,
        link_says=link_says(found.links, at_door),
        look_again_s=LOOK_AGAIN_S,
        may_act=may_act,
        longest_note=agent_acts.LONGEST_NOTE,
        **panels,
    )


@bp.post(f"{SHIPMENT}/notes")
@guard.agent(Role.AGENT)
def note(shipment_id: int) -> ResponseReturnValue:
    """Write a note."""
    text = clean_text(request.form.get("text", ""))
    with kit().transaction() as session:
        outcome = agent_acts.note(session, g.agent, shipment_id, text, kit().now())
    return back(shipment_id, outcome)


@bp.post(f"{SHIPMENT}/messages/<uuid:message_id>/again")
@guard.agent(Role.AGENT)
def resend(shipment_id: int, message_id: UUID) -> ResponseReturnValue:
    """Send the same words again, or the same news the other way."""
    other, why = request.form.get("by") == "other", clean_line(request.form.get("why", ""))
    with kit().transaction() as session:
        outcome = agent_acts_resend.resend(
            session, kit().voice, g.agent, shipment_id, str(message_id), kit().now(), by_other=other, why=why
        )
    return back(shipment_id, outcome)


@bp.post("/texts/<int(max=2147483647):text_id>/done")
@guard.agent(Role.AGENT)
def text_done(text_id: int) -> ResponseReturnValue:
    """A text that nobody understood was looked after."""
    with kit().transaction() as session:
        outcome = unread.done(session, g.agent, text_id, kit().now())
    if outcome is None:
        abort(404)
    say(outcome)
    return redirect(url_for("console.search", _anchor="texts"), 303)
