"""Keys of the dispatch API: made and shown once, listed, ended."""

import secrets
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.flows import set_up
from portal.flows.operate_terms import Wrong, label_of
from portal.store import keys
from portal.store.keys import Listed

SCOPES = (
    *("shipments:write", "shipments:read", "events:write", "routes:write", "positions:write"),
    *("slots:write", "lockers:write", "changes:read", "changes:write", "webhook:write", "webhook:read"),
)
# What each opens, in words.
OPENS = {
    "shipments:write": "tell us of shipments, and change them",
    "shipments:read": "read shipments and their links",
    "events:write": "report scans and deliveries",
    "routes:write": "tell us of rounds",
    "positions:write": "tell us where vans are",
    "slots:write": "offer delivery times",
    "lockers:write": "tell us of lockers, and ask which compartment opens",
    "changes:read": "read what recipients asked for",
    "changes:write": "answer what recipients asked for",
    "webhook:write": "set the webhook, and send deliveries again",
    "webhook:read": "read the webhook's deliveries",
}


@dataclass(frozen=True, slots=True)
class Made:
    """A new key; `secret` is the key itself, shown now and never again."""

    id: int
    secret: str


def make(session: Session, by: str, owner: int, wished: Sequence[str], label: str, now: datetime) -> Made:
    """Make a key of a shipper, or of the operator (`owner` 0), for these scopes; none: all. Raises `Wrong`."""
    scopes = sorted({scope for word in wished for scope in _scopes(word)}, key=SCOPES.index) or list(SCOPES)
    called, secret = label_of(label), "ds_" + secrets.token_urlsafe(32)
    number = keys.add(session, fingerprint(secret), secret[:7], owner or None, scopes, called, now)
    after = {"scopes": ", ".join(scopes), "label": called}
    set_up.note(session, by, owner, "key", now, name=f"{number}", done="added", after=after)
    return Made(number, secret)


def _scopes(wished: str) -> list[str]:
    """The scopes of a word: one itself, a noun for all of it (`shipments`), read or write, or all."""
    if wished in ("*", "all", "dispatch"):
        return list(SCOPES)
    found = [scope for scope in SCOPES if wished in (scope, *scope.split(":"))]
    if not found:
        raise Wrong(f"{wished!r} is no scope; there are {', '.join(SCOPES)}.", "scopes")
    return found


def end(session: Session, by: str, owner: int | None, key_id: int, now: datetime) -> Listed:
    """A key opens nothing from now on. `owner` None: whoever's it is. Raises `Wrong`."""
    found = keys.listed(session, key_id)
    if found is None or owner not in (None, found.shipper_id or 0):
        raise Wrong(f"there is no key {key_id}.")
    if found.revoked_at is None:
        keys.revoke(session, key_id, now)
        before = {"label": found.label, "scopes": ", ".join(found.scopes)}
        set_up.note(
            session, by, found.shipper_id or 0, "key", now, name=f"{key_id}", done="ended", before=before
        )
    return found


def lines(session: Session, slugs: dict[int, str]) -> list[str]:
    """All keys, one a line."""
    return ["  ".join(_parts(one, slugs)) for one in keys.everyone(session)] or ["There is no key yet."]


def _parts(key: Listed, slugs: dict[int, str]) -> Iterator[str]:
    yield f"{key.id}"
    yield slugs.get(key.shipper_id or 0, "operator")
    yield f"{key.shown}…"
    if key.label:
        yield key.label
    yield "all scopes" if set(key.scopes) >= set(SCOPES) else ",".join(key.scopes)
    yield f"used {key.used_at:%Y-%m-%d %H:%M} UTC" if key.used_at else "never used"
    if key.revoked_at:
        yield "revoked"
