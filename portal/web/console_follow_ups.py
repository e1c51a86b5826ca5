"""The console's follow-ups: what somebody has to look after, closed with a note."""

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.follow_up import MATTERS, Matter
from portal.domain.roles import Role, may
from portal.flows import follow_ups
from portal.web import guard
from portal.web.clean import clean_text
from portal.web.console_ways import say
from portal.web.dossier_view import clock
from portal.wiring import kit

bp = Blueprint("console_follow_ups", __name__, url_prefix="/console/follow-ups")


def _only() -> Matter | None:
    value = request.values.get("about", "")
    return Matter(value) if value in list(Matter) else None


@bp.get("")
@guard.agent()
def show() -> ResponseReturnValue:
    """The list; `?about=` one matter, `?closed=1` those that are done."""
    closed = request.args.get("closed", "") == "1"
    with kit().reading() as session:
        shippers = kit().shippers(session)
        listed = follow_ups.listed(session, g.agent, _only(), closed)
    now = kit().now()
    return render_template(
        "pages/console/follow_ups.html",
        listed=listed,
        shippers=shippers,
        matters=MATTERS,
        clock_of=lambda found: clock(found.timezone, found.country, now),
        may_act=may(g.agent.role, Role.AGENT),
        longest=follow_ups.LONGEST_NOTE,
    )


@bp.post("/<int(max=2147483647):follow_up_id>/close")
@guard.agent(Role.AGENT)
def close(follow_up_id: int) -> ResponseReturnValue:
    """It was looked after."""
    note = clean_text(request.form.get("note", ""))
    with kit().transaction() as session:
        outcome = follow_ups.close(session, g.agent, follow_up_id, note, kit().now())
    if outcome is None:
        abort(404)
    say(outcome)
    only = _only()
    return redirect(
        url_for("console_follow_ups.show", about=only.value if only else None, _anchor="said"), 303
    )


def open_count() -> int:
    """How many matters are open in the agent's scope, for the navigation."""
    with kit().reading() as session:
        return follow_ups.open_count(session, g.agent)


@bp.record_once
def _in_every_page(state: Any) -> None:
    """Every page of the agents says how many matters are open."""
    state.app.jinja_env.globals["open_follow_ups"] = open_count
