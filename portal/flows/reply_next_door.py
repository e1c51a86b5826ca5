"""Somebody who was asked as a neighbor texts back: yes and no count as on the page, and everything leads there."""

from datetime import datetime

from sqlalchemy.orm import Session

from notifications.message import Message
from notifications.notice import TO_NEIGHBORS
from notifications.receipts import Inbound
from portal.domain.neighbors import A_WEEK, Answer, NeighborAsk
from portal.domain.replies import understand
from portal.domain.reply_intents import Expects, No, Yes
from portal.flows import neighbors
from portal.flows.announce import Voice
from portal.flows.reply_talk import shelve
from portal.store import inbound, marks
from portal.store import neighbors as store


def speaks_to(session: Session, voice: Voice, number: str, shop: str) -> str:
    """In whose name this number is answered: the shop's, or the house's where a neighbor knows no shop."""
    return voice.carrier if inbound.last_news(session, number) in TO_NEIGHBORS else shop


def heard(
    session: Session, voice: Voice, said: Inbound, last: Message | None, recipient: bool, now: datetime
) -> str:
    """What a neighbor's text became; empty where the last we told this number was nothing to a neighbor.

    `recipient`: something is also under way to them, so only a plain yes or no is meant for next door.
    """
    if last is None or inbound.last_news(session, said.sender) not in TO_NEIGHBORS:
        return ""
    asked = store.lately(session, marks.fingerprint(said.sender), now - A_WEEK)
    newest = max((one for one in asked if one.theirs), key=lambda one: one.asked_at, default=None)
    intent = understand(said.text, last.language, 0, Expects.NOTHING, now.date())
    plain = isinstance(intent, (Yes, No))
    if newest is None or (recipient and not plain):
        return ""
    if plain and newest.answerable(now):
        answer = Answer.YES if isinstance(intent, Yes) else Answer.NO
        neighbors.answer(session, voice, newest, answer, now, last.language, answered_by="text")
    return _point_to_page(session, voice, said, newest, last.language, now)


def _point_to_page(
    session: Session, voice: Voice, said: Inbound, ask: NeighborAsk, language: str, now: datetime
) -> str:
    name, link = "reply_next_door", voice.neighbor_page(ask.nonce)
    shelve(
        session,
        voice,
        said,
        name,
        language,
        now,
        ask.shipper_id,
        ask.shipment_id,
        speaker=voice.carrier,
        link=link,
    )
    return f"answered:{name}"
