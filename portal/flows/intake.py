"""Dispatch tells us of shipments: new ones get a link, known ones the newer facts, the same ones nothing."""

import hashlib
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.access import fingerprint, link_code
from portal.domain.change import Change
from portal.domain.delivery import Promise, door_mark, search_text
from portal.domain.parcel import Address, Agreed, Parcel, Recipient, Restrictions, Service
from portal.domain.shipment import Status
from portal.flows import contact_changes, reach, remind
from portal.flows.announce import Voice
from portal.flows.kinds.address_correction import as_corrected
from portal.store import changes, links, promises, shipments
from portal.store.shipments import Known

# Its person was forgotten: what is told of them again is not kept.
ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Told:
    """A shipment as dispatch tells it; `texts` is what its recipient said of being sent some."""

    shipper_id: int
    reference: str
    service: Service
    recipient: Recipient
    address: Address
    depot: str
    restrictions: Restrictions
    parcels: tuple[Parcel, ...]
    window: tuple[datetime, datetime] | None
    texts: Agreed | None = None

    @property
    def seal(self) -> str:
        """A seal of the facts and one of the window: a repetition is recognised without comparing columns."""
        facts = asdict(self)
        window = facts.pop("window")
        if self.texts is None:
            del facts["texts"]
        return f"{_hash(facts)}:{_hash(window)}"


def _hash(facts: Any) -> str:
    text = json.dumps(facts, default=str, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:31]


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of it, and the link for the recipient."""

    outcome: str
    id: int
    link: str


def _columns(told: Told) -> dict[str, Any]:
    who, door = told.recipient, told.address
    return {
        "service": told.service,
        "depot": told.depot,
        "recipient_name": who.name,
        "phone": who.phone,
        "email": who.email.lower(),
        "language": who.language,
        "channels": list(who.channels) if who.channels is not None else None,
        "lines": list(door.lines),
        "locality": door.locality,
        "postcode": door.postcode,
        "country": door.country,
        "lat": door.lat,
        "lng": door.lng,
        "timezone": door.timezone,
        "restrictions": asdict(told.restrictions),
        "search_text": search_text(who, door),
        "told": told.seal,
        "door": door_mark(told.shipper_id, who, door),
        "parcel_count": max(1, len(told.parcels)),
    }


def _plan(told: Told, now: datetime) -> dict[str, Any]:
    if told.window is None:
        return {"planned_start": None, "planned_end": None, "planned_source": None, "planned_at": None}
    start, end = told.window
    return {"planned_start": start, "planned_end": end, "planned_source": "dispatch", "planned_at": now}


def take_shipments(session: Session, voice: Voice, told: Sequence[Told], now: datetime) -> list[Kept]:
    """Keep a batch of shipments; answers in its order. The last word wins where a reference comes twice."""
    known = shipments.by_references(session, ((one.shipper_id, one.reference) for one in told), lock=True)
    fresh = {
        (one.shipper_id, one.reference): one for one in told if (one.shipper_id, one.reference) not in known
    }
    # always in the same order: two batches that bring the same new shipments wait for each other, not in a ring
    created = _create(session, voice, [fresh[ref] for ref in sorted(fresh)], now)
    renewed = _renewed(known, told)
    asked = changes.of_shipments(session, renewed) if renewed else {}
    answers = []
    for one in told:
        ref = (one.shipper_id, one.reference)
        if ref in created:
            answers.append(created[ref])
        else:
            wishes = asked.get(known[ref].shipment.id, [])
            answers.append(_renew(session, voice, known[ref], one, wishes, now))
    news = (one for one, kept in zip(told, answers, strict=True) if kept.outcome not in ("unchanged", ERASED))
    reach.keep(session, ((one.shipper_id, one.recipient, one.texts) for one in news), now)
    return answers


def _create(session: Session, voice: Voice, fresh: list[Told], now: datetime) -> dict[tuple[int, str], Kept]:
    nonces = [secrets.token_urlsafe(16) for _ in fresh]
    rows = [
        {
            **_columns(one),
            **_plan(one, now),
            "shipper_id": one.shipper_id,
            "reference": one.reference,
            "status": Status.ANNOUNCED,
            "story": [],
            "link_nonce": nonce,
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        for one, nonce in zip(fresh, nonces, strict=True)
    ]
    ids = shipments.insert_many(session, rows)
    codes = [link_code(voice.secret, nonce) for nonce in nonces]
    links.add(session, ((fingerprint(code), new_id) for code, new_id in zip(codes, ids, strict=True)), now)
    shipments.put_parcels(
        session, ((new_id, parcel) for one, new_id in zip(fresh, ids, strict=True) for parcel in one.parcels)
    )
    shown = [
        (new_id, Promise(*one.window, "dispatch", now))
        for one, new_id in zip(fresh, ids, strict=True)
        if one.window
    ]
    promises.keep(session, shown, now)
    remind.visits_planned(
        session,
        (
            (new_id, one.window[0], one.address.timezone)
            for one, new_id in zip(fresh, ids, strict=True)
            if one.window
        ),
        now,
    )
    return {
        (one.shipper_id, one.reference): Kept("created", new_id, voice.page(code))
        for one, new_id, code in zip(fresh, ids, codes, strict=True)
    }


def _renewed(known: Mapping[tuple[int, str], Known], told: Sequence[Told]) -> list[int]:
    refs = (((one.shipper_id, one.reference), one) for one in told)
    return [known[ref].shipment.id for ref, one in refs if ref in known and known[ref].told != one.seal]


def _renew(
    session: Session, voice: Voice, known: Known, told: Told, wishes: Sequence[Change], now: datetime
) -> Kept:
    shipment = known.shipment
    link = voice.link(shipment)
    if shipment.erased_at:
        return Kept(ERASED, shipment.id, link)
    if known.told == told.seal:
        return Kept("unchanged", shipment.id, link)
    door = as_corrected(told.address, wishes)
    values = {**_columns(replace(told, address=door)), "told": told.seal}
    # A window the recipient chose and dispatch accepted is not undone by an old plan that is told again.
    moved = known.told.partition(":")[2] != told.seal.partition(":")[2]
    if moved and told.window:
        values |= _plan(told, now)
        promises.keep(session, [(shipment.id, Promise(*told.window, "dispatch", now))], now)
        remind.visits_planned(session, [(shipment.id, told.window[0], told.address.timezone)], now)
    if moved and shipment.live:
        # the round was measured against the old window; the next look at it starts from the new one
        shipments.save_windows(session, {shipment.id: None}, now)
    contact_changes.noticed(session, voice, shipment, told.recipient, contact_changes.DISPATCH, now)
    shipments.update_facts(session, shipment.id, values, now)
    shipments.clear_parcels(session, shipment.id)
    shipments.put_parcels(session, ((shipment.id, parcel) for parcel in told.parcels))
    return Kept("updated", shipment.id, link)
