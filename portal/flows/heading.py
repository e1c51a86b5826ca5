"""A van no longer heads to a door, or heads there again: found from the rounds that dispatch sends.

Dispatch may report it as an event. Where it only sends the round again without a stop, or where a round ends with a
parcel still on its van, the house writes that event itself, so that page, messages and history tell one story.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.events import OURS, DispatchEvent, Happening
from portal.domain.shipment import State, Status
from portal.flows.announce import Voice
from portal.flows.ingest import Reported, ingest
from portal.flows.live import ROUND_LASTS
from portal.store import doors, routes, shipments

LEFT_OUT = "The round was sent again without this stop."
NOT_REACHED = "The round ended without this stop."
BACK = "The round was sent with this stop again."
# A round that leaves within so long still counts as today's.
SOON = timedelta(hours=4)
JUST_AFTER = timedelta(milliseconds=1)


def held(session: Session, left_out: Mapping[int, Status], stay: Iterable[Shipment]) -> dict[int, Shipment]:
    """Shipments whose van may turn away or back when routes are replaced, held before the routes are.

    Whoever holds a route never waits for a shipment. `left_out` and `stay` are whom the new routes leave out and name.
    """
    turned_away = {shipment.id for shipment in stay if _turned_away_by_us(shipment.state)}
    return shipments.by_ids(session, _aboard(left_out) | turned_away, lock=True)


def _aboard(stops: Mapping[int, Status]) -> set[int]:
    return {id_ for id_, status in stops.items() if status is Status.ON_VAN}


def follow(session: Session, voice: Voice, touched: dict[int, Shipment], now: datetime) -> None:
    """The routes are replaced: tell whom the van left out, and who is on a round again."""
    if not touched:
        return
    coming = routes.coming(session, touched, now + SOON)
    reports = []
    for shipment in touched.values():
        if shipment.id not in coming and _heads_there(shipment.state):
            reports.append(_report(shipment, Happening.NO_LONGER_HEADING, LEFT_OUT, now))
        elif shipment.id in coming and _turned_away_by_us(shipment.state):
            reports.append(_report(shipment, Happening.OUT_FOR_DELIVERY, BACK, now))
    ingest(session, voice, reports, now)


def gone_home(session: Session, voice: Voice, now: datetime) -> None:
    """Rounds of yesterday end: who was still to be served is told that nobody comes any more."""
    over = doors.old_routes(session, now - ROUND_LASTS)
    if not over:
        return
    waiting = shipments.by_ids(session, _aboard(routes.still_to_serve(session, over)), lock=True)
    coming = routes.coming(session, waiting, now + SOON, apart_from=over)
    reports = [
        _report(shipment, Happening.NO_LONGER_HEADING, NOT_REACHED, now)
        for shipment in waiting.values()
        if shipment.id not in coming and _heads_there(shipment.state)
    ]
    ingest(session, voice, reports, now)


def _heads_there(state: State) -> bool:
    return state.status is Status.ON_VAN and state.heading is not Happening.NO_LONGER_HEADING


def _turned_away_by_us(state: State) -> bool:
    away = state.status is Status.ON_VAN and state.heading is Happening.NO_LONGER_HEADING
    return away and state.last is not None and state.last.ours


def _report(shipment: Shipment, happening: Happening, note: str, now: datetime) -> Reported:
    state = shipment.state
    event_id = f"{OURS}{happening}:{shipment.id}:{len(state.story)}:{now:%Y%m%dT%H%M%S}"
    # a scanner's clock may be ahead of ours: what is found now comes after what it said
    at = max(now, state.last.happened_at + JUST_AFTER) if state.last else now
    return Reported(
        shipment.shipper_id, shipment.reference, DispatchEvent(event_id, happening, at, note=note)
    )
