"""What the demo's dispatch writes to the portal: bodies of the dispatch API, nothing more."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from portal.demo import places, town
from portal.demo.cast import Delivery
from portal.demo.driver import Stop, Van
from portal.demo.endings import Ending
from portal.demo.places import DaySlot, LockerStation
from portal.demo.town import Town, latlng

Paper = dict[str, Any]

# A fix of a phone in a street, as they usually say of themselves.
ACCURACY_M = 8.0
# In degrees, about 6 m: no device stands exactly where the map says the door is.
GPS_OFF = 0.00005
WORDING = (
    "Yes, text me about my delivery. Message and data rates may apply. Reply STOP to end, HELP for help."
)


def shipment(delivery: Delivery, window: tuple[datetime, datetime]) -> Paper:
    """A shipment as it is told in the morning."""
    lat, lng = latlng(delivery.door.at)
    person = delivery.person
    recipient = {
        "name": person.name,
        "phone": person.phone,
        "email": person.email,
        "language": person.language,
        "consent": _consent(window[0]) if person.phone else None,
    }
    told = window if delivery.promised else None
    return {
        "reference": delivery.reference,
        "shipper": delivery.brand.slug,
        "service": delivery.service,
        "parcels": [
            _parcel(delivery.reference, number, box) for number, box in enumerate(delivery.boxes, start=1)
        ],
        "recipient": {key: value for key, value in recipient.items() if value},
        "address": {
            "lines": [delivery.door.line],
            "locality": town.NAME,
            "postcode": delivery.door.postcode,
            "country": town.COUNTRY,
            "lat": lat,
            "lng": lng,
            "timezone": town.TIMEZONE,
        },
        "window": {"start": told[0].isoformat(), "end": told[1].isoformat()} if told else None,
        "depot": places.DEPOT_NAME,
        "restrictions": delivery.restrictions,
    }


def _consent(begins: datetime) -> Paper:
    """What everybody in town ticked at the checkout: texts to US numbers need it."""
    ticked = begins - timedelta(days=3)
    return {"sms": {"given": True, "at": ticked.isoformat(), "source": "checkout", "wording": WORDING}}


def _parcel(reference: str, number: int, box: tuple[int, int, int, int]) -> Paper:
    weight, length, width, height = box
    return {
        "code": f"{reference}-{number}",
        "weight_g": weight,
        "length_mm": length,
        "width_mm": width,
        "height_mm": height,
    }


def route(
    van: Van,
    stops: Iterable[Stop],
    planned: Mapping[str, datetime],
    departs_at: datetime,
    brands: Mapping[str, str],
    rests_since: Mapping[str, datetime] | None = None,
) -> Paper:
    """A round with its stops in order; `brands` names the shipper of each reference, `rests_since` says after which
    the driver began a break, and when."""
    listed = list(stops)
    seqs = {stop.reference: seq for seq, stop in enumerate(listed, start=1)}
    began = rests_since or {}
    return {
        "route": van.route,
        "van": van.name,
        "depot": places.DEPOT_NAME,
        "departs_at": departs_at.isoformat(),
        "stops": [
            {
                "seq": seqs[stop.reference],
                "shipment": stop.reference,
                "shipper": brands[stop.reference],
                "planned_at": planned[stop.reference].isoformat(),
                "service_seconds": int(stop.service.total_seconds()),
            }
            for stop in listed
        ],
        "breaks": [
            {"after_seq": seqs[reference], "minutes": int(rest.total_seconds() // 60)}
            | ({"started_at": began[reference].isoformat()} if reference in began else {})
            for reference, rest in van.rests.items()
            if reference in seqs
        ],
    }


def event(event_id: str, delivery: Delivery, happening: str, at: datetime, **details: Any) -> Paper:
    """Something that happened to a shipment; empty details are left out."""
    return {
        "event_id": event_id,
        "shipment": delivery.reference,
        "shipper": delivery.brand.slug,
        "happening": happening,
        "happened_at": at.isoformat(),
    } | {name: value for name, value in details.items() if value}


def ended(event_id: str, delivery: Delivery, ending: Ending, at: datetime) -> Paper:
    """The end of a stop, with what the driver's device knows of it."""
    details = {name: getattr(ending, name) for name in ("how", "place", "reason", "note")}
    return event(event_id, delivery, ending.happening, at, **details, proof=_proof(delivery, ending))


def _proof(delivery: Delivery, ending: Ending) -> Paper:
    """Where the device was, and who signed; nothing where nothing was handed over."""
    if not ending.how:
        return {}
    lat, lng = latlng(delivery.door.at)
    signed = {"signed_by": _signer(delivery, ending)} if ending.proof == "signature" else {}
    return {"lat": round(lat + GPS_OFF, 6), "lng": lng, **signed}


def with_pin(paper: Paper, pin: str) -> Paper:
    """The same event with the PIN that the driver typed at the door."""
    if not pin or paper["happening"] != "delivered":
        return paper
    return paper | {"proof": paper.get("proof", {}) | {"pin": pin}}


def _signer(delivery: Delivery, ending: Ending) -> str:
    if ending.how == "neighbor":
        return ending.place.split(",")[0]
    return {"reception": "Front desk", "household": delivery.person.name.split()[-1]}.get(
        ending.how, delivery.person.name
    )


def position(van: Van, now: datetime) -> Paper:
    """Where a van is."""
    point, speed, heading = van.fix(now)
    lat, lng = latlng(point)
    return {
        "van": van.name,
        "lat": lat,
        "lng": lng,
        "recorded_at": now.isoformat(),
        "accuracy_m": ACCURACY_M,
        "speed_mps": round(speed, 1),
        "heading_deg": heading,
    }


def locker(of: Town, station: LockerStation) -> Paper:
    """A locker with its compartments."""
    door = places.corner(of, station)
    lat, lng = latlng(door.at)
    return {
        "locker": station.key,
        "name": station.name,
        "address": f"{door.line}, {town.NAME}",
        "lat": lat,
        "lng": lng,
        "hours": station.hours,
        "reachable": station.reachable,
        "compartments": [
            {
                "size": size,
                "width_mm": width,
                "height_mm": height,
                "depth_mm": depth,
                "count": station.counts[size],
            }
            for size, width, height, depth in places.BOXES
        ],
        "hold_hours": 48,
    }


def slot(of: DaySlot) -> Paper:
    """A window that can be chosen at any door of the depot."""
    return {
        "slot": of.key,
        "zone": places.DEPOT_NAME,
        "start": of.start.isoformat(),
        "end": of.end.isoformat(),
        "capacity": of.capacity,
        "closes_at": of.closes_at.isoformat(),
    }
