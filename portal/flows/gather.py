"""Before news is worded: what of it is told as one message, and what waiting message it makes old."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from notifications.facts_json import facts_from
from notifications.gathering import GATHERED_WITHIN, REPLACES, gather_key, makes_old, together
from notifications.message import Channel, Message, Rule
from notifications.notice import Facts, Notice, Occasion
from notifications.policy import channel_key, dedupe_key
from portal.domain.delivery import Shipment
from portal.store import gathering

TELLS = (Channel.SMS, Channel.EMAIL)


def gather(
    session: Session, occasions: Sequence[Occasion], whom: Mapping[int, Shipment], now: datetime
) -> list[Occasion]:
    """The occasions with what they are told together with; what waits and is old by them is held back.

    `whom` holds their shipments by id. What was told before is told no more: it neither replaces nor leads.
    """
    if not any(one.notice in GATHERED_WITHIN or REPLACES[one.notice] for one in occasions):
        return list(occasions)
    marked = [_marked(one, whom[one.shipment_id]) for one in occasions]
    keys = {one.gather_key for one in marked if one.gather_key}
    shelf = gathering.waiting(session, whom, [channel_key(key, channel) for key in keys for channel in TELLS])
    repeated: list[Occasion] = []
    if shelf or len(keys) < sum(bool(one.gather_key) for one in marked):
        marked, repeated = _new(session, marked)
    held: dict[str, tuple[Rule, str]] = {}
    others = gathering.under_way(session, (whom[one.shipment_id].door for one in marked if one.gather_key))
    leaders = _together(_replacing(marked, shelf, held), whom, others)
    told = [_joined(one, whom, shelf, held, now) for one in leaders]
    gathering.hold_back(session, held, now)
    return told + repeated


def _new(session: Session, occasions: Sequence[Occasion]) -> tuple[list[Occasion], list[Occasion]]:
    """What is news, and what was told before: dispatch and we ourselves may see the same thing."""
    names = {one: [dedupe_key(one, channel) for channel in TELLS] for one in occasions}
    told = gathering.told_before(session, (name for listed in names.values() for name in listed))
    repeated = [one for one in occasions if not told.isdisjoint(names[one])]
    fresh = [one for one in occasions if told.isdisjoint(names[one])]
    return fresh, [replace(one, gather_key="") for one in repeated]


def _marked(occasion: Occasion, shipment: Shipment) -> Occasion:
    if not shipment.door:
        return occasion
    key = gather_key(occasion.notice, occasion.shipper_id, shipment.door, occasion.facts)
    return replace(occasion, gather_key=key)


def _replacing(
    occasions: Sequence[Occasion], shelf: Sequence[Message], held: dict[str, tuple[Rule, str]]
) -> Sequence[Occasion]:
    """Whatever waits about the same shipment and is older news goes."""
    newer: dict[int, list[Notice]] = {}
    for one in occasions:
        newer.setdefault(one.shipment_id, []).append(one.notice)
    for message in shelf:
        if any(
            makes_old(one, message.notice, message.channel) for one in newer.get(message.shipment_id or 0, ())
        ):
            held[message.id] = (Rule.REPLACED, message.because)
    return occasions


def _together(
    occasions: Sequence[Occasion], whom: Mapping[int, Shipment], under_way: Mapping[str, set[int]]
) -> list[Occasion]:
    """Of the same news for one door the first tells all; it waits a little when more may come."""
    first: dict[str, int] = {}
    told: list[Occasion] = []
    for one in occasions:
        leader = first.get(one.gather_key) if one.gather_key else None
        if leader is None:
            first[one.gather_key] = len(told)
            told.append(one)
            continue
        told[leader] = _with(told[leader], one.facts)
        told.append(replace(one, told_with=whom[told[leader].shipment_id].reference))
    here: dict[str, set[int]] = {}
    for one in occasions:
        here.setdefault(one.gather_key, set()).add(one.shipment_id)
    return [
        _waits(one, bool(under_way.get(whom[one.shipment_id].door, set()) - here[one.gather_key]))
        for one in told
    ]


def _with(occasion: Occasion, more: Facts) -> Occasion:
    facts = together(occasion.facts, more)
    return replace(occasion, facts=facts, happened_at=facts.happened_at)


def _waits(occasion: Occasion, more_may_come: bool) -> Occasion:
    if not more_may_come or not occasion.gather_key:
        return replace(occasion, gather_key="") if not occasion.told_with else occasion
    return replace(occasion, gathers_for=GATHERED_WITHIN[occasion.notice])


def _joined(
    occasion: Occasion,
    whom: Mapping[int, Shipment],
    shelf: Sequence[Message],
    held: dict[str, tuple[Rule, str]],
    now: datetime,
) -> Occasion:
    """The occasion with what already waits to tell the same about another parcel; it leaves when that would have."""
    if occasion.told_with:
        return occasion
    shipment = whom[occasion.shipment_id]
    key = (
        gather_key(occasion.notice, occasion.shipper_id, shipment.door, occasion.facts)
        if shipment.door
        else ""
    )
    alike = {channel_key(key, channel) for channel in TELLS} if key else set()
    found = [
        one
        for one in shelf
        if one.gather_key in alike and one.shipment_id != occasion.shipment_id and one.id not in held
    ]
    if not found:
        return occasion
    for message in found:
        because = f"{message.because} Told in the message of shipment {shipment.reference}."
        held[message.id] = (Rule.TOLD_TOGETHER, because)
    if found[0].facts:
        occasion = _with(occasion, facts_from(found[0].facts))
    leaves_in = max(min(one.not_before for one in found) - now, timedelta())
    return replace(occasion, gathers_for=min(leaves_in, occasion.gathers_for))
