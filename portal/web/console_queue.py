"""The work queue: what needs an agent before the caller calls, what breaks first before the others."""

import hashlib
from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, abort, g, jsonify, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from portal.domain.follow_up import MATTERS, Matter
from portal.domain.roles import Role
from portal.domain.work_list import AGES, WHOSE, Age, Only, Whose
from portal.flows import queue
from portal.flows.agent_acts import Done, Sorry
from portal.flows.queue import Listed
from portal.store.agents import Agent
from portal.web import guard
from portal.web.clean import clean_line, clean_text
from portal.web.console_ways import say
from portal.web.local import zone_of
from portal.web.matters_view import UNTIL, buttons, clock_of
from portal.wiring import kit

bp = Blueprint("console_queue", __name__, url_prefix="/console/queue")

INTERVAL_S = 15
HIGHEST_PAGE = 1_000
MORNING = time(8)
Outcome = Done | Sorry | None
# A press of a button in the list or in a dossier.
ACTS: dict[str, Callable[[Session, Agent, int, datetime], Outcome]] = {
    "claim": queue.claim,
    "give_back": queue.give_back,
    "wake": queue.wake,
    "hand_over": lambda session, agent, id_, now: queue.hand_over(
        session,
        agent,
        id_,
        clean_line(request.form.get("to", "")),
        clean_line(request.form.get("note", "")),
        now,
    ),
    "snooze": lambda session, agent, id_, now: queue.snooze(session, agent, id_, _until(agent, now), now),
    "resolve": lambda session, agent, id_, now: queue.resolve(
        session, agent, id_, clean_text(request.form.get("note", "")), now
    ),
}


@bp.get("")
@guard.agent()
def show() -> ResponseReturnValue:
    """The queue; `?whose=` mine, free, snoozed or done, `?kind=` one matter, `?age=` how long it has waited."""
    return render_template("pages/console/queue.html", **_shown(_listed()))


@bp.get("/list")
@guard.agent()
def listing() -> ResponseReturnValue:
    """The list alone, for the page that fills by itself; 304 while it would look the same."""
    found = _listed()
    response, version = make_response(""), _version(found)
    response.set_etag(version)
    if version in request.if_none_match:
        response.status_code = 304
    else:
        response.set_data(render_template("pages/console/_queue.html", **_shown(found)))
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@bp.post("/<int(max=2147483647):matter_id>")
@guard.agent(Role.AGENT)
def act(matter_id: int) -> ResponseReturnValue:
    """Claim, hand over, snooze, wake, give back or resolve one matter, as `do` says."""
    what = ACTS.get(request.form.get("do", ""))
    if what is None:
        abort(422)
    with kit().transaction() as session:
        outcome = what(session, g.agent, matter_id, kit().now())
    if outcome is None:
        abort(404)
    if request.headers.get("X-Fragment"):
        text = outcome.what if isinstance(outcome, Done) else outcome.because
        return jsonify(said=text, done=isinstance(outcome, Done))
    say(outcome)
    return redirect(_back(), 303)


def _back() -> str:
    """To the dossier or to the same part of the queue."""
    dossier = request.args.get("dossier", "")
    if dossier.isascii() and dossier.isdecimal() and len(dossier) <= 10:
        return url_for("console.show", shipment_id=int(dossier) % 2**31, _anchor="said")
    return url_for("console_queue.show", **address(_only()), _anchor="said")


def _until(agent: Agent, now: datetime) -> datetime | None:
    """Until when something is put aside: a time of day on the agent's clock, or a while from now."""
    chosen, at = request.form.get("until", ""), request.form.get("at", "")
    if at:
        try:
            return _next(time.fromisoformat(at).replace(tzinfo=None), agent, now)
        except ValueError:
            return None
    if chosen == "morning":
        return _next(MORNING, agent, now)
    return now + timedelta(minutes=int(chosen)) if chosen in UNTIL else None


def _next(at: time, agent: Agent, now: datetime) -> datetime:
    there = now.astimezone(zone_of(agent.timezone))
    today = there.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    return today if today > there else today + timedelta(days=1)


def _only() -> Only:
    """What the address asks for; what cannot be is as if it were not said."""
    whose, kind, age = (request.args.get(name, "") for name in ("whose", "kind", "age"))
    page = request.args.get("page", "")
    return Only(
        Whose(whose) if whose in list(Whose) else Whose.OPEN,
        Matter(kind) if kind in list(Matter) else None,
        Age(age) if age in list(Age) else None,
        min(int(page), HIGHEST_PAGE)
        if page.isascii() and page.isdecimal() and 0 < len(page) <= 4 and int(page)
        else 1,
    )


def address(only: Only, **other: Any) -> dict[str, Any]:
    """The filters as they stand in an address; `other` replaces some, and leads to the first page."""
    here = {"whose": only.whose or None, "kind": only.kind, "age": only.age}
    return {**here, "page": only.page if only.page > 1 and not other else None, **other}


def _listed() -> Listed:
    with kit().reading() as session:
        return queue.listed(session, g.agent, _only(), kit().now())


def _version(found: Listed) -> str:
    """A mark of all that is seen; the minute is part of it, since ages are told in minutes."""
    now = kit().now()
    rows = [
        (one.matter.id, one.matter.words, one.matter.claimed_by, one.matter.due_at, one.tone)
        for one in (item.shown for item in found.items)
    ]
    seen = repr((rows, found.counts.whose, found.more, f"{now:%H:%M}", g.agent.id))
    return hashlib.sha256(seen.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def _shown(found: Listed) -> dict[str, Any]:
    """What the page and its fragment need."""
    here = address(found.only)
    with kit().reading() as session:
        shippers, row = kit().shippers(session), buttons(session, **here)
    return {
        "listed": found,
        "only": found.only,
        "whose": WHOSE,
        "kinds": MATTERS,
        "ages": {age: label for age, (label, *_) in AGES.items()},
        "shippers": shippers,
        "filtered": lambda **other: url_for("console_queue.show", **address(found.only, **other)),
        "paged": lambda page: url_for("console_queue.show", **{**here, "page": page if page > 1 else None}),
        "fragment": url_for("console_queue.listing", **here),
        "interval_s": INTERVAL_S,
        "version": _version(found),
        "row": row,
        "clock_of": clock_of,
    }


def open_count() -> int:
    """How many matters are open in the agent's scope, for the bar of every page."""
    with kit().reading() as session:
        return queue.open_count(session, g.agent, kit().now())


@bp.record_once
def _in_every_page(state: Any) -> None:
    state.app.jinja_env.globals["open_follow_ups"] = open_count
