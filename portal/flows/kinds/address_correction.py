"""The address put right: what the driver, the search and the mark of the door know follows, and goes back."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import Change, Kind, Life
from portal.domain.delivery import Shipment, door_mark, search_text
from portal.domain.kinds.address_correction import corrected_lines
from portal.domain.parcel import Address
from portal.flows.announce import Voice
from portal.flows.kinds.base import Effect
from portal.flows.kinds.plain import target
from portal.store import shipments


def as_corrected(address: Address, known: Iterable[Change]) -> Address:
    """An address that dispatch tells, with the correction it agreed to: an old list does not undo it in silence.

    Lines that are neither those from before the correction are dispatch's newer word and stay as told.
    """
    for change in known:
        holds = change.kind is Kind.ADDRESS_CORRECTION and change.life is Life.ACCEPTED
        if holds and list(address.lines) == change.came_from.get("lines"):
            return replace(address, lines=_lines(address, change))
    return address


def _lines(address: Address, change: Change) -> tuple[str, ...]:
    return corrected_lines(address, str(change.to.get("line", "")), str(change.to.get("addition", "")))


def _came_from(shipment: Shipment) -> dict[str, Any]:
    return {"lines": list(shipment.address.lines)}


def _make_true(session: Session, _voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    before = replace(shipment.address, lines=_before(shipment, change))
    _move(session, shipment, replace(before, lines=_lines(before, change)), now)


def _unmake(session: Session, _voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    before = replace(shipment.address, lines=_before(shipment, change))
    # what dispatch told since then is its newer word
    if change.life is not Life.REPLACED and shipment.address.lines == _lines(before, change):
        _move(session, shipment, before, now)


def _before(shipment: Shipment, change: Change) -> tuple[str, ...]:
    lines = change.came_from.get("lines")
    return tuple(map(str, lines)) if isinstance(lines, list) else shipment.address.lines


def _move(session: Session, shipment: Shipment, to: Address, now: datetime) -> None:
    who = shipment.recipient
    values = {
        "lines": list(to.lines),
        "search_text": search_text(who, to),
        "door": door_mark(shipment.shipper_id, who, to),
    }
    shipments.update_facts(session, shipment.id, values, now)


ADDRESS_CORRECTION = Effect(target, came_from=_came_from, make_true=_make_true, unmake=_unmake)
