"""What dispatch must learn: numbered after commit, then put on the shelf as a signed webhook, in order per shipment."""

import json
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from pydantic import AwareDatetime, TypeAdapter
from sqlalchemy.orm import Session

from notifications.message import Channel, Message
from notifications.provider import Permanent
from notifications.trouble import Trouble
from portal.db import after_commit
from portal.flows import change as changing
from portal.flows.announce import Voice
from portal.store import changes, contacts, outbox, webhooks
from portal.store.changes import FeedEntry
from portal.store.webhooks import Webhook

# The schedule of tries takes up to 83 hours; what is still queued behind them is parked untried.
PARKED_AFTER = timedelta(hours=96)
# Standard Webhooks asks for less than 20 kB.
MOST_BYTES = 20_000
LONGEST_WHEN_CUT = 200
MOMENT: TypeAdapter[datetime] = TypeAdapter(AwareDatetime)


def number_and_send(session: Session, voice: Voice, now: datetime) -> int:
    """Number new entries of the feed and plan their webhooks; safe to run twice and at once. Returns how many."""
    entries = changes.number_new_entries(session)
    endpoints: dict[int, Webhook | None] = {}
    planned = []
    for entry in entries:
        if entry.shipper_id not in endpoints:
            endpoints[entry.shipper_id] = webhooks.for_shipper(session, entry.shipper_id)
        endpoint = endpoints[entry.shipper_id]
        if endpoint and endpoint.wants(entry.type):
            planned.append(_message(entry, endpoint, now))
    if planned:
        outbox.put(session, planned)
        after_commit(session, "nudge:webhook", lambda: voice.nudge(Channel.WEBHOOK))
    return len(entries)


def _message(entry: FeedEntry, endpoint: Webhook, now: datetime) -> Message:
    return Message(
        id=str(uuid.uuid4()),
        shipper_id=entry.shipper_id,
        shipment_id=entry.shipment_id,
        channel=Channel.WEBHOOK,
        notice=entry.type,
        language="",
        to=endpoint.url,
        text=body_of(entry),
        because=f"Dispatch must learn of entry {entry.seq}.",
        not_before=now,
        expires_at=now + PARKED_AFTER,
        dedupe_key=f"feed:{entry.seq}",
        created_at=now,
        headers={"owner": str(endpoint.owner)},
        order_key=f"shipment:{entry.shipment_id}",
    )


def body_of(entry: FeedEntry) -> str:
    """The body of an entry's call, under 20 kB: what is too long is cut, and whole in `GET /changes`."""
    whole = _json(entry, entry.data)
    if len(whole.encode()) < MOST_BYTES:
        return whole
    cut = _json(entry, {**_cut(entry.data), "cut": True})
    if len(cut.encode()) < MOST_BYTES:
        return cut
    bare = {name: value for name, value in entry.data.items() if not isinstance(value, dict | list)}
    return _json(entry, {**_cut(bare), "cut": True})


def _json(entry: FeedEntry, data: Mapping[str, Any]) -> str:
    body = {"type": entry.type, "timestamp": entry.at.isoformat(), "data": data}
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _cut(value: Any) -> Any:
    if isinstance(value, str):
        return value[:LONGEST_WHEN_CUT]
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    return [_cut(inner) for inner in value] if isinstance(value, list) else value


def seq_of(message: Message) -> int | None:
    """The number of the feed's entry that a webhook tells."""
    number = message.dedupe_key.removeprefix("feed:")
    return int(number) if number.isdecimal() else None


def answered(
    session: Session, voice: Voice, message: Message, answer: Mapping[str, Any], now: datetime
) -> None:
    """The webhook's own answer may carry the decision; anything that is none is left for the API or the desk."""
    decision = answer.get("decision")
    if message.notice != "delivery_change.requested" or decision not in ("accepted", "refused"):
        return
    change_id = json.loads(message.text)["data"]["change_id"]
    changing.answer(
        session,
        voice,
        message.shipper_id,
        change_id,
        decision == "accepted",
        "webhook",
        now,
        reason_code=_words(answer.get("reason_code")),
        reason=_words(answer.get("reason")),
        window=_window(answer.get("window")),
    )


def refused_for_good(session: Session, message: Message, failure: Permanent, now: datetime) -> None:
    """A failure says more than that this message is lost: an endpoint is gone, an address is dead or said stop."""
    match failure.trouble:
        case Trouble.GONE if "owner" in message.headers:
            webhooks.switch_off(
                session, int(message.headers["owner"]), failure.text or "It answered 410 Gone.", now
            )
        case Trouble.CONSENT:
            contacts.stop(session, message.channel, message.to, f"provider:{failure.code}", now)
        case Trouble.CONTACT if message.channel is not Channel.WEBHOOK:
            contacts.mark_unreachable(session, message.channel, message.to, failure.code, failure.text, now)
        case _:
            pass


def _words(value: Any) -> str:
    """Words for a recipient: one line, and nothing in it that no database or phone could take."""
    if not isinstance(value, str):
        return ""
    return " ".join("".join(char if char.isprintable() else " " for char in value).split())[:500]


def _window(value: Any) -> tuple[datetime, datetime] | None:
    try:
        start, end = MOMENT.validate_python(value["start"]), MOMENT.validate_python(value["end"])
    except (TypeError, KeyError, ValueError):
        return None
    return (start, end) if start < end and 2000 <= start.year <= end.year < 2100 else None
