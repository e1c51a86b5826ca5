"""Several parcels for one door: what else is under way there and can be changed in the same breath."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain import change_policy as policy
from portal.domain.change import Kind
from portal.domain.delivery import Shipment
from portal.flows.announce import Voice
from portal.flows.change_offer import place_of, situation
from portal.flows.contact_changes import all_stood
from portal.store import changes, gathering, shipments

MOST = 10


def others(session: Session, voice: Voice, shipment: Shipment, kind: Kind, now: datetime) -> list[Shipment]:
    """Other shipments of this shipper for the same person at the same door, for which this kind is open as well.

    The proof of this one is theirs too: what takes a code that this one does not take, or was given its contacts a
    short while ago, is changed by itself.
    """
    ids = gathering.under_way(session, [shipment.door]).get(shipment.door, set()) - {shipment.id}
    found = shipments.by_ids(session, sorted(ids)[:MOST])
    known = changes.of_shipments(session, found)
    rules = voice.shippers(session)[shipment.shipper_id].rules
    proves = policy.needs_code(kind, situation(shipment, rules, []))
    possible = []
    for other in found.values():
        # the mark of a door holds its shipper, but a mark is not what a scope rests on
        if other.shipper_id != shipment.shipper_id:
            continue
        where = situation(other, rules, known.get(other.id, []), place_of(session, other, now))
        if policy.needs_code(kind, where) and not (proves and all_stood(session, other, now)):
            continue
        if policy.option(kind, where, now).open:
            possible.append(other)
    return possible


def chosen(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    kind: Kind,
    references: Collection[str],
    now: datetime,
) -> list[Shipment]:
    """Those of the others that were ticked; a reference that is none of them is left out."""
    if not references:
        return []
    return [one for one in others(session, voice, shipment, kind, now) if one.reference in references]
