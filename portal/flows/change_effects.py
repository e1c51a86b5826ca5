"""What a step of a change brings about: places kept or given back, the plan, dispatch's feed, words for people."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.db import after_commit
from portal.domain.callers import AGENT
from portal.domain.change import Aspect, Change, Kind, Life
from portal.domain.delivery import Shipment
from portal.domain.kinds import KINDS
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.flows.kinds import EFFECTS
from portal.flows.kinds.base import window_json
from portal.store import changes, shipments

REQUESTED, WITHDRAWN, LAPSED = (
    "delivery_change.requested",
    "delivery_change.withdrawn",
    "delivery_change.lapsed",
)
# What was answered on the desk, dispatch's own system has yet to learn.
ANSWERED = {Life.ACCEPTED: "delivery_change.accepted", Life.REFUSED: "delivery_change.refused"}
INSTRUCTED = "shipment.instructions"


def change_data(shipment: Shipment, change: Change) -> dict[str, Any]:
    """A step of a change as dispatch reads it (docs/dispatch.md)."""
    data: dict[str, Any] = {
        "change_id": change.id,
        "shipment": shipment.reference,
        "kind": change.kind.value,
        "from": change.came_from,
        "to": change.to,
        "requested_by": {"method": change.method, "actor": change.asked_by},
        "asked_at": change.asked_at.isoformat(),
        "expires_at": change.expires_at.isoformat(),
        "if_unanswered": change.if_unanswered.value,
    }
    if change.window_start and change.window_end:
        data["window"] = window_json(change.window_start, change.window_end)
    if change.group_id:
        data["group"] = change.group_id
    if not change.open:
        data |= {"state": change.life.value, "decided_by": change.decided_by}
        data |= {"reason_code": change.reason_code, "reason": change.reason}
    return data


def tell_dispatch(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    type: str,
    now: datetime,
    more: Mapping[str, Any] | None = None,
) -> None:
    """Put a step of the change into dispatch's feed, with `more` of it; it gets its number after commit."""
    data = change_data(shipment, change) | dict(more or {})
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, type, now, data, change.id)
    shipments.touch(session, [shipment.id])
    after_commit(session, "feed", voice.nudge_feed)


def close(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    life: Life,
    by: str,
    now: datetime,
    reason_code: str = "",
    reason: str = "",
) -> Change:
    """Give a change its answer and make it true: the plan follows, or what it had reserved is given back."""
    changes.close(session, change, life, by, now, reason_code, reason)
    closed = replace(change, life=life, decided_at=now, decided_by=by, reason_code=reason_code, reason=reason)
    effect = EFFECTS[change.kind]
    if life is Life.ACCEPTED:
        _replace_earlier(session, voice, shipment, closed, now)
        effect.make_true(session, voice, shipment, closed, now)
        if closed.kind is Kind.INSTRUCTIONS:
            tell_dispatch(session, voice, shipment, closed, INSTRUCTED, now)
    else:
        effect.release(session, closed, now)
        if change.life is Life.ACCEPTED:
            effect.unmake(session, voice, shipment, closed, now)
    effect.follow(session, voice, shipment, closed, now)
    shipments.touch(session, [shipment.id])
    return closed


def _replace_earlier(session: Session, voice: Voice, shipment: Shipment, new: Change, now: datetime) -> None:
    """At most one accepted change of an aspect holds: the latest (I10). What an earlier one reserved is free again."""
    for old in changes.of_shipments(session, [shipment.id]).get(shipment.id, []):
        if old.id == new.id or old.life is not Life.ACCEPTED or not same_matter(old.kind, new.kind):
            continue
        gone = close(session, voice, shipment, old, Life.REPLACED, "recipient", now)
        tell_dispatch(session, voice, shipment, gone, WITHDRAWN, now)


def same_matter(one: Kind, other: Kind) -> bool:
    """Whether of two accepted changes of these kinds only the later one can hold."""
    aspect = KINDS[one].aspect
    return one is other if aspect is Aspect.DETAILS else aspect is KINDS[other].aspect


def say(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    notice: Notice,
    because: str,
    now: datetime,
    again: str = "",
) -> None:
    """Tell the recipient what became of the wish; `again` names whom it is told beside those on file."""
    facts: dict[str, Any] = {"change_kind": change.kind.value, "refusal": change.reason}
    facts["by_phone"] = change.asked_by == AGENT
    if notice is Notice.CHANGE_ASKED:
        # it may not have been them: the email leads straight to the way back
        facts["page"] = f"/change?undo={change.id}"
        facts["agreed"] = change.life is Life.ACCEPTED
    facts |= EFFECTS[change.kind].facts(change)
    if change.window_start and change.window_end:
        facts |= {"window_start": change.window_start, "window_end": change.window_end}
    news = News(shipment, notice, change.id + again, because=because, happened_at=now, facts=facts)
    announce.tell(session, voice, [news], now)
