"""An agent makes good what went wrong, by the shipper's own reasons and within their role's ceiling."""

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.message import Rule, Standing
from notifications.notice import Notice
from portal.db import after_commit
from portal.domain.delivery import Shipment
from portal.domain.goodwill import TAKEN_BACK_WITHIN, Gift, Reason, why_not, why_not_back
from portal.flows import announce
from portal.flows.agent_acts import SAY_WHY, Done, Sorry, gives_reason, just_did, record
from portal.flows.agents import actor
from portal.flows.announce import News, Voice
from portal.store import changes, gathering, goodwill, outbox, shipments
from portal.store.agents import Agent

MADE_GOOD, TAKEN_BACK = "shipment.made_good", "shipment.made_good_withdrawn"


def give(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, code: str, why: str, now: datetime
) -> Done | Sorry | None:
    """Give what a reason of the shipper says. None: there is no such shipment or reason in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    reason = next((one for one in goodwill.reasons(session, shipment.shipper_id) if one.code == code), None)
    if reason is None:
        return None
    if not gives_reason(why):
        return Sorry(SAY_WHY)
    gifts = goodwill.gifts(session, shipment.id)
    done = Done(f"Made good with {reason.amount}. It can be taken back for 10 minutes.")
    if any(
        one.reason_id == reason.id and one.by == actor(agent) for one in gifts if not one.taken_back_at
    ) and (just_did(session, agent, shipment, "made_good", now)):
        return done
    ceilings = goodwill.ceilings(session, shipment.shipper_id)
    if because := why_not(reason, agent.role, gifts, ceilings):
        return Sorry(because)
    gift = _gift(agent, shipment, reason, why, now)
    goodwill.give(session, gift)
    _to_dispatch(session, voice, shipment, gift, MADE_GOOD, gift.by, now)
    record(session, agent, shipment, "made_good", now, reason=reason.words, amount=reason.amount, why=why)
    if reason.told:
        _tell(session, voice, shipment, gift, now)
    return done


def take_back(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, gift_id: str, now: datetime
) -> Done | Sorry | None:
    """Take it back within minutes; whoever was to hear of it does not. None: no such gift in the agent's scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    gift = next((one for one in goodwill.gifts(session, shipment.id) if one.id == gift_id), None)
    if gift is None:
        return None
    if because := why_not_back(gift, now):
        return Sorry(because)
    if goodwill.take_back(session, gift.id, actor(agent), now):
        _unsay(session, shipment, gift, now)
        _to_dispatch(session, voice, shipment, gift, TAKEN_BACK, actor(agent), now)
        record(session, agent, shipment, "good_taken_back", now, reason=gift.words, amount=gift.amount)
    return Done(f"{gift.amount} taken back; the recipient hears nothing of it.")


def _gift(agent: Agent, shipment: Shipment, reason: Reason, why: str, now: datetime) -> Gift:
    return Gift(
        id=str(uuid.uuid4()),
        shipper_id=shipment.shipper_id,
        shipment_id=shipment.id,
        reason_id=reason.id,
        code=reason.code,
        words=reason.words,
        hundredths=reason.hundredths,
        unit=reason.unit,
        told=reason.told,
        why=why,
        by=actor(agent),
        at=now,
    )


def _tell(session: Session, voice: Voice, shipment: Shipment, gift: Gift, now: datetime) -> None:
    """The recipient hears of it once it can no longer be taken back."""
    because = f"{gift.by} made good “{gift.words}”: {gift.why}"
    facts = {"amount": gift.amount, "said": gift.words}
    news = News(shipment, Notice.MADE_GOOD, _occurrence(gift), because, now, facts, TAKEN_BACK_WITHIN)
    announce.tell(session, voice, [news], now)


def _unsay(session: Session, shipment: Shipment, gift: Gift, now: datetime) -> None:
    held = {
        one.message.id: (Rule.NO_LONGER_TRUE, f"{one.message.because} It was taken back.")
        for one in outbox.of_shipment(session, shipment.shipper_id, shipment.id)
        if _occurrence(gift) in one.message.dedupe_key and one.message.standing is Standing.QUEUED
    }
    gathering.hold_back(session, held, now)


def _occurrence(gift: Gift) -> str:
    return f"good:{gift.id}"


def _to_dispatch(
    session: Session, voice: Voice, shipment: Shipment, gift: Gift, type: str, by: str, now: datetime
) -> None:
    whole, rest = divmod(gift.hundredths, 100)
    data = {
        "shipment": shipment.reference,
        "gift_id": gift.id,
        "reason_code": gift.code,
        "reason": gift.words,
        "amount": f"{whole}.{rest:02d}",
        "unit": gift.unit,
        "by": by,
        "at": now.isoformat(),
    }
    changes.tell_dispatch(session, shipment.shipper_id, shipment.id, type, now, data)
    after_commit(session, "feed", voice.nudge_feed)
