"""The desk: a dispatcher's queue of changes, answered with one press. It fills by itself."""

from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.answering import REFUSALS
from portal.domain.change import Life
from portal.domain.roles import Role, may
from portal.domain.telling_changes import DECIDED, DECIDED_BY, SILENCE
from portal.flows import desk
from portal.flows.agent_acts import Done, Sorry
from portal.flows.desk import Item, Queue
from portal.web import guard
from portal.web.clean import clean_line, clean_text
from portal.web.console import say
from portal.web.dossier_view import Clock, clock
from portal.wiring import kit

bp = Blueprint("desk", __name__, url_prefix="/desk")

INTERVAL_S = 5
CHANGE = "/changes/<uuid:change_id>"


def _depot() -> str:
    return clean_line(request.values.get("depot", ""))[:80]


def _queue() -> Queue:
    with kit().reading() as session:
        return desk.queue(session, g.agent, kit().shippers(session), _depot(), kit().now())


def _shown(queue: Queue) -> dict[str, Any]:
    """What the page and its fragment need."""
    return {
        "queue": queue,
        "clock_of": _clock_of,
        "may_act": may(g.agent.role, Role.AGENT),
        "refusals": REFUSALS,
        "silence": SILENCE,
        "answered_as": {life: word for life, (word, _) in DECIDED.items()},
        "by_itself": DECIDED_BY,
        "lapsed": Life.LAPSED,
        "longest_reason": desk.LONGEST_REASON,
        "interval_s": INTERVAL_S,
        "reason_missing": request.args.get("reason", ""),
    }


def _clock_of(item: Item) -> Clock:
    return clock(item.door.timezone, item.door.country, kit().now())


@bp.get("")
@guard.agent()
def show() -> ResponseReturnValue:
    """The whole page."""
    return render_template("pages/desk/desk.html", **_shown(_queue()))


@bp.get("/queue")
@guard.agent()
def queue() -> ResponseReturnValue:
    """The queue alone, for the page that fills by itself; 304 while nothing changed."""
    found = _queue()
    response = make_response("")
    response.set_etag(found.version)
    if found.version in request.if_none_match:
        response.status_code = 304
    else:
        response.set_data(render_template("pages/desk/_queue.html", **_shown(found)))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post(f"{CHANGE}/accept")
@guard.agent(Role.AGENT)
def accept(change_id: UUID) -> ResponseReturnValue:
    """Say yes."""
    with kit().transaction() as session:
        outcome = desk.accept(session, kit().voice, g.agent, str(change_id), kit().now())
    return _answered(outcome, str(change_id))


@bp.post(f"{CHANGE}/refuse")
@guard.agent(Role.AGENT)
def refuse(change_id: UUID) -> ResponseReturnValue:
    """Say no, with a reason that the recipient will read."""
    code, own_words = request.form.get("reason_code", ""), clean_text(request.form.get("reason", ""))
    with kit().transaction() as session:
        outcome = desk.refuse(session, kit().voice, g.agent, str(change_id), code, own_words, kit().now())
    return _answered(outcome, str(change_id))


def _answered(outcome: Done | Sorry | None, change_id: str) -> ResponseReturnValue:
    if outcome is None:
        abort(404)
    missing = isinstance(outcome, Sorry) and outcome.because == desk.SORRY_WHY
    if request.headers.get("X-Fragment"):
        text = outcome.what if isinstance(outcome, Done) else outcome.because
        return jsonify(said=text, done=isinstance(outcome, Done), open=missing)
    say(outcome)
    anchor = f"change-{change_id}" if missing else "said"
    reason = change_id if missing else None
    return redirect(url_for("desk.show", depot=_depot() or None, reason=reason, _anchor=anchor), 303)
