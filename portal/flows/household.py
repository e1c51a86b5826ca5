"""Others who share an address hear that deliveries there are kept back: it may be a stranger who asked."""

from datetime import datetime

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.change import Change
from portal.domain.clue import folded
from portal.domain.delivery import Shipment
from portal.domain.parcel import Address
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.store import shipments


def tell_of_hold(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    """Tell the others of a hold, each of them once, whether it is asked or agreed. No name is told."""
    because = "Somebody at this address asked to keep a delivery; who shares it hears of it."
    news = [
        News(other, Notice.HOUSEHOLD_HELD, f"hold:{change.group_id or change.id}", because, now)
        for other in others_at(session, shipment)
    ]
    announce.tell(session, voice, news, now)


def others_at(session: Session, shipment: Shipment) -> list[Shipment]:
    """What else is under way to this address, from the same shipper to people with other contacts; one each."""
    near = shipments.under_way_near(session, shipment.shipper_id, shipment.address)
    seen = {_contacts(shipment)}
    found = []
    for other in near:
        if same_door(other.address, shipment.address) and not _known(other, seen):
            seen.add(_contacts(other))
            found.append(other)
    return found


def same_door(one: Address, other: Address) -> bool:
    """Whether two addresses are written alike, but for case, accents and gaps."""
    return _written(one) == _written(other)


def _written(address: Address) -> tuple[str, str, str]:
    lines = folded(" ".join(address.lines).replace(",", " "))
    return address.country, folded(address.postcode), lines


def _contacts(shipment: Shipment) -> tuple[str, str]:
    return shipment.recipient.phone, shipment.recipient.email


def _known(shipment: Shipment, seen: set[tuple[str, str]]) -> bool:
    phone, email = _contacts(shipment)
    return any((phone and phone == their) or (email and email == mail) for their, mail in seen)
