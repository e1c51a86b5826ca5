"""How people are reached: what dispatch told, what they chose and said stop to, and what the law asks for.

Asked for a whole batch at once, in four questions.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache

import phonenumbers
from sqlalchemy.orm import Session

from notifications.contact import Contact
from notifications.message import Channel
from portal.domain.delivery import Shipment
from portal.store import consents, contacts, preferences
from portal.store.consents import Key
from portal.store.contacts import Address
from portal.store.preferences import Preference
from portal.store.shippers import Shipper

Countries = frozenset[str]


def contacts_of(
    session: Session,
    shippers: Mapping[int, Shipper],
    countries: Countries,
    whom: Iterable[Shipment],
    now: datetime,
) -> dict[int, Contact]:
    """How the recipients of these shipments are reached, by shipment.

    `countries` are those where texts need a recorded consent.
    """
    whom = list(whom)
    addresses = {to for one in whom for _, to in ways(one)}
    keys = {(one.shipper_id, channel, to) for one in whom for channel, to in ways(one)}
    known = _Known(
        contacts.stopped(session, addresses),
        contacts.unreachable(session, addresses, now),
        consents.latest(session, keys),
        countries,
    )
    chosen = preferences.of(session, ((shipper_id, to) for shipper_id, _, to in keys))
    return {one.id: _contact(one, shippers[one.shipper_id], known, chosen) for one in whom}


def of_neighbor(
    session: Session,
    countries: Countries,
    shipper_id: int,
    way: Address,
    language: str,
    timezone: str,
    now: datetime,
) -> Contact:
    """How somebody is reached who was only named as a neighbor: by what was given, under the rules of everybody."""
    channel, to = way
    known = _Known(
        contacts.stopped(session, [to]),
        contacts.unreachable(session, [to], now),
        consents.latest(session, [(shipper_id, channel, to)]),
        countries,
    )
    only = frozenset({channel})
    return Contact(
        phone=to if channel is Channel.SMS else None,
        email=to if channel is Channel.EMAIL else None,
        language=language,
        timezone=timezone,
        stopped=only if way in known.stopped else frozenset(),
        unreachable=only if way in known.unreachable else frozenset(),
        unconsented=only if known.unconsented(shipper_id, way) else frozenset(),
        withdrawn=only if known.withdrawn(shipper_id, way) else frozenset(),
    )


def ways(shipment: Shipment) -> list[Address]:
    """The number and the address on file."""
    who = shipment.recipient
    both = ((Channel.SMS, who.phone), (Channel.EMAIL, who.email))
    return [(channel, to) for channel, to in both if to]


class _Known:
    """What is known of the addresses of a batch."""

    def __init__(
        self,
        stopped: set[Address],
        unreachable: set[Address],
        said: Mapping[Key, bool],
        countries: Countries,
    ) -> None:
        self.stopped, self.unreachable, self.said, self.countries = stopped, unreachable, said, countries

    def withdrawn(self, shipper_id: int, way: Address) -> bool:
        """Whether it was said that this shipper is not to use it."""
        return self.said.get((shipper_id, *way)) is False

    def unconsented(self, shipper_id: int, way: Address) -> bool:
        """Whether a consent is needed and none holds."""
        return not self.said.get((shipper_id, *way)) and asks_consent(way, self.countries)


def _contact(
    shipment: Shipment,
    shipper: Shipper,
    known: _Known,
    chosen: Mapping[tuple[int, str], Preference],
) -> Contact:
    who, has = shipment.recipient, ways(shipment)
    choice = preferences.newest(chosen.get((shipper.id, to)) for _, to in has)
    told = frozenset(map(Channel, who.channels)) if who.channels is not None else None
    return Contact(
        name=who.name,
        phone=who.phone or None,
        email=who.email or None,
        language=(choice and choice.language) or who.language or shipper.language,
        channels=choice.channels if choice and choice.channels is not None else told,
        timezone=shipment.address.timezone,
        stopped=frozenset(way[0] for way in has if way in known.stopped),
        unreachable=frozenset(way[0] for way in has if way in known.unreachable),
        unconsented=frozenset(way[0] for way in has if known.unconsented(shipper.id, way)),
        withdrawn=frozenset(way[0] for way in has if known.withdrawn(shipper.id, way)),
        declined=choice.declined if choice else frozenset(),
        day=choice.day if choice else None,
    )


def asks_consent(way: Address, countries: Countries) -> bool:
    """Whether the law of the number's country asks for a recorded consent before it gets texts."""
    channel, to = way
    if channel is not Channel.SMS or not to.startswith(_codes(countries)):
        return False
    # a number that no country knows is treated like the strictest of those that share its code
    return _country(to) in {*countries, ""}


@lru_cache(maxsize=16)
def _codes(countries: Countries) -> tuple[str, ...]:
    """`+1` for the US and Canada: most numbers are settled by it, and parsing one costs 20 microseconds."""
    return tuple({f"+{phonenumbers.country_code_for_region(country)}" for country in countries})


@lru_cache(maxsize=4096)
def _country(phone: str) -> str:
    """The country of a number in E.164, two letters; empty if it belongs to none."""
    try:
        return phonenumbers.region_code_for_number(phonenumbers.parse(phone)) or ""
    except phonenumbers.NumberParseException:
        return ""
