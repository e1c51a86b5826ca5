"""What sign-in pages share: the agent's cookie, the browser that is known, and where a sign-in may lead."""

import re
import secrets
from datetime import datetime

from flask import current_app, redirect, request, session, url_for
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect
from werkzeug.wrappers import Response

from portal.clock import wall_clock
from portal.domain import browsers
from portal.flows.sign_in import SIGNED_IN_FOR, Device, House, Opened
from portal.store.browsers import CODE_AWAITED, TO_ENROLL
from portal.web import guard
from portal.wiring import kit

# Where a sign-in may lead; anything else would let a stranger's link choose.
OUR_PATH = re.compile(r"/(console|desk)(/[a-z0-9_.-]{1,60}){0,6}")
KNOWN_FOR_SECONDS = 365 * 24 * 3600
STEPS = {CODE_AWAITED: "login.code", TO_ENROLL: "login.enroll"}


def safe_next(path: str | None) -> str:
    """The page to go to after signing in: the asked one if it is a page of ours for agents, else the console."""
    if path and OUR_PATH.fullmatch(path):
        try:
            endpoint, _ = current_app.url_map.bind("").match(path, "GET")
        except (HTTPException, RequestRedirect):
            return url_for("console.search")
        if getattr(current_app.view_functions[endpoint], "guard", "") == "agent":
            return path
    return url_for("console.search")


def code_time() -> datetime:
    """The time that phones have: also where a day is played faster, authenticators count real seconds."""
    return wall_clock() if kit().settings.clock_starts_at else kit().now()


def house() -> House:
    """What signing in needs to know of this house."""
    return guard.house()


def browser_name() -> str:
    """What this browser calls itself, in a few words."""
    return browsers.name(request.user_agent.string)


def network() -> str:
    """The network that the caller is in."""
    return browsers.network(request.remote_addr)


def minutes_left(until: datetime, now: datetime) -> int:
    """How many minutes to wait, rounded up, in real time."""
    return max(1, -(-int((until - now).total_seconds()) // 60))


def wait_words(until: datetime, now: datetime) -> str:
    """What to tell somebody who guessed too often."""
    return f"Too many tries. Please wait {minutes_left(until, now)} min and try again."


def _device_cookie() -> str:
    return "__Host-doorstep-known" if kit().settings.in_public else "doorstep-known"


def _signer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.config["SECRET_KEY"], salt="known browser of an agent")


def device() -> Device:
    """The browser, if an agent signed in with it before; what was not signed by us is a browser nobody knows."""
    try:
        agent_id, name = _signer().loads(request.cookies.get(_device_cookie(), ""))
        return Device(str(name), int(agent_id))
    except (BadSignature, TypeError, ValueError):
        return Device()


def device_of(agent_id: int) -> str:
    """The name of this browser if it is known as this agent's, else nothing."""
    found = device()
    return found.id if found.agent_id == agent_id else ""


def hand_over(response: Response, opened: Opened) -> Response:
    """Give the browser its new session."""
    _set(response, guard.agent_cookie(), opened.token, int(SIGNED_IN_FOR.total_seconds()))
    return response


def remember(response: Response, agent_id: int) -> Response:
    """From now on this browser is known as one of the agent's."""
    if not device_of(agent_id):
        value = _signer().dumps([agent_id, secrets.token_urlsafe(12)])
        _set(response, _device_cookie(), str(value), KNOWN_FOR_SECONDS)
    return response


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    response.set_cookie(name, value, max_age=seconds, secure=secure, httponly=True, samesite="Lax", path="/")


def go_on(opened: Opened, agent_id: int, back: str | None) -> Response:
    """The answer to a step of the sign-in: to the next step, or to the page that was asked for.

    What a form or page kept in the cookie of the session belongs to whoever was there before.
    """
    session.clear()
    path = safe_next(back)
    step = STEPS.get(opened.level)
    response = redirect(url_for(step, next=path) if step else path, 303)
    hand_over(response, opened)
    return response if step else remember(response, agent_id)


def token() -> str:
    """What this browser shows as its session."""
    return request.cookies.get(guard.agent_cookie(), "")
