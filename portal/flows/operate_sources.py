"""What an operator does so that other systems' webhooks become events: add an address for one, look, and end it."""

import secrets
from collections.abc import Iterator
from datetime import datetime

from portal.domain.access import fingerprint
from portal.flows import set_up
from portal.flows.operate_terms import LONGEST_NAME, SpeakingKit, Wrong
from portal.store import shippers, sources
from portal.store.sources import Source

KINDS = ("onfleet", "easypost", "aftership", "karrio")
# These systems make the secret themselves and show it in their settings; the others take ours.
MAKE_THEIR_OWN = ("onfleet", "aftership")
LONGEST_SECRET = 200


def add_source(kit: SpeakingKit, kind: str, slug: str, secret: str, label: str, now: datetime) -> list[str]:
    """Make an address for a system; returns what to print, the address among it, once. Raises `Wrong`."""
    wrong_secret(kind, secret)
    if len(label) > LONGEST_NAME:
        raise Wrong(f"a label has at most {LONGEST_NAME} characters.")
    code, known = secrets.token_urlsafe(24), secret or secrets.token_urlsafe(32)
    with kit.transaction() as session:
        shipper = shippers.by_slug(session, slug)
        if shipper is None:
            raise Wrong(f"there is no shipper {slug!r}; add it with `doorstep shipper add`.")
        number = sources.add(session, shipper.id, kind, label, fingerprint(code), known, now)
        after = {"kind": kind, "label": label}
        set_up.note(
            session, set_up.OPERATOR, shipper.id, "source", now, name=f"{number}", done="added", after=after
        )
    lines = [
        f"Source {number} of shipper {shipper.slug}; give {kind} this address, it is shown only now:",
        f"{kit.voice.public_url}/callbacks/in/{kind}/{code}",
    ]
    return lines if secret else [*lines, f"and this secret, with which {kind} signs:", known]


def wrong_secret(kind: str, secret: str) -> None:
    """Raise `Wrong` when this cannot be what the system signs with."""
    if kind not in KINDS:
        raise Wrong(f"{kind!r} is no system we hear; there are {', '.join(KINDS)}.")
    if kind in MAKE_THEIR_OWN and not secret:
        raise Wrong(f"{kind} makes its own secret: copy it from its settings and give it with --secret.")
    if not (len(secret) <= LONGEST_SECRET and secret.isprintable()):
        raise Wrong(f"a secret has at most {LONGEST_SECRET} printable characters.")
    if secret and kind == "onfleet":
        try:
            bytes.fromhex(secret)
        except ValueError:
            raise Wrong("the secret of Onfleet is hexadecimal: digits and letters from a to f.") from None


def list_sources(kit: SpeakingKit) -> list[str]:
    """All sources, one a line."""
    with kit.transaction() as session:
        slugs = {one.id: one.slug for one in kit.voice.shippers(session).values()}
        found = sources.everyone(session)
    return [_line(one, slugs.get(one.shipper_id, "?")) for one in found] or ["There is no source yet."]


def _line(source: Source, slug: str) -> str:
    return "  ".join(_parts(source, slug))


def _parts(source: Source, slug: str) -> Iterator[str]:
    yield f"{source.id}"
    yield source.kind
    yield slug
    if source.label:
        yield source.label
    yield f"heard {source.heard_at:%Y-%m-%d %H:%M} UTC" if source.heard_at else "never heard"
    yield f"{source.taken} events taken"
    if source.unknown:
        yield f"{source.unknown} not known, the last: {source.unknown_last}"
    if source.revoked_at:
        yield "revoked"


def revoke_source(kit: SpeakingKit, source_id: int, now: datetime) -> list[str]:
    """End a source; returns what to print. Raises `Wrong`."""
    with kit.transaction() as session:
        owner = {one.id: one.shipper_id for one in sources.everyone(session)}.get(source_id, 0)
        if not sources.revoke(session, source_id, now):
            raise Wrong(f"there is no source {source_id}, or it was revoked before.")
        set_up.note(session, set_up.OPERATOR, owner, "source", now, name=f"{source_id}", done="ended")
    return [f"Source {source_id} is not heard any more."]
