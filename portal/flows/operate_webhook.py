"""Where a shipper's dispatch is called: set, signed anew, tried, switched off and on, and what was delivered again."""

import base64
import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from notifications.endpoint import address_problem
from notifications.message import Channel, Message, Standing
from portal.db import after_commit
from portal.domain.access import fingerprint
from portal.flows import set_up
from portal.flows.announce import Voice
from portal.flows.operate_terms import Wrong
from portal.store import outbox, shippers, webhooks
from portal.store.webhooks import Webhook

OLD_SECRET_LASTS = timedelta(hours=24)
TYPES = (
    "delivery_change.requested",
    "delivery_change.accepted",
    "delivery_change.refused",
    "delivery_change.withdrawn",
    "delivery_change.lapsed",
    "event.disputed",
    "shipment.attention",
    "shipment.attention_withdrawn",
    "shipment.contact_changed",
    "shipment.instructions",
    "shipment.made_good",
    "shipment.made_good_withdrawn",
    "shipment.pickup_extended",
    "shipment.pickup_expired",
    "shipment.problem_reported",
    "shipment.rated",
)
TEST = "endpoint.test"
TEST_LASTS = timedelta(hours=1)
LONGEST_URL = 2_000
OFF_BY_HAND = "It was switched off by hand."


@dataclass(frozen=True, slots=True)
class Put:
    """An endpoint that was kept; `secret` is the one to be shown now, empty where none was made."""

    webhook: Webhook
    secret: str = ""


def new_secret() -> str:
    """A fresh Standard Webhooks secret."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def put(
    session: Session,
    by: str,
    owner: int,
    url: str,
    events: Sequence[str],
    now: datetime,
    *,
    secret: str = "",
) -> Put:
    """Set the endpoint of an owner (0: the operator) and switch it on; a new secret leaves the old one for a day.

    Both are checked before, by `check`. What was not taken yet goes to the new address.
    """
    # of two that set the first one at once the second finds the other's
    set_up.hold(session, owner)
    before = webhooks.of(session, owner, hold=True)
    known = secret or (before.secret if before else new_secret())
    old, until = (before.old_secret, before.old_secret_until) if before else ("", None)
    if before and before.secret != known:
        old, until = before.secret, now + OLD_SECRET_LASTS
    if before and before.url != url:
        outbox.call_elsewhere(session, owner, url)
    kept = Webhook(owner, url, tuple(events), known, old, until, None, "")
    webhooks.put(session, kept)
    _noted(session, by, before, kept, now)
    return Put(kept, "" if secret or before else known)


def check(url: str, events: Sequence[str], allow_private: bool = False) -> None:
    """Raise `Wrong` where this is no endpoint. It looks the host up: ask before any transaction."""
    unknown = [name for name in events if name not in TYPES]
    if unknown:
        raise Wrong(f"{unknown[0]!r} is no event; there are {', '.join(TYPES)}.", "events")
    if not url or len(url) > LONGEST_URL or not url.isprintable():
        raise Wrong(f"a URL has 1 to {LONGEST_URL:,} printable characters.", "url")
    if problem := address_problem(url, allow_private=allow_private):
        raise Wrong(problem, "url")


def _noted(session: Session, by: str, before: Webhook | None, kept: Webhook, now: datetime) -> None:
    done = "changed" if before else "added"
    if before and before.secret != kept.secret:
        set_up.note(session, by, kept.owner, "webhook", now, done="given a new secret")
    was = _told(before) if before else {}
    set_up.note(session, by, kept.owner, "webhook", now, done=done, before=was, after=_told(kept))


def stored(webhook: Webhook | None) -> dict[str, str]:
    """What can be changed of an endpoint, as words; empty where there is none."""
    return {"url": webhook.url if webhook else "", "events": " ".join(webhook.events) if webhook else ""}


def _told(webhook: Webhook) -> dict[str, str]:
    """An endpoint as it is written down; its address's query may hold a key, and is only known again."""
    place, _, query = webhook.url.partition("?")
    events = ", ".join(webhook.events) or "all"
    state = "off" if webhook.off_since else "on"
    url = f"{place}?… ({fingerprint(query)[:6]})" if query else place
    return {"url": url, "events": events, "state": state}


def _held(session: Session, owner: int) -> Webhook:
    set_up.hold(session, owner)
    found = webhooks.of(session, owner, hold=True)
    if found is None:
        raise Wrong("there is no webhook yet; set its address first.")
    return found


def rotate(session: Session, by: str, owner: int, now: datetime) -> str:
    """A new secret, returned to be shown once; the one before is good for a day. Raises `Wrong`."""
    before, secret = _held(session, owner), new_secret()
    until = now + OLD_SECRET_LASTS
    webhooks.update(session, replace(before, secret=secret, old_secret=before.secret, old_secret_until=until))
    set_up.note(session, by, owner, "webhook", now, done="given a new secret")
    return secret


def forget_old(session: Session, by: str, owner: int, now: datetime) -> None:
    """The secret before signs no more, from now on. Raises `Wrong`."""
    before = _held(session, owner)
    if before.old_secret:
        webhooks.update(session, replace(before, old_secret="", old_secret_until=None))
        set_up.note(session, by, owner, "webhook", now, done="rid of its old secret")


def switch(session: Session, by: str, owner: int, on: bool, now: datetime) -> None:
    """Call the endpoint again, or call it no more. Raises `Wrong`."""
    before = _held(session, owner)
    after = replace(before, off_since=None if on else now, off_because="" if on else OFF_BY_HAND)
    if on != (before.off_since is None):
        webhooks.update(session, after)
        set_up.note(session, by, owner, "webhook", now, before=_told(before), after=_told(after))


def test(session: Session, voice: Voice, by: str, owner: int, now: datetime) -> str:
    """Send a call that means nothing, signed like all others; returns its id. Raises `Wrong`."""
    endpoint = _held(session, owner)
    if endpoint.off_since:
        raise Wrong("the webhook is switched off; switch it on first.")
    about = owner or min(shippers.everyone(session), default=0)
    if not about:
        raise Wrong("there is no shipper yet; add one first.")
    body = {"type": TEST, "timestamp": now.isoformat(), "data": {"says": "This is a test; nothing happened."}}
    message = Message(
        id=str(uuid.uuid4()),
        shipper_id=about,
        shipment_id=None,
        channel=Channel.WEBHOOK,
        notice=TEST,
        language="",
        to=endpoint.url,
        text=json.dumps(body, separators=(",", ":")),
        because="Somebody tries whether the webhook is heard.",
        not_before=now,
        expires_at=now + TEST_LASTS,
        dedupe_key=f"test:{uuid.uuid4()}",
        created_at=now,
        headers={"owner": str(owner)},
    )
    outbox.put(session, [message])
    nudge(session, voice)
    set_up.note(session, by, owner, "webhook", now, done="tried")
    return message.id


def replay(session: Session, voice: Voice, by: str, owner: int, message_id: str, now: datetime) -> None:
    """Send a delivery again, with the same webhook-id. Raises `Wrong`."""
    if not put_back(session, owner or None, message_id, now):
        raise Wrong("there is no such delivery.")
    nudge(session, voice)
    set_up.note(session, by, owner, "webhook", now, name=message_id, done="asked to deliver again")


def put_back(session: Session, shipper_id: int | None, message_id: str, now: datetime) -> bool:
    """Deliver again to where the endpoint is now; False: there is no such delivery. `shipper_id` None: the operator.

    Where it was before may be somebody else's today.
    """
    known = outbox.find(session, shipper_id, message_id)
    if known is None or known.message.channel is not Channel.WEBHOOK:
        return False
    endpoint = webhooks.of(session, int(known.message.headers.get("owner", 0)))
    to = endpoint.url if endpoint else known.message.to
    return outbox.send_again(session, shipper_id, message_id, to, now)


def nudge(session: Session, voice: Voice) -> None:
    """After the commit, wake whoever calls endpoints."""
    after_commit(session, "nudge:webhook", lambda: voice.nudge(Channel.WEBHOOK))


def lines(session: Session, owner: int, now: datetime, most: int = 10) -> list[str]:
    """An endpoint and its last deliveries, as a command prints them."""
    found = webhooks.of(session, owner)
    if found is None:
        return ["There is no webhook yet."]
    state = (
        f"off since {found.off_since:%Y-%m-%d %H:%M} UTC: {found.off_because}" if found.off_since else "on"
    )
    said = [f"{found.url}  {state}", f"told: {', '.join(found.events) or 'everything'}"]
    if len(found.secrets(now)) > 1:
        said.append(f"two secrets sign until {found.old_secret_until:%Y-%m-%d %H:%M} UTC")
    return said + [_line(one) for one in outbox.webhook_deliveries(session, owner or None, most)]


def _line(sent: Message) -> str:
    tries = "1 try" if sent.attempts == 1 else f"{sent.attempts} tries"
    parts = [sent.id, f"{sent.created_at:%Y-%m-%d %H:%M:%S} UTC", sent.notice, sent.standing.value, tries]
    if sent.standing is Standing.QUEUED and sent.attempts:
        parts.append(f"next {sent.not_before:%Y-%m-%d %H:%M} UTC")
    return "  ".join([*parts, sent.error_text] if sent.error_text else parts)
