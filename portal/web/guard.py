"""Who may pass a door. Every view is marked with its guard, so that a test can list the doors without one."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import abort, g, request

from portal.domain.access import LINK_LENGTH, fingerprint
from portal.store import keys, shipments
from portal.store.keys import USE_IS_NOTED_EVERY, Key
from portal.web.errors import ApiError
from portal.wiring import kit

View = TypeVar("View", bound=Callable[..., Any])


def mark(view: View, guard: str, reason: str = "") -> View:
    """Write on a view who guards it."""
    view.guard, view.guard_reason = guard, reason  # type: ignore[attr-defined]
    return view


def open_door(reason: str) -> Callable[[View], View]:
    """Anybody may pass; `reason` says why that is right."""
    return lambda view: mark(view, "open", reason)


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
        return view(code, *args, **kwargs)

    return mark(guarded, "recipient")  # type: ignore[return-value]


def api(scope: str) -> Callable[[View], View]:
    """Passes with a key of this scope, which is then `g.key`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.key = _key()
            if not g.key.may(scope):
                raise ApiError(403, f"This key has no scope {scope!r}.")
            return view(*args, **kwargs)

        guarded.scope = scope  # type: ignore[attr-defined]
        return mark(guarded, "api")  # type: ignore[return-value]

    return guard


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
