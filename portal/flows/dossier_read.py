"""All that a dossier is made of, read once: a fixed number of questions, however much happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from notifications.contact import Contact
from notifications.message import Channel
from portal.domain.attention import Attention
from portal.domain.change import Change, Kind
from portal.domain.delivery import Shipment
from portal.domain.follow_up import FollowUp
from portal.domain.handover import Handover, Proof, handing_event
from portal.domain.lockers import Booking
from portal.domain.neighbors import NeighborAsk
from portal.domain.problem import Problem
from portal.domain.rating import Rating
from portal.domain.telling import Received
from portal.domain.telling_replies import Said
from portal.flows import announce
from portal.flows.announce import Voice
from portal.flows.handover import AtTheDoor, judged
from portal.store import (
    attentions,
    audit,
    changes,
    claims,
    files,
    follow_ups,
    handovers,
    inbound,
    locker_bookings,
    neighbors,
    problems,
    promises,
    ratings,
    reminders,
    shipments,
)
from portal.store import dossier as store
from portal.store.audit import Views
from portal.store.claims import Claim
from portal.store.dossier import Act, CodeAsked, LinkKnown, ToldDispatch, Written
from portal.store.files import File
from portal.store.outbox import Told
from portal.store.promises import Shown
from portal.store.reminders import Planned


@dataclass(frozen=True, slots=True)
class Read:
    """What is known of one shipment; lists are oldest first. `messages` go to people, `calls` to dispatch."""

    shipment: Shipment
    changes: tuple[Change, ...]
    asks: Mapping[str, NeighborAsk]
    events: Sequence[Received]
    windows: Sequence[Shown]
    told_dispatch: Sequence[ToldDispatch]
    messages: Sequence[Told]
    calls: Sequence[Told]
    contact: Contact
    reminders: Sequence[Planned]
    matters: Sequence[FollowUp]
    proofs: Sequence[Handover]
    pictures: Sequence[File]
    door: AtTheDoor | None
    claim: Claim | None
    problems: Sequence[Problem]
    rating: Rating | None
    replies: Sequence[Said]
    codes: Sequence[CodeAsked]
    views: Sequence[Views]
    notes: Sequence[Written]
    acts: Sequence[Act]
    links: Sequence[LinkKnown]
    stay: Booking | None
    called: Sequence[Attention] = ()

    @property
    def event_ids(self) -> dict[str, int]:
        """The place of each event among all events, by its own id."""
        return {one.event.event_id: one.id for one in self.events}

    @property
    def door_missing(self) -> dict[str, tuple[Proof, ...]]:
        """What proof is missing, by the event that handed it over."""
        event_id = handing_event(self.shipment.state)
        return {event_id: self.door.missing} if self.door and event_id else {}


def read(
    session: Session, voice: Voice, shipper_id: int | None, shipment_id: int, now: datetime
) -> Read | None:
    """Everything about a shipment; None: there is no such one within this scope."""
    shipment = shipments.by_id(session, shipper_id, shipment_id)
    if shipment is None:
        return None
    known = tuple(changes.of_shipments(session, [shipment_id]).get(shipment_id, ()))
    said = store.messages(session, shipment_id)
    proofs = handovers.of_shipments(session, [shipment_id]).get(shipment_id, [])
    pictures = files.of_shipment(session, shipment_id, now)
    return Read(
        shipment=shipment,
        changes=known,
        asks=neighbors.of_changes(session, (one for one in known if one.kind is Kind.NEIGHBOR)),
        events=store.events(session, shipment_id),
        windows=promises.of_shipments(session, [shipment_id]),
        told_dispatch=store.told_dispatch(session, shipment_id),
        messages=[one for one in said if one.message.channel is not Channel.WEBHOOK],
        calls=[one for one in said if one.message.channel is Channel.WEBHOOK],
        contact=announce.contacts_of(session, voice, [shipment], now)[shipment_id],
        reminders=reminders.of_shipment(session, shipment_id),
        matters=follow_ups.of_shipments(session, [shipment_id]),
        proofs=proofs,
        pictures=pictures,
        door=judged(shipment, proofs, pictures, now),
        claim=claims.of_shipment(session, shipment_id),
        problems=problems.of_shipment(session, shipment_id),
        rating=ratings.of_shipment(session, shipment_id),
        replies=inbound.of_shipment(session, shipment_id),
        codes=store.codes(session, shipment_id),
        views=audit.views(session, shipment_id),
        notes=store.notes(session, shipment_id),
        acts=store.acts(session, shipment_id),
        links=store.links(session, shipment_id),
        stay=locker_bookings.of_shipment(session, shipment_id),
        called=attentions.of_shipment(session, shipment_id),
    )
