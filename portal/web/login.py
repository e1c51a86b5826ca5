"""Agents sign in and out. The answer and its time are the same whether an address is known or not."""

import re

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.flows import agents
from portal.flows.agents import Wait
from portal.web import guard
from portal.web.clean import clean_line
from portal.wiring import kit

bp = Blueprint("login", __name__)

# Where a sign-in may lead; anything else would let a stranger's link choose.
MAY_LEAD_TO = re.compile(r"/(console|desk)(/shipments/[0-9]{1,18})?")
WRONG = "This email and password do not belong together. Please try again."
LONGEST_PASSWORD = 1_000


def safe_next(path: str | None) -> str:
    """The page to go to after signing in: the asked one if it is ours, else the console."""
    return path if path and MAY_LEAD_TO.fullmatch(path) else url_for("console.search")


@bp.get("/console/login")
@guard.open_door("nobody is signed in yet")
def form() -> ResponseReturnValue:
    """The form; who is signed in already goes on."""
    with kit().reading() as reading:
        known = agents.recognise(reading, request.cookies.get(guard.agent_cookie(), ""), kit().now())
    if known is not None:
        return redirect(safe_next(request.args.get("next")), 303)
    return _form()


def _form(sorry: str = "", email: str = "", status: int = 200) -> ResponseReturnValue:
    back = request.values.get("next")
    page = render_template("pages/console/login.html", sorry=sorry, email=email, next=safe_next(back))
    return page, status


@bp.post("/console/login")
@guard.open_door("checks the password itself")
def sign_in() -> ResponseReturnValue:
    """Check email and password; a right one opens a new session and ends the browser's former one."""
    email = clean_line(request.form.get("email", ""))[:254]
    password = request.form.get("password", "")[:LONGEST_PASSWORD]
    now = kit().now()
    with kit().transaction() as saving:
        attempt = agents.begin(saving, email, now)
    if isinstance(attempt, Wait):
        minutes = max(1, -(-int((attempt.until - now).total_seconds()) // 60))
        return _form(f"Too many tries. Please wait {minutes} min and try again.", email, 429)
    if not agents.is_right(attempt, password) or attempt.agent is None:
        return _form(WRONG, email, 401)
    with kit().transaction() as saving:
        former = request.cookies.get(guard.agent_cookie(), "")
        # a working day is twelve real hours, also where a day is played faster
        lasts = agents.SIGNED_IN_FOR * kit().settings.clock_speed
        token = agents.admit(saving, attempt.agent, password, now, former, lasts)
    session.clear()
    response = redirect(safe_next(request.form.get("next")), 303)
    response.set_cookie(
        guard.agent_cookie(),
        token,
        max_age=int(agents.SIGNED_IN_FOR.total_seconds()),
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
        path="/",
    )
    return response


@bp.post("/console/logout")
@guard.agent()
def sign_out() -> ResponseReturnValue:
    """End the session, here and on the server."""
    with kit().transaction() as saving:
        agents.sign_out(saving, g.agent, request.cookies.get(guard.agent_cookie(), ""), kit().now())
    session.clear()
    response = redirect(url_for("login.form"), 303)
    response.delete_cookie(
        guard.agent_cookie(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True
    )
    return response
