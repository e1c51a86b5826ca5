"""Who may pass a door. Every view is marked with its guard, so that a test can list the doors without one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, current_app, g, redirect, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from portal.domain.access import LINK_LENGTH, SECRET_LENGTH, fingerprint
from portal.domain.roles import Role, may
from portal.flows import codes, sign_in
from portal.flows.sign_in import House
from portal.store import browsers, devices, keys, neighbors, shipments
from portal.store.browsers import Browser
from portal.store.keys import USE_IS_NOTED_EVERY, Key
from portal.web.errors import ApiError
from portal.web.wish_forms import kept
from portal.wiring import kit

# A day of one phone's positions, sent at once.
DEVICE_BYTES = 256 * 1024
View = TypeVar("View", bound=Callable[..., Any])


def mark(view: View, guard: str, reason: str = "") -> View:
    """Write on a view who guards it."""
    view.guard, view.guard_reason = guard, reason  # type: ignore[attr-defined]
    return view


def open_door(reason: str) -> Callable[[View], View]:
    """Anybody may pass; `reason` says why that is right."""
    return lambda view: mark(view, "open", reason)


def keeps_on_get(reason: str) -> Callable[[View], View]:
    """A GET that keeps something, which none of ours does; `reason` says who wants it so."""

    def note(view: View) -> View:
        view.keeps_on_get = reason  # type: ignore[attr-defined]
        return view

    return note


def link_fingerprint(code: str) -> str:
    """The fingerprint of a link code. Anything that cannot be one costs as much as one that is unknown."""
    return fingerprint(code if len(code) == LINK_LENGTH else "")


def recipient(view: View) -> View:
    """Passes with a good link; the shipment is then `g.shipment`. Unknown, expired and revoked look the same."""

    @wraps(view)
    def guarded(code: str, *args: Any, **kwargs: Any) -> Any:
        with kit().reading() as session:
            g.shipment = shipments.by_link(session, link_fingerprint(code), kit().now())
        if g.shipment is None:
            abort(404)
        return kit().database.played(lambda: view(code, *args, **kwargs))

    return mark(guarded, "recipient")  # type: ignore[return-value]


def proven(view: View) -> View:
    """Passes with a good link in a browser that typed a right one-time code a moment ago; else there is nothing."""

    @wraps(view)
    def guarded(code: str, *args: Any, **kwargs: Any) -> Any:
        with kit().reading() as session:
            g.shipment = shipments.by_link(session, link_fingerprint(code), kit().now())
            shown = kept(code, "proof") or ""
            if g.shipment is None or not codes.is_proven(session, g.shipment, shown, kit().now()):
                abort(404)
        return view(code, *args, **kwargs)

    return mark(guarded, "proven")  # type: ignore[return-value]


def neighbor(view: View) -> View:
    """Passes with a good neighbor's link; the question is then `g.ask`. Unknown and expired ones look the same."""

    @wraps(view)
    def guarded(code: str, *args: Any, **kwargs: Any) -> Any:
        with kit().reading() as session:
            g.ask = neighbors.by_link(session, link_fingerprint(code), kit().now())
        if g.ask is None:
            abort(404)
        return kit().database.played(lambda: view(code, *args, **kwargs))

    return mark(guarded, "neighbor")  # type: ignore[return-value]


def agent_cookie() -> str:
    """The name of the cookie that holds an agent's session; `__Host-` binds it to this host over TLS."""
    return "__Host-doorstep-agent" if kit().settings.in_public else "doorstep-agent"


def house() -> House:
    """What signing in needs to know of this house."""
    settings = kit().settings
    return House(
        settings.secret_key.get_secret_value().encode(), settings.code_required, settings.clock_speed
    )


def agent(needed: Role = Role.VIEWER, *, fresh: bool = False) -> Callable[[View], View]:
    """Passes with a signed-in agent of this role, who is then `g.agent`; others are shown the sign-in.

    `fresh`: what cannot be taken back asks for password and code again, unless they were given a short while ago.
    """

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            now = kit().now()
            with kit().reading() as session:
                browser = sign_in.recognise(session, house(), request.cookies.get(agent_cookie(), ""), now)
            if browser is None:
                return _to_sign_in()
            g.browser, g.agent = browser, browser.agent
            if not may(g.agent.role, needed):
                abort(403)
            if fresh and not sign_in.is_fresh(house(), browser, now):
                return _to_sign_in("console_account.again")
            _note_look(browser)
            return kit().database.played(lambda: view(*args, **kwargs))

        guarded.role, guarded.fresh = needed, fresh  # type: ignore[attr-defined]
        return mark(guarded, "agent")  # type: ignore[return-value]

    return guard


def _by_script() -> bool:
    """Whether a script of the page asks for a part of it, which it may do all night by itself."""
    return request.headers.get("Sec-Fetch-Dest") == "empty" or bool(request.headers.get("X-Fragment"))


def _note_look(browser: Browser) -> None:
    now = kit().now()
    if not _by_script() and not sign_in.is_noted(house(), browser, now):
        with kit().transaction() as session:
            browsers.seen(session, browser.fingerprint, now)


def _to_sign_in(endpoint: str = "login.form") -> Any:
    # A script that fetches a part of a page cannot sign in; it has to say so.
    if _by_script():
        abort(401)
    return redirect(url_for(endpoint, next=_page_of(request.path)), 303)


def _page_of(path: str) -> str | None:
    """The page that a form was sent from: the address itself, or the nearest above it that is looked at."""
    doors = current_app.url_map.bind("")
    while path.count("/") > 1 or path == request.path:
        try:
            doors.match(path, "GET")
            return path
        except (HTTPException, RequestRedirect):
            path = path.rpartition("/")[0]
    return None


def api(scope: str) -> Callable[[View], View]:
    """Passes with a key of this scope, which is then `g.key`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.key = _key()
            if not g.key.may(scope):
                raise ApiError(403, f"This key has no scope {scope!r}.")
            return kit().database.played(lambda: view(*args, **kwargs))

        guarded.scope = scope  # type: ignore[attr-defined]
        return mark(guarded, "api")  # type: ignore[return-value]

    return guard


def device(view: View) -> View:
    """Passes with the secret of a van's phone, which is then `g.device`. Unknown and revoked look the same."""

    @wraps(view)
    def guarded(secret: str, *args: Any, **kwargs: Any) -> Any:
        request.max_content_length = DEVICE_BYTES
        with kit().reading() as session:
            g.device = devices.find(session, fingerprint(secret if len(secret) == SECRET_LENGTH else ""))
        if g.device is None:
            kit().counts["devices"] = kit().counts.get("devices", 0) + 1
            abort(404)
        return kit().database.played(lambda: view(*args, **kwargs))

    return mark(guarded, "device")  # type: ignore[return-value]


def _key() -> Key:
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise ApiError(401, "Send your key as `Authorization: Bearer <key>`.")
    now = kit().now()
    with kit().reading() as session:
        key = keys.find(session, fingerprint(secret.strip()))
    if key is None:
        raise ApiError(401, "This key is unknown or was revoked.")
    if key.used_at is None or now - key.used_at > USE_IS_NOTED_EVERY:
        with kit().transaction() as session:
            keys.note_use(session, key, now)
    return key
