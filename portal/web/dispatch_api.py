"""Dispatch's doors for shipments and their events."""

from datetime import datetime, timedelta
from typing import Any

import phonenumbers
from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from portal.domain.change import Change
from portal.domain.delivery import Promise
from portal.domain.events import DispatchEvent
from portal.domain.handover import Shown
from portal.domain.neighbors import before_the_yes
from portal.domain.parcel import Address, Agreed, Parcel, Recipient, Restrictions
from portal.domain.sources import DOUBTS, heard
from portal.domain.taxonomy import parents
from portal.flows import stays
from portal.flows.ingest import Reported, ingest
from portal.flows.intake import ERASED, Kept, Told, take_shipments
from portal.flows.reach import cannot_work
from portal.store import changes, routes, shipments
from portal.store.shippers import Shipper
from portal.web import guard
from portal.web.batches import Item, many
from portal.web.clean import clean_line
from portal.web.errors import ApiError
from portal.web.schemas import EventIn, ProofIn, ShipmentIn
from portal.web.scope import Owners
from portal.wiring import kit

bp = Blueprint("dispatch_api", __name__, url_prefix="/api/v1")

CLOCKS_MAY_DIFFER = timedelta(minutes=15)
WAS_ERASED = (
    "this recipient's data were erased and are not taken again; send a new delivery under a new reference"
)
NO_PHONE = "this is no phone number that can be called; give it with its country code, such as +12025550123"


def rejected(item: Item[Any], name: str, field: str, because: str = "", pointer: str = "") -> dict[str, Any]:
    """The answer to an item that was not taken, naming the field and what would be right."""
    errors = item.errors or [{"pointer": pointer or f"/{name}/{item.position}", "detail": because}]
    return {
        field: item.raw_text(field),
        "outcome": "rejected",
        "errors": errors,
        "because": because or errors[0]["detail"],
    }


def in_future(at: datetime, now: datetime) -> str:
    """The sentence for a time that cannot have been yet; empty when it is fine."""
    if at <= now + CLOCKS_MAY_DIFFER:
        return ""
    return f"{at.isoformat()} lies in the future; it is {now.isoformat(timespec='seconds')} now."


@bp.post("/shipments")
@guard.api("shipments:write")
def put_shipments() -> Response:
    """Shipments, new or again."""
    items = list(many("shipments", ShipmentIn))
    now = kit().now()
    with kit().transaction() as session:
        owners = Owners(session)
        answers: list[dict[str, Any] | None] = []
        told: list[Told] = []
        for item in items:
            read = _told(item, owners)
            answers.append(None if isinstance(read, Told) else read)
            if isinstance(read, Told):
                told.append(read)
        kept = iter(take_shipments(session, kit().voice, told, now))
    results = [answer or _kept(item, next(kept)) for item, answer in zip(items, answers, strict=True)]
    return jsonify(results=results)


def _kept(item: Item[ShipmentIn], kept: Kept) -> dict[str, Any]:
    answer: dict[str, Any] = {"reference": item.value and item.value.reference, "outcome": kept.outcome}
    if kept.outcome == ERASED:
        return answer | {"id": kept.id, "warnings": [WAS_ERASED]}
    answer |= {"id": kept.id, "link": kept.link}
    return answer | ({"warnings": item.warnings} if item.warnings else {})


def _told(item: Item[ShipmentIn], owners: Owners) -> Told | dict[str, Any]:
    told, where = item.value, f"/shipments/{item.position}"
    if told is None:
        return rejected(item, "shipments", "reference")
    owner = owners.of(told.shipper)
    if isinstance(owner, str):
        return rejected(item, "shipments", "reference", owner, f"{where}/shipper")
    phone = e164(told.recipient.phone, told.address.country)
    if phone is None:
        return rejected(item, "shipments", "reference", NO_PHONE, f"{where}/recipient/phone")
    if told.recipient.consent and (late := in_future(told.recipient.consent.sms.at, kit().now())):
        return rejected(item, "shipments", "reference", late, f"{where}/recipient/consent/sms/at")
    taken = as_told(told, owner, phone)
    item.warnings.extend(f"{where}/recipient: {why[1]}" for _, _, why in cannot_work(taken.recipient))
    if taken.texts and not phone:
        item.warnings.append(f"{where}/recipient/consent: there is no phone number that it could be for")
    return taken


def e164(phone: str | None, country: str) -> str | None:
    """The number in E.164; empty when none was given, None when it is no number."""
    if not phone:
        return ""
    try:
        number = phonenumbers.parse(phone, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def as_told(told: ShipmentIn, owner: Shipper, phone: str) -> Told:
    """What a body says, as the house takes it; `phone` in E.164, and the shipper's zone where the door has none."""
    who, door = told.recipient, told.address
    channels = tuple(sorted(set(who.channels))) if who.channels is not None else None
    return Told(
        shipper_id=owner.id,
        reference=told.reference,
        service=told.service,
        recipient=Recipient(who.name, phone, who.email or "", who.language or "", channels),
        address=Address(
            tuple(door.lines),
            door.locality,
            door.postcode,
            door.country,
            door.lat,
            door.lng,
            door.timezone or owner.timezone,
        ),
        depot=told.depot,
        restrictions=Restrictions(**told.restrictions.model_dump(include=set(Restrictions.__slots__))),
        parcels=tuple(
            Parcel(box.code, box.weight_g, box.length_mm, box.width_mm, box.height_mm) for box in told.parcels
        ),
        window=(told.window.start, told.window.end) if told.window else None,
        texts=_agreed(told),
    )


def _agreed(told: ShipmentIn) -> Agreed | None:
    if told.recipient.consent is None:
        return None
    said = told.recipient.consent.sms
    return Agreed(said.given, said.at, said.source, said.wording or "")


@bp.post("/events")
@guard.api("events:write")
def put_events() -> Response:
    """Events, in any order, also twice."""
    items = list(many("events", EventIn))
    now = kit().now()
    with kit().transaction() as session:
        owners = Owners(
            session, (item.value.shipment for item in items if item.value and not item.value.shipper)
        )
        answers: list[dict[str, Any] | None] = []
        reports: list[Reported] = []
        for item in items:
            read = _reported(item, owners, now)
            answers.append(None if isinstance(read, Reported) else read)
            if isinstance(read, Reported):
                reports.append(read)
        taken, _moved = ingest(session, kit().voice, reports, now)
        _pickup_codes(session, items, answers, reports)
    outcomes = iter(taken)
    results = []
    for item, answer in zip(items, answers, strict=True):
        if answer is None and item.value:
            became = next(outcomes)
            answer = {"event_id": item.value.event_id, "outcome": became.outcome.value}
            answer |= {"because": became.because} if became.because else {}
            if became.pin_right is not None:
                answer["pin"] = "right" if became.pin_right else "wrong"
            answer |= {"warnings": item.warnings} if item.warnings else {}
            if became.outcome == "rejected":
                answer["errors"] = [
                    {"pointer": f"/events/{item.position}/{became.field}", "detail": became.because}
                ]
        results.append(answer)
    return jsonify(results=results)


def _pickup_codes(
    session: Session,
    items: list[Item[EventIn]],
    answers: list[dict[str, Any] | None],
    reports: list[Reported],
) -> None:
    """Lockers that make their own codes tell them with the event; they stand in no event that is kept."""
    read = (item.value for item, answer in zip(items, answers, strict=True) if answer is None)
    told = [
        (report.ref, event.pickup_code)
        for report, event in zip(reports, read, strict=True)
        if event and event.pickup_code
    ]
    known = shipments.by_references(session, [ref for ref, _ in told]) if told else {}
    for ref, code in told:
        if ref in known and code and not known[ref].shipment.erased_at:
            stays.locker_says(session, kit().voice, known[ref].shipment, code)


def _reported(item: Item[EventIn], owners: Owners, now: datetime) -> Reported | dict[str, Any]:
    event, where = item.value, f"/events/{item.position}"
    if event is None:
        return rejected(item, "events", "event_id")
    if late := in_future(event.happened_at, now):
        return rejected(item, "events", "event_id", late, f"{where}/happened_at")
    owner = owners.of(event.shipper, event.shipment)
    if isinstance(owner, str):
        return rejected(item, "events", "event_id", owner, f"{where}/shipment")
    return Reported(
        owner.id,
        event.shipment,
        DispatchEvent(
            event.event_id,
            event.happening,
            event.happened_at,
            event.reason,
            event.how,
            event.place or "",
            event.note or "",
            (event.proof and event.proof.note) or "",
            event.corrects or "",
        ),
        _shown(event.proof),
    )


def _shown(proof: ProofIn | None) -> Shown | None:
    """What is more than words; an event with words alone costs nothing further."""
    if proof is None or not (proof.pin or proof.signed_by or proof.lat is not None):
        return None
    return Shown(proof.pin or "", proof.signed_by or "", proof.lat, proof.lng)


@bp.get("/shipments/<path:reference>")
@guard.api("shipments:read")
def get_shipment(reference: str) -> Response:
    """State, windows planned and live apart, timeline and changes of one shipment."""
    reference = clean_line(reference)
    with kit().reading() as session:
        owner = Owners(session, [reference]).of(request.args.get("shipper"), reference)
        if isinstance(owner, str):
            raise ApiError(404, owner)
        known = shipments.by_references(session, [(owner.id, reference)]).get((owner.id, reference))
        if known is None:
            raise ApiError(404, f"There is no shipment {reference!r}.")
        asked = changes.of_shipments(session, [known.shipment.id]).get(known.shipment.id, [])
        said = routes.estimate_of_dispatch(session, known.shipment.id)
    shipment = known.shipment
    return jsonify(
        reference=shipment.reference,
        shipper=owner.slug,
        service=shipment.service.value,
        status=shipment.state.status.value,
        finished=shipment.state.finished,
        how=shipment.state.how,
        window={"planned": window_json(shipment.planned), "live": window_json(shipment.live)},
        your_estimate=_estimate_json(said, kit().now()) if said else None,
        timeline=[_event_json(event) for event in shipment.state.story],
        changes=[change_json(change) for change in asked],
        version=shipment.version,
    )


def window_json(promise: Promise | None) -> dict[str, Any] | None:
    """A window as dispatch reads it; without confidence where it was promised rather than estimated."""
    if promise is None:
        return None
    answer: dict[str, Any] = {"start": promise.start.isoformat(), "end": promise.end.isoformat()}
    answer |= {"source": promise.source, "updated_at": promise.updated_at.isoformat()}
    answer["confidence"] = promise.confidence or None
    return answer | ({"level": promise.level} if promise.level else {})


def _estimate_json(said: tuple[datetime, datetime], now: datetime) -> dict[str, Any]:
    """Dispatch's own estimate, and what it counts for now: 1 alone, 0 not at all."""
    eta_at, sent_at = said
    worth = heard(eta_at, sent_at, now)
    answer = {"at": eta_at.isoformat(), "sent_at": sent_at.isoformat(), "weight": round(worth.weight, 2)}
    return answer | ({"because": DOUBTS[worth.doubt]} if worth.doubt else {})


def _event_json(event: DispatchEvent) -> dict[str, Any]:
    facts = {
        "event_id": event.event_id,
        "happening": event.happening,
        "happened_at": event.happened_at.isoformat(),
    }
    more = {"reason": event.reason, "how": event.how, "place": event.place, "proof": event.proof}
    said = {
        name: value
        for name, value in {**more, "note": event.note, "corrects": event.corrects}.items()
        if value
    }
    return facts | said | {"parent": parents(event)}


def change_json(change: Change) -> dict[str, Any]:
    """A change with its whole life, as dispatch reads it."""
    facts: dict[str, Any] = {
        "change_id": change.id,
        "kind": change.kind,
        "state": change.life,
        "from": change.came_from,
        # a neighbor who has not agreed is nobody dispatch needs to know
        "to": {} if before_the_yes(change) else change.to,
        "requested_by": {"method": change.method, "actor": change.asked_by},
        "if_unanswered": change.if_unanswered,
    }
    if change.group_id:
        facts["group"] = change.group_id
    if change.window_start and change.window_end:
        facts["window"] = {"start": change.window_start.isoformat(), "end": change.window_end.isoformat()}
    if change.decided_at:
        facts |= {"decided_by": change.decided_by, "reason_code": change.reason_code, "reason": change.reason}
    if change.past:
        facts["before"] = [
            {"state": one.life, "decided_at": one.at.isoformat(), "decided_by": one.by} for one in change.past
        ]
    if change.told_at:
        facts["told_how"] = change.told_how
    if change.seen_at:
        facts["seen_by"] = change.seen_by
    moments = ("asked_at", "expires_at", "told_at", "decided_at", "seen_at", "outcome_at")
    facts |= {name: at.isoformat() for name in moments if (at := getattr(change, name))}
    return facts | {"honoured": change.honoured, "outcome_note": change.outcome_words}
