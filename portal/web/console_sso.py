"""Sign-in by the operator's own OpenID Connect."""

import secrets
from threading import Lock

import structlog
from flask import Blueprint, Flask, abort, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.flows import sign_in, sso
from portal.store.browsers import FULL
from portal.web import guard, signing_in
from portal.web.oidc import Asked, Client, Issuer, NotProven
from portal.web.signing_in import code_time, house, safe_next, token
from portal.wiring import kit

bp = Blueprint("console_sso", __name__, url_prefix="/console/sso")
log = structlog.get_logger()

ROOM = "doorstep-oidc"
KEPT = "sso"
ANSWER_WITHIN_SECONDS = 600
_lock = Lock()


def _issuer() -> Issuer:
    """The issuer of this house; without one, this door is not there."""
    settings = kit().settings
    if not settings.oidc_issuer or not sso.is_installed():
        abort(404)
    app: Flask = current_app
    with _lock:
        if ROOM not in app.extensions:
            secret, back = settings.oidc_client_secret.get_secret_value(), url_for("console_sso.back")
            client = Client(
                settings.oidc_issuer, settings.oidc_client_id, secret, f"{settings.public_url}{back}"
            )
            app.extensions[ROOM] = Issuer(client)
        found: Issuer = app.extensions[ROOM]
    return found


def _sorry(which: str, because: str) -> ResponseReturnValue:
    log.warning("sso_refused", because=because)
    return redirect(url_for("login.form", sorry=which), 303)


@bp.get("")
@guard.open_door("leads to the operator's own sign-in")
def begin() -> ResponseReturnValue:
    """Send the browser to the issuer; what it has to bring back is kept in its own signed cookie."""
    asked = Asked(
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(24),
        secrets.token_urlsafe(48),
        bool(request.args.get("again")),
    )
    try:
        leave = _issuer().leave_for(asked)
    except NotProven as why:
        return _sorry("sso", str(why))
    session[KEPT] = {
        "state": asked.state,
        "nonce": asked.nonce,
        "verifier": asked.verifier,
        "again": asked.again,
        "next": safe_next(request.args.get("next")),
        "at": int(code_time().timestamp()),
    }
    return redirect(leave, 303)


@bp.get("/back")
@guard.open_door("checks what the operator's own sign-in says")
@guard.keeps_on_get(
    "the issuer leads back by GET; the one-time code in it signs in, and only the browser that asked"
)
def back() -> ResponseReturnValue:
    """The browser is back: whoever the issuer proves, and was added here, is signed in."""
    issuer, kept, now = _issuer(), session.pop(KEPT, None), kit().now()
    if not isinstance(kept, dict) or code_time().timestamp() - kept["at"] > ANSWER_WITHIN_SECONDS:
        return _sorry("sso", "nobody asked")
    asked = Asked(kept["state"], kept["nonce"], kept["verifier"], kept["again"])
    try:
        known = issuer.come_back(asked, request.args, code_time())
    except NotProven as why:
        return _sorry("sso", str(why))
    with kit().transaction() as saving:
        agent = sso.agent_of(saving, issuer.client.issuer, known.subject, known.email)
        if agent is not None:
            browser = signing_in.browser_name()
            # an issuer that was not asked to sign in anew may answer for a browser that is open since the morning
            proven_at = now if asked.again else sign_in.not_fresh(house(), now)
            opened = sign_in.open_session(
                saving, house(), agent, FULL, browser, token(), now, "company sign-in", proven_at
            )
    if agent is None:
        return _sorry("unknown", "no such agent")
    return signing_in.go_on(opened, agent.id, kept["next"])
