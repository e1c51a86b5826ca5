"""The desk: a dispatcher's queue of changes, answered with one press and undone within seconds."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.change import Life
from portal.domain.delivery import Shipment
from portal.domain.roles import Role, may
from portal.domain.telling_changes import ASKED_WITH, DECIDED, DECIDED_BY, SILENCE
from portal.flows import desk, desk_answers
from portal.flows.agent_acts import Done, Sorry
from portal.flows.desk import Only, Queue
from portal.flows.desk_answers import No, Yes
from portal.store.desk import DeskAnswer
from portal.store.desk_queue import Waiting
from portal.store.desk_routes import StopShown
from portal.web import guard
from portal.web.clean import clean_line, clean_text
from portal.web.console_ways import say
from portal.web.desk_map import numbers
from portal.web.dossier_view import Clock, clock
from portal.wiring import kit

bp = Blueprint("desk", __name__, url_prefix="/desk")

INTERVAL_S = 5
CHANGE = "/changes/<uuid:change_id>"
# PostgreSQL refuses numbers beyond its integers; here they are simply routes that do not exist.
HIGHEST_ID = 2**31 - 1


def _only() -> Only:
    """What is to be shown, as the address or the form says; what cannot be is as if it were not said."""
    route = request.values.get("route", "")
    known = route.isascii() and route.isdecimal() and len(route) <= 10 and int(route) <= HIGHEST_ID
    return Only(clean_line(request.values.get("depot", ""))[:80], int(route) if known else None)


def _real(seconds: float) -> timedelta:
    """Seconds of whoever sits at the desk, also where a day is played faster."""
    return timedelta(seconds=seconds * kit().settings.clock_speed)


def _queue() -> Queue:
    with kit().reading() as session:
        return desk.queue(session, g.agent, kit().shippers(session), _only(), kit().now(), _real(60))


def _shown(queue: Queue) -> dict[str, Any]:
    """What the page and its fragment need."""
    return {
        "queue": queue,
        "here": address(queue.only),
        "clock_of": _clock_of,
        "door_of": _door_of,
        "seconds_left": _seconds_left,
        "may_act": may(g.agent.role, Role.AGENT),
        "silence": SILENCE,
        "proven": ASKED_WITH,
        "answered_as": {life: word for life, (word, _) in DECIDED.items()},
        "by_itself": DECIDED_BY,
        "asked": Life.ASKED,
        "longest_reason": desk_answers.LONGEST_REASON,
        "undo_seconds": desk_answers.UNDO_SECONDS,
        "interval_s": INTERVAL_S,
        "numbers": numbers(queue.route) if queue.route else None,
        "reason_missing": request.args.get("reason", ""),
    }


def address(only: Only, **more: str) -> dict[str, Any]:
    """The filters as they stand in an address."""
    return {"depot": only.depot or None, "route": only.route_id, **more}


def _clock_of(door: Waiting | StopShown) -> Clock:
    return clock(door.timezone, door.country, kit().now())


def _door_of(shipment: Shipment) -> Clock:
    return clock(shipment.address.timezone, shipment.address.country, kit().now())


def _seconds_left(answer: DeskAnswer) -> int:
    left: float = (answer.effective_at - kit().now()).total_seconds() / kit().settings.clock_speed
    return max(0, round(left))


@bp.get("")
@guard.agent()
def show() -> ResponseReturnValue:
    """The whole page. Looking changes nothing: dispatch has a change once it answers."""
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
    return _answer(str(change_id), Yes())


@bp.post(f"{CHANGE}/refuse")
@guard.agent(Role.AGENT)
def refuse(change_id: UUID) -> ResponseReturnValue:
    """Say no, with a reason that the recipient will read."""
    form = request.form
    return _answer(str(change_id), No(form.get("reason_code", ""), clean_text(form.get("reason", ""))))


def _answer(change_id: str, said: Yes | No) -> ResponseReturnValue:
    lasts = _real(desk_answers.UNDO_SECONDS)
    with kit().transaction() as session:
        outcome = desk_answers.answer(session, g.agent, change_id, said, kit().now(), lasts)
    return _told(outcome, change_id)


@bp.post(f"{CHANGE}/undo")
@guard.agent(Role.AGENT)
def undo(change_id: UUID) -> ResponseReturnValue:
    """Take an answer back before it counts."""
    with kit().transaction() as session:
        outcome = desk_answers.undo(session, g.agent, str(change_id), kit().now())
    return _told(outcome, str(change_id))


def _told(outcome: Done | Sorry | None, change_id: str) -> ResponseReturnValue:
    if outcome is None:
        abort(404)
    missing = isinstance(outcome, Sorry) and outcome.because == desk_answers.SORRY_WHY
    if request.headers.get("X-Fragment"):
        text = outcome.what if isinstance(outcome, Done) else outcome.because
        return jsonify(said=text, done=isinstance(outcome, Done), open=missing)
    say(outcome)
    anchor = f"change-{change_id}" if missing else "said"
    more = {"reason": change_id} if missing else {}
    return redirect(url_for("desk.show", **address(_only(), **more), _anchor=anchor), 303)
