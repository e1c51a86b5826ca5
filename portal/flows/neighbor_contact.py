"""How a named neighbor is reached: what was typed becomes a number or an address, and a contact under our rules."""

from dataclasses import replace
from datetime import datetime

import phonenumbers
from email_validator import EmailNotValidError, validate_email
from phonenumbers import NumberParseException, PhoneNumberFormat
from sqlalchemy.orm import Session

from notifications.contact import Contact
from notifications.message import Channel
from portal.domain.delivery import Shipment
from portal.domain.kinds.neighbor import LeaveWithNeighbor, is_number
from portal.domain.neighbors import NeighborAsk, Way, is_recipient
from portal.flows import contacts, reach
from portal.flows.announce import Voice

CHANNELS = {Way.SMS: Channel.SMS, Way.EMAIL: Channel.EMAIL}


def cleaned(wish: LeaveWithNeighbor, shipment: Shipment) -> LeaveWithNeighbor:
    """The wish with its contact in E.164, or as an address; one that cannot be read is left for the rule to refuse.

    Numbers are those of the door's own country, and of a kind that gets texts: a neighbor's is, and a stranger's
    dear number abroad is not.
    """
    typed = wish.contact.strip()
    read = _email(typed) if "@" in typed else _phone(typed, shipment.address.country)
    return replace(wish, contact=read or (f"? {typed}" if typed else ""))


def _phone(typed: str, country: str) -> str:
    try:
        number = phonenumbers.parse(typed[:40], country or None)
    except NumberParseException:
        return ""
    at_home = number.country_code == phonenumbers.country_code_for_region(country or "")
    if not at_home or not phonenumbers.is_valid_number(number):
        return ""
    read = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    return "" if reach.no_texts(read) else read


def _email(typed: str) -> str:
    try:
        found = validate_email(typed, check_deliverability=False)
    except EmailNotValidError:
        return ""
    return found.ascii_email.lower() if found.ascii_email else ""


def way_of(contact: str) -> Way:
    """How a cleaned contact is reached; without one the recipient passes the link on."""
    if not contact:
        return Way.PASSED_ON
    return Way.SMS if is_number(contact) else Way.EMAIL


def is_own(wish: LeaveWithNeighbor, shipment: Shipment) -> bool:
    """Whether the recipient named themselves: their own number or address, or their own name at their own door."""
    who = shipment.recipient
    if wish.contact and wish.contact.lower() in {who.phone, who.email.lower()}:
        return True
    return is_recipient(wish.name, wish.house_number, who.name, shipment.address.street)


def contact_of(session: Session, voice: Voice, ask: NeighborAsk, timezone: str, now: datetime) -> Contact:
    """How the neighbor of this question may be told; nobody where the link was passed on."""
    channel = CHANNELS.get(ask.way)
    if channel is None or not ask.contact:
        return Contact(language=ask.language, timezone=timezone)
    way = (channel, ask.contact)
    return contacts.of_neighbor(
        session, voice.consent_countries, ask.shipper_id, way, ask.language, timezone, now
    )


def hint(ask: NeighborAsk) -> str:
    """Hardly more than the end of a number, or the first letter of an address: for evidence that outlives it."""
    if ask.way is Way.SMS:
        return f"…{ask.contact[-2:]}"
    name, _, host = ask.contact.partition("@")
    return f"{name[:1]}…@{host}" if host else ""
