"""What a neighbor is asked and told: one question for what was asked at once, and news as long as they said yes."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from notifications.message import Message, Rule
from notifications.notice import Facts, Notice, Occasion
from notifications.policy import compose, next_decent, usable
from portal.domain import change_policy as policy
from portal.domain.access import fingerprint, neighbor_code
from portal.domain.change import Change, Life
from portal.domain.delivery import Shipment
from portal.domain.events import How
from portal.domain.kinds.base import No
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.neighbors import A_WEEK, ASKED_A_SHIPMENT, HOW, NeighborAsk, Way, may_be_asked
from portal.flows import announce
from portal.flows.announce import Voice
from portal.flows.change_offer import place_of, situation
from portal.flows.neighbor_contact import contact_of, hint, is_own, way_of
from portal.store import changes, gathering, links, marks, neighbors, outbox

SHORTEST = timedelta(minutes=5)
ASKED_BECAUSE = "The recipient named them as the neighbor who takes it."


def may_ask(
    session: Session, shipment: Shipment, change: Change, wish: LeaveWithNeighbor, now: datetime
) -> No | None:
    """Why this neighbor cannot be asked; what they chose for good is not told to whoever names them."""
    if is_own(wish, shipment):
        return No.NEIGHBOR_YOURSELF
    if not wish.contact:
        return None
    mark, group = marks.fingerprint(wish.contact), neighbors.group_of(change)
    asked = [one for one in neighbors.of_shipment(session, shipment.id) if one.way is not Way.PASSED_ON]
    if len(asked) >= ASKED_A_SHIPMENT:
        return No.NEIGHBOR_NOT_NOW
    # several who name the same neighbor at once are counted one by one
    links.hold_senders(session, [mark])
    lately = neighbors.lately(session, mark, now - A_WEEK)
    together = sum(one.parcels for one in lately if one.group_id == group)
    others = [one for one in lately if one.group_id != group]
    free = may_be_asked(
        neighbors.habits(session, mark),
        others,
        shipment.id,
        together + shipment.parcel_count,
        _span(shipment),
        now,
    )
    return None if free else No.NEIGHBOR_NOT_NOW


def _span(shipment: Shipment) -> tuple[datetime, datetime] | None:
    """When it comes, on the clock at the door."""
    zone, window = ZoneInfo(shipment.address.timezone), shipment.window
    return (window.start.astimezone(zone), window.end.astimezone(zone)) if window else None


def ask(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    change: Change,
    wish: LeaveWithNeighbor,
    now: datetime,
) -> datetime:
    """Ask the neighbor; returns until when they may answer. Shipments that are asked at once share one question."""
    cut_off = _cut_off(session, voice, shipment, now)
    known = neighbors.of_changes(session, [change]).get(change.id)
    if known is not None:
        neighbors.join(session, known, shipment.parcel_count, cut_off or known.expires_at)
        return min(known.expires_at, cut_off or known.expires_at)
    shipper = voice.shippers(session)[shipment.shipper_id]
    minutes = timedelta(minutes=shipper.rules.neighbor_minutes)
    asked = NeighborAsk(
        id=str(uuid.uuid4()),
        shipper_id=shipment.shipper_id,
        shipment_id=shipment.id,
        change_id=change.id,
        group_id=neighbors.group_of(change),
        neighbor=marks.fingerprint(wish.contact) if wish.contact else "",
        name=wish.name,
        house_number=wish.house_number,
        way=way_of(wish.contact),
        contact=wish.contact,
        language=shipper.language,
        nonce=secrets.token_hex(16),
        asked_at=now,
        expires_at=_latest(now + max(minutes, SHORTEST), cut_off),
    )
    asked = _sent(session, voice, shipment, asked, max(minutes, SHORTEST), cut_off, now)
    evidence = {"how": HOW[asked.way], "parcels": shipment.parcel_count, "to": hint(asked)}
    link = fingerprint(neighbor_code(voice.secret, asked.nonce))
    neighbors.add(session, replace(asked, evidence={**asked.evidence, **evidence}), link)
    return asked.expires_at


def _cut_off(session: Session, voice: Voice, shipment: Shipment, now: datetime) -> datetime | None:
    rules = voice.shippers(session)[shipment.shipper_id].rules
    where = situation(shipment, rules, [], place_of(session, shipment, now))
    kind = LeaveWithNeighbor.kind
    return policy.option(kind, where, now).until


def _latest(at: datetime, cut_off: datetime | None) -> datetime:
    return min(at, cut_off) if cut_off else at


def _sent(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    asked: NeighborAsk,
    minutes: timedelta,
    cut_off: datetime | None,
    now: datetime,
) -> NeighborAsk:
    """Send the link; the time to answer begins when it may be read. Where nothing may be sent it is passed on."""
    if asked.way is Way.PASSED_ON:
        return asked
    contact = contact_of(session, voice, asked, shipment.address.timezone, now)
    leaves_at = next_decent(now, contact.timezone)
    in_time = replace(asked, expires_at=_latest(leaves_at + minutes, cut_off))
    may_go = bool(usable(Notice.NEIGHBOR_ASKED, contact)) and leaves_at < in_time.expires_at
    told = tell(
        session, voice, shipment, in_time if may_go else asked, Notice.NEIGHBOR_ASKED, ASKED_BECAUSE, now
    )
    if may_go:
        return in_time
    rules = {message.stopped_by for message in told if message.stopped_by}
    because = next(iter(sorted(rules)), Rule.QUIET_HOURS.value)
    # the number stays known by its fingerprint alone: what it chose for good still holds
    return replace(asked, way=Way.PASSED_ON, contact="", evidence={"not_sent": because})


def tell(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    ask: NeighborAsk,
    notice: Notice,
    because: str,
    now: datetime,
) -> list[Message]:
    """Tell the neighbor by the way the question went; nothing where the link was passed on.

    The house speaks, not the shop: who sent a parcel is nothing a neighbor is told.
    """
    if ask.way is Way.PASSED_ON or not ask.contact:
        return []
    contact, window = contact_of(session, voice, ask, shipment.address.timezone, now), shipment.window
    facts = Facts(
        shipper=voice.carrier,
        link=voice.neighbor_page(ask.nonce),
        timezone=shipment.address.timezone,
        window_start=window.start if window else None,
        window_end=window.end if window else None,
        happened_at=now,
        change_until=ask.expires_at,
    )
    occasion = Occasion(notice, ask.shipper_id, ask.shipment_id, ask.id, because, facts, now)
    messages = compose(occasion, contact, voice.renderer, now, prices=voice.prices)
    if notice is Notice.NEIGHBOR_ASKED:
        messages = [_in_time(message, ask.expires_at) for message in messages]
    outbox.put(session, messages)
    announce.nudge(session, voice, messages)
    return messages


def _in_time(message: Message, until: datetime) -> Message:
    """A question helps nobody once its time is over."""
    return replace(message, expires_at=min(message.expires_at or until, until))


def follow(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    """A change that a neighbor was asked about moved on: they are told what it means for them."""
    ask = neighbors.of_changes(session, [change]).get(change.id)
    if ask is None or ask.closed_at is not None:
        return
    group = changes.of_group(session, ask.shipper_id, ask.group_id, ask.asked_at)
    if ask.agreed and (said := _news(shipment, change, group)):
        tell(session, voice, shipment, ask, *said, now)
    if not any(_under_way(one) for one in group):
        neighbors.close(session, ask.id, now)
        _unsaid(session, ask, now)


def _news(shipment: Shipment, change: Change, group: Sequence[Change]) -> tuple[Notice, str] | None:
    if change.life is Life.ACCEPTED and change.honoured is None:
        return Notice.NEIGHBOR_COMING, "Dispatch agreed: it comes to this neighbor."
    if change.honoured or shipment.state.how is How.NEIGHBOR:
        return Notice.NEIGHBOR_RECEIPT, "It was left with this neighbor."
    if any(_under_way(one) for one in group):
        return None
    return Notice.NEIGHBOR_OFF, "They said yes, and it does not come to them after all."


def _under_way(change: Change) -> bool:
    return change.waits or (change.life is Life.ACCEPTED and change.honoured is None)


def _unsaid(session: Session, ask: NeighborAsk, now: datetime) -> None:
    """A question that still waits on the shelf is not asked any more."""
    waiting = gathering.waiting(session, [ask.shipment_id], [])
    old = {one.id: one for one in waiting if one.notice == Notice.NEIGHBOR_ASKED and one.to == ask.contact}
    gathering.hold_back(session, {one: (Rule.NO_LONGER_TRUE, old[one].because) for one in old}, now)
