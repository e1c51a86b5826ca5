"""What a second person agrees to, in words and under a seal: nothing else is carried out under their yes."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from portal.domain.approvals import Approval
from portal.domain.callers import AGENT
from portal.domain.change import Change, IfUnanswered, Life
from portal.domain.delivery import Shipment
from portal.domain.kinds.base import Choices, Wish
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.packing import unpack
from portal.domain.telling_changes import wished
from portal.flows.announce import Voice
from portal.flows.change_offer import choices
from portal.flows.kinds import EFFECTS

LONGEST = 500
# What the seal holds together, beside the question's own number and its shipment.
SEALED = ("payload", "shown", "method", "asked_by_id")


def in_words(wish: Wish, shipment: Shipment, offered: Choices) -> str:
    """What is asked, in one line as a second person and the timeline read it; never a contact."""
    effect = EFFECTS[wish.kind]
    start, end = effect.window(wish, shipment, offered) or (None, None)
    # nothing of it is kept: it only lends its words
    never = datetime.max.replace(tzinfo=ZoneInfo("UTC"))
    asked = Change(
        "",
        shipment.id,
        wish.kind,
        Life.ASKED,
        effect.target(wish, shipment, offered),
        {},
        never,
        never,
        IfUnanswered.REFUSE,
        AGENT,
        "",
        start,
        end,
    )
    said = [wished(asked)]
    if start and end:
        zone = ZoneInfo(shipment.address.timezone)
        said.append(f"{start.astimezone(zone):%A, %B %d, %H:%M}–{end.astimezone(zone):%H:%M}")
    if isinstance(wish, LeaveInLocker) and wish.overflow_m:
        said.append(f"or, if it is full, another one within {wish.overflow_m:,} m")
    return ", ".join(said)[:LONGEST]


def seal(voice: Voice, approval_id: int, shipment_id: int, told: Mapping[str, Any]) -> str:
    """Binds what was asked to its question, so that nothing else is carried out under its yes."""
    parts = json.dumps([approval_id, shipment_id, dict(told)], sort_keys=True, separators=(",", ":"))
    return hmac.new(voice.secret, f"approval:{parts}".encode(), hashlib.sha256).hexdigest()


def still_meant(
    session: Session, voice: Voice, shipment: Shipment, approval: Approval, now: datetime
) -> Wish | None:
    """The wish, if it is the one that was asked and still means what was read: a locker may stand elsewhere by now."""
    told = {name: getattr(approval, name) for name in SEALED}
    sealed = seal(voice, approval.id, approval.shipment_id, told)
    wish = unpack(approval.payload)
    if wish is None or not hmac.compare_digest(sealed, approval.seal) or wish.kind is not approval.kind:
        return None
    near, free = choices(session, shipment, now, wish=wish)
    offered = Choices(tuple(near), tuple(free))
    try:
        same = in_words(wish, shipment, offered) == approval.shown
    except StopIteration:
        # its locker or time is gone: the policy says so in better words
        same = True
    return wish if same else None
