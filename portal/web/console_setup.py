"""Set-up's first pages: all shippers, what of one is set up and what is missing, and who changed what."""

from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import operate_brand, set_up, set_up_state
from portal.flows.operate_terms import Wrong
from portal.flows.set_up_state import How
from portal.store import shippers
from portal.web import guard, setup_form
from portal.web.brand_fields import NEW_SHIPPER
from portal.web.dossier_view import clock
from portal.web.setup_history import told
from portal.web.setup_pages import Where, back, page, ways, where, who
from portal.wiring import kit

bp = Blueprint("console_setup", __name__, url_prefix="/console/setup")

A_PAGE = 50
WORDS = {
    How.WELL: ("good", "Set up"),
    How.MISSING: ("warn", "Needs a look"),
    How.USUAL: ("quiet", "As usual"),
}


@bp.get("")
@guard.agent(Role.ADMIN)
def show() -> ResponseReturnValue:
    """All shippers and the operator; an agent of one shipper goes to it at once."""
    with kit().reading() as session:
        known = shippers.everyone(session)
        if g.agent.shipper_id is not None:
            return redirect(url_for("console_setup.overview", slug=known[g.agent.shipper_id].slug), 302)
        now = kit().now()
        listed = [
            (
                Where(one),
                [state for state in set_up_state.look(session, one, now) if state.how is How.MISSING],
            )
            for one in sorted(known.values(), key=lambda one: one.name.casefold())
        ]
    return page("shippers", Where(None), listed=listed)


@bp.get("/_/new")
@guard.agent(Role.ADMIN)
def new() -> ResponseReturnValue:
    """A form for another shipper."""
    return page("new", where("_"), sheet=setup_form.opened(NEW_SHIPPER, operate_brand.USUAL))


@bp.post("/_/new")
@guard.agent(Role.ADMIN)
def add() -> ResponseReturnValue:
    """Add a shipper."""
    at, sheet = where("_"), setup_form.sent(NEW_SHIPPER, request.form)
    typed = {name: text for name, text in sheet.typed.items() if name != "slug"}
    languages, slug = kit().voice.renderer.languages, sheet.typed["slug"]
    try:
        with kit().transaction() as session:
            made = operate_brand.add(session, who(), typed, slug, languages, kit().now())
    except Wrong as wrong:
        sheet.refuse(wrong)
        return page("new", at, 422, sheet=sheet)
    kit().shippers.forget()
    return back("console_setup.overview", Where(made), f"{made.name} is there. What is missing stands below.")


@bp.get("/<slug>")
@guard.agent(Role.ADMIN)
def overview(slug: str) -> ResponseReturnValue:
    """What is set up and what is missing, each with the way to it."""
    at = where(slug)
    with kit().reading() as session:
        states = set_up_state.look(session, at.shipper, kit().now())
    return page("overview", at, states=states, words=WORDS, addresses=_addresses(at))


def _addresses(at: Where) -> dict[str, tuple[str, str]]:
    """(label, address) of each noun's page."""
    return {name: (label, address) for name, label, address in ways(at)}


@bp.get("/<slug>/history")
@guard.agent(Role.ADMIN)
def history(slug: str) -> ResponseReturnValue:
    """Who changed what, newest first; `?before=` goes on after an entry."""
    at, text = where(slug), request.args.get("before", "0")
    if not text.isdecimal() or len(text) > 15:
        abort(404)
    with kit().reading() as session:
        found = set_up.history(session, at.owner, int(text), A_PAGE + 1)
    entries: list[Any] = [told(entry) for _, entry in found[:A_PAGE]]
    now = kit().now()
    zone, country = (at.shipper.timezone, at.shipper.country) if at.shipper else ("UTC", "US")
    more = found[A_PAGE - 1][0] if len(found) > A_PAGE else None
    return page("history", at, entries=entries, more=more, clock=clock(zone, country, now))
