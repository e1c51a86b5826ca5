"""GS1's EPCIS 2.0: what was seen of objects, in business steps and dispositions. https://ref.gs1.org/standards/epcis/

Captured are ObjectEvents; an error declaration takes an event back, in favor of those it names, or of nothing.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC
from typing import Annotated, Any

from flask import Blueprint, Response, jsonify, request
from pydantic import BeforeValidator

from portal.domain.events import DispatchEvent, Happening
from portal.flows import outside
from portal.flows.outside import Said
from portal.web import guard
from portal.web.batches import MOST_ITEMS, json_body
from portal.web.errors import ApiError
from portal.web.inbound.reading import Part, Theirs, Words, moment, name_of, names, said
from portal.web.scope import Owners
from portal.wiring import kit

bp = Blueprint("epcis", __name__, url_prefix="/api/v1")

OBJECTS = "ObjectEvent"
PREFIX = re.compile(
    r"^(?:urn:epcglobal:cbv:(?:bizstep|disp):|https?://[^/]+/(?:voc|cbv)/(?:BizStep|Disp)-)", re.I
)
SSCC_URN = re.compile(r"^urn:epc:id:sscc:(\d{4,12})\.(\d)(\d+)$")
DIGITAL_LINK = re.compile(r"^https?://[^/]+/(?:.*/)?00/(\d{18})(?:[/?#].*)?$")
SSCC_DIGITS = 17
# Longer than any code; and more papers than this name no shipment.
LONGEST_CODE, MOST_TRANSACTIONS = 300, 20


def _names(value: Any) -> Any:
    return [one[:LONGEST_CODE] for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _parts(value: Any) -> Any:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


Names, Parts = BeforeValidator(_names), BeforeValidator(_parts)
Wrong = BeforeValidator(lambda value: value if isinstance(value, dict) else None)


class Where(Theirs):
    id: Words = ""


class Transaction(Theirs):
    bizTransaction: Words = ""


class Declaration(Theirs):
    correctiveEventIDs: Annotated[tuple[str, ...], Names] = ()


class Event(Theirs):
    type: Words = ""
    eventID: Words = ""
    eventTime: Words = ""
    action: Words = ""
    bizStep: Words = ""
    disposition: Words = ""
    epcList: Annotated[tuple[str, ...], Names] = ()
    readPoint: Annotated[Where, Part] = Where()
    bizLocation: Annotated[Where, Part] = Where()
    bizTransactionList: Annotated[tuple[Transaction, ...], Parts] = ()
    errorDeclaration: Annotated[Declaration | None, Wrong] = None


class Body(Theirs):
    eventList: Annotated[tuple[Event, ...], Parts] = ()


class Document(Theirs):
    """An EPCISDocument with events in its body."""

    type: Words = ""
    epcisBody: Annotated[Body, Part] = Body()


@bp.post("/epcis/capture")
@guard.api("events:write")
def capture() -> Response:
    """Take the events of a document; one answer for each object of each event."""
    raw = json_body()
    if not isinstance(raw, dict) or raw.get("type") != "EPCISDocument":
        wanted = {"pointer": "/type", "detail": "this must be EPCISDocument"}
        raise ApiError(422, "Send an EPCIS 2.0 document.", [wanted])
    events = Document.model_validate(raw).epcisBody.eventList
    # counted before they are read: each object's name is made of all objects of its event
    objects = sum(len(event.epcList) if event.type == OBJECTS else 1 for event in events)
    if objects > MOST_ITEMS:
        detail = f"At most {MOST_ITEMS} objects a call; this one has {objects}."
        raise ApiError(413, detail, limit_items=MOST_ITEMS)
    corrections = _corrections(events)
    told = [one for event in events for one in _told(event, corrections)]
    now = kit().now()
    with kit().transaction() as session:
        owner = Owners(session).of(request.args.get("shipper"))
        if isinstance(owner, str):
            raise ApiError(422, owner, [{"pointer": "?shipper", "detail": owner}])
        heard = outside.hear(session, kit().voice, owner.id, told, now)
    return jsonify(results=[_result(one) for one in heard])


def _result(one: outside.Heard) -> dict[str, Any]:
    answer = {"object": one.said.names[0] if one.said.names else None, "outcome": one.outcome.value}
    return answer | ({"because": one.because} if one.because else {})


def _corrections(events: Sequence[Event]) -> dict[str, str]:
    """By the id of each event that stands for a wrong one in this document: the wrong one's id."""
    here = {event.eventID for event in events if event.errorDeclaration is None}
    return {
        right: wrong.eventID
        for wrong in events
        if wrong.errorDeclaration
        for right in wrong.errorDeclaration.correctiveEventIDs
        if right in here
    }


def _told(event: Event, corrections: dict[str, str]) -> list[Said]:
    """What an event says of each of its objects; other kinds of events say nothing that we tell."""
    if event.type != OBJECTS:
        return [Said((), None, event.type)]
    if event.errorDeclaration and event.eventID in corrections.values():
        return [Said((), None, "errorDeclaration")]
    wrong = corrections.get(event.eventID, "")
    papers = event.bizTransactionList[:MOST_TRANSACTIONS]
    more = names(*(one.bizTransaction.rpartition(":")[2] for one in papers))
    return [_said(event, _called(epc) + more, wrong) for epc in event.epcList]


def _said(event: Event, called: tuple[str, ...], wrong: str) -> Said:
    name = _event_id(event)
    if event.errorDeclaration:
        return _taken_back(event, called, name)
    told = said(
        "cbv",
        called,
        name,
        moment(event.eventTime, UTC),
        PREFIX.sub("", event.bizStep),
        PREFIX.sub("", event.disposition),
        place=event.readPoint.id or event.bizLocation.id,
        corrects=_named(wrong) if wrong else "",
    )
    return replace(told, shared=True)


def _taken_back(event: Event, called: tuple[str, ...], name: str) -> Said:
    """The event was wrong: what is true without it holds, be it from before or told in its place since."""
    at = moment(event.eventTime, UTC)
    if at is None:
        return Said(called, None, "errorDeclaration")
    back = DispatchEvent(f"{name}:back", Happening.ANNOUNCED, at, corrects=name)
    return Said(called, back, "errorDeclaration", as_before=True, shared=True)


def _event_id(event: Event) -> str:
    """The event's own id; one that has none is known by its content."""
    if event.eventID:
        return _named(event.eventID)
    return _named(event.eventTime, event.action, event.bizStep, event.disposition, *sorted(event.epcList))


def _named(*parts: str) -> str:
    return f"epcis:{name_of(*parts)}"


def _called(epc: str) -> tuple[str, ...]:
    """A parcel's code as it may be on file: whole, as the 18 digits of an SSCC, or the last part of a name."""
    if found := DIGITAL_LINK.match(epc):
        return names(found[1], f"00{found[1]}", epc)
    if found := SSCC_URN.match(epc):
        digits = found[2] + found[1] + found[3]
        if len(digits) == SSCC_DIGITS:
            whole = digits + _check_digit(digits)
            return names(whole, f"00{whole}", epc)
    return names(epc, epc.rpartition("/")[2].rpartition(":")[2])


def _check_digit(digits: str) -> str:
    """GS1's: weights of 3 and 1 from the right."""
    weighed = sum(int(digit) * (1 if place % 2 else 3) for place, digit in enumerate(reversed(digits)))
    return str(-weighed % 10)
