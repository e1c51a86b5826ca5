"""An agent makes the recipient's link worthless, or gives them a new one. The old one ends at once either way."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.message import BECAUSE_OF, Message, Rule, Standing
from notifications.notice import Notice
from portal.domain.access import fingerprint, link_code, next_nonce
from portal.domain.delivery import Shipment
from portal.flows import announce
from portal.flows.agent_acts import SAY_WHY, Done, Sorry, gives_reason, just_did, record
from portal.flows.agent_acts_resend import for_recipient, with_link
from portal.flows.agents import actor
from portal.flows.announce import News, Voice
from portal.store import gathering, links, rewording, shipments
from portal.store.agents import Agent

REVOKED = "The link no longer opens the page. Nobody was told; the next message carries a new one."
RENEWED = "The old link no longer opens the page, and the new one is on its way."


def revoke(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, why: str, now: datetime
) -> Done | Sorry | None:
    """The link that is known opens nothing any more, and nobody is told. None: no such shipment in the scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    if not gives_reason(why):
        return Sorry(SAY_WHY)
    if not just_did(session, agent, shipment, "link_revoked", now):
        _another_link(session, voice, shipment, now)
        record(session, agent, shipment, "link_revoked", now, why=why)
    return Done(REVOKED)


def renew(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, why: str, now: datetime
) -> Done | Sorry | None:
    """A new link in place of the old one, sent to the contact on file. None: no such shipment in the scope."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id, lock=True)
    if shipment is None:
        return None
    if not gives_reason(why):
        return Sorry(SAY_WHY)
    if just_did(session, agent, shipment, "link_renewed", now):
        return Done(RENEWED)
    shipment = _another_link(session, voice, shipment, now)
    record(session, agent, shipment, "link_renewed", now, why=why)
    because = f"{actor(agent)} renewed the link: {why}"
    news = News(shipment, Notice.LINK_RENEWED, f"link:{shipment.link_nonce}", because, now)
    return _told(announce.tell(session, voice, [news], now))


def _another_link(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> Shipment:
    """The shipment with its next link. What waits on the shelf carries that one."""
    shipment = replace(shipment, link_nonce=next_nonce(shipment.link_nonce))
    links.revoke(session, shipment.id, now)
    links.add(session, [(fingerprint(link_code(voice.secret, shipment.link_nonce)), shipment.id)], now)
    shipments.update_facts(session, shipment.id, {"link_nonce": shipment.link_nonce}, now)
    waiting = gathering.waiting(session, [shipment.id], [])
    rewording.reword(session, (with_link(voice, shipment, one) for one in waiting if for_recipient(one)))
    return shipment


def _told(messages: list[Message]) -> Done:
    if any(one.standing is Standing.QUEUED for one in messages):
        return Done(RENEWED)
    rules = [Rule(one.stopped_by) for one in messages if one.stopped_by]
    because = BECAUSE_OF[rules[0] if rules else Rule.NO_CONTACT]
    return Done(f"The link is renewed, but could not be sent. {because}")
