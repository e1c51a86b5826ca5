"""A day of finished rounds as dispatch would have sent it, moment by moment, and nothing before its time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.demo.replay_file import Delivery, Rounds
from portal.domain.geo import Point, between, distance_m

DEPOT = "replay"
POSITION_EVERY = timedelta(minutes=3)
# Between two stops nobody knows when the courier drove. The van drives at once at this pace and waits at the
# door: a position spread evenly over the gap would betray when the next delivery happens.
KMH, DETOUR = 20.0, 1.4

Paper = dict[str, Any]


@dataclass(slots=True)
class Beat:
    """Everything that dispatch sends at one moment. `done` are the rounds that finished a stop now."""

    at: datetime
    shipments: list[Paper] = field(default_factory=list)
    routes: list[Paper] = field(default_factory=list)
    events: list[Paper] = field(default_factory=list)
    positions: list[Paper] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    delivered: int = 0


def reference(one: Delivery) -> str:
    """What a delivery is called; stop ids may come again in another round."""
    return f"{one.round}/{one.stop_id}"


def known(stops: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """The stops that dispatch knows at this moment."""
    return [one for one in stops if one.known_at <= now]


def beats(rounds: Rounds) -> Iterator[Beat]:
    """The day in its true order, all rounds interleaved."""
    moments = sorted({at for stops in rounds.values() for at in moments_of(stops)})
    alive = {name: {*moments_of(stops)} for name, stops in rounds.items()}
    for at in moments:
        beat = Beat(at)
        for name, stops in rounds.items():
            if at in alive[name]:
                _happens(beat, stops)
        yield beat


def moments_of(stops: Sequence[Delivery]) -> Iterator[datetime]:
    """When anything happens on a round: stops become known or done, the van reports."""
    for one in stops:
        yield one.known_at
        yield one.delivered_at
    at = stops[0].delivered_at + POSITION_EVERY
    while at < stops[-1].delivered_at:
        yield at
        at += POSITION_EVERY


def _happens(beat: Beat, stops: Sequence[Delivery]) -> None:
    at, begins = beat.at, stops[0].delivered_at
    new = [one for one in stops if one.known_at == at]
    beat.shipments += [_shipment(one) for one in new]
    if at < begins:
        return
    leaving = known(stops, at) if at == begins else new
    if leaving:
        beat.routes.append(_route(stops, at))
        beat.events += [_event(one, "out_for_delivery", at) for one in leaving]
    done = [one for one in stops if one.delivered_at == at]
    beat.events += [_event(one, "delivered", at) for one in done]
    beat.delivered += len(done)
    if done:
        beat.done.append(stops[0].round)
    if at < stops[-1].delivered_at:
        beat.positions.append(position(stops, at))


def _shipment(one: Delivery) -> Paper:
    address = {"lines": [f"Stop {one.stop_id}"], "locality": "Replay", "postcode": "", "country": "US"}
    return {
        "reference": reference(one),
        "service": "standard",
        "parcels": [],
        "recipient": {"name": f"Recipient {one.stop_id}"},
        "address": {**address, "lat": one.lat, "lng": one.lng},
        "depot": DEPOT,
    }


def _route(stops: Sequence[Delivery], now: datetime) -> Paper:
    told = [{"seq": one.seq, "shipment": reference(one)} for one in known(stops, now)]
    for paper, one in zip(told, known(stops, now), strict=True):
        if one.service_seconds is not None:
            paper["service_seconds"] = one.service_seconds
    return {
        "route": stops[0].round,
        "van": f"van {stops[0].round}",
        "depot": DEPOT,
        "departs_at": stops[0].delivered_at.isoformat(),
        "stops": told,
    }


def _event(one: Delivery, happening: str, at: datetime) -> Paper:
    more = {"how": "recipient"} if happening == "delivered" else {}
    return {
        "event_id": f"{happening}/{reference(one)}",
        "shipment": reference(one),
        "happening": happening,
        "happened_at": at.isoformat(),
        **more,
    }


def position(stops: Sequence[Delivery], now: datetime) -> Paper:
    """Where the van reports to be, once the first stop is done."""
    last = [one for one in stops if one.delivered_at <= now][-1]
    ahead = [one for one in known(stops, now) if one.delivered_at > now]
    here = Point(last.lat, last.lng)
    if ahead:
        door = Point(ahead[0].lat, ahead[0].lng)
        way_m = distance_m(here, door) * DETOUR
        driven_m = (now - last.delivered_at).total_seconds() * KMH / 3.6
        here = between(here, door, min(1.0, driven_m / way_m) if way_m else 1.0)
    return {
        "van": f"van {stops[0].round}",
        "lat": round(here.lat, 6),
        "lng": round(here.lng, 6),
        "recorded_at": now.isoformat(),
    }
