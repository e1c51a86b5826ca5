"""After a failed attempt: why it failed leads straight to who acts now, by when, and what is best changed first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeVar

from portal.domain.change import Kind
from portal.domain.events import Reason
from portal.domain.shipment import State, Status


class Who(StrEnum):
    """Whose turn it is."""

    RECIPIENT = "recipient"
    SENDER = "sender"
    DEPOT = "depot"


class Advice(StrEnum):
    """What the recipient reads; the words are in `web/phrases_after.py`."""

    CHOOSE = "choose"
    CLOSED = "closed"
    REFUSED = "refused"
    BRING_ID = "bring_id"
    ADDRESS = "address"
    ACCESS = "access"
    SAFE_PLACE = "safe_place"
    TRY_AGAIN = "try_again"
    SEARCH = "search"
    DAMAGED = "damaged"
    CHECK = "check"
    SENDER = "sender"
    SENDER_PAPERS = "sender_papers"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Next:
    """Who acts, what the recipient reads, and the kinds of change that help most, best first."""

    who: Who
    advice: Advice
    first: tuple[Kind, ...] = ()


R, A, K = Reason, Advice, Kind
ELSEWHERE = (K.NEIGHBOR, K.LOCKER, K.SAFE_PLACE)
NOBODY_HOME = Next(Who.RECIPIENT, A.CHOOSE, (K.NEW_WINDOW, *ELSEWHERE))
WRONG_ADDRESS = Next(Who.RECIPIENT, A.ADDRESS, (K.ADDRESS_CORRECTION, K.INSTRUCTIONS, K.LOCKER))
WE_TRY_AGAIN = Next(Who.DEPOT, A.TRY_AGAIN, (K.NEW_WINDOW, *ELSEWHERE))
WE_SEARCH = Next(Who.DEPOT, A.SEARCH)
WE_CHECK = Next(Who.DEPOT, A.CHECK)
SENDER_CLEARS = Next(Who.SENDER, A.SENDER)
SENDER_HAS_PAPERS = Next(Who.SENDER, A.SENDER_PAPERS)
OVER = Next(Who.SENDER, A.ENDED)

# Every reason; a new one without a line here fails its test.
AFTER: dict[Reason, Next] = {
    R.CARRIER_DAMAGED_PARCEL: Next(Who.DEPOT, A.DAMAGED),
    R.CARRIER_SORTING_ERROR: WE_TRY_AGAIN,
    R.CARRIER_ADDRESS_NOT_FOUND: WRONG_ADDRESS,
    R.CARRIER_PARCEL_LOST: WE_SEARCH,
    R.CARRIER_NOT_ENOUGH_TIME: WE_TRY_AGAIN,
    R.CARRIER_VEHICLE_ISSUE: WE_TRY_AGAIN,
    R.CARRIER_CAPACITY_EXCEEDED: WE_TRY_AGAIN,
    R.CARRIER_MECHANICAL_DELAY: WE_TRY_AGAIN,
    R.RETAILER_CANCELLED: OVER,
    R.RETAILER_INCORRECT_DATA: SENDER_CLEARS,
    R.RETAILER_NOT_READY: SENDER_CLEARS,
    R.RETAILER_INCORRECT_PARCEL: SENDER_CLEARS,
    R.RETAILER_INCORRECT_DIMENSIONS: SENDER_CLEARS,
    R.RETAILER_PACKAGING_ISSUE: SENDER_CLEARS,
    R.CONSIGNEE_REFUSED: Next(Who.RECIPIENT, A.REFUSED, (K.NEW_WINDOW,)),
    R.CONSIGNEE_BUSINESS_CLOSED: Next(Who.RECIPIENT, A.CLOSED, (K.NEW_WINDOW, K.LOCKER, K.NEIGHBOR)),
    R.CONSIGNEE_NOT_AVAILABLE: NOBODY_HOME,
    R.CONSIGNEE_NOT_HOME: NOBODY_HOME,
    R.CONSIGNEE_CANCELLED: OVER,
    R.CONSIGNEE_VERIFICATION_FAILED: Next(Who.RECIPIENT, A.BRING_ID, (K.NEW_WINDOW,)),
    R.CONSIGNEE_INCORRECT_ADDRESS: WRONG_ADDRESS,
    R.CONSIGNEE_ACCESS_RESTRICTED: Next(Who.RECIPIENT, A.ACCESS, (K.INSTRUCTIONS, K.NEW_WINDOW, *ELSEWHERE)),
    R.CONSIGNEE_SAFE_PLACE_UNAVAILABLE: Next(
        Who.RECIPIENT, A.SAFE_PLACE, (K.SAFE_PLACE, K.NEIGHBOR, K.LOCKER, K.NEW_WINDOW)
    ),
    R.CUSTOMS_DELAY: WE_CHECK,
    R.CUSTOMS_DOCUMENTATION: SENDER_HAS_PAPERS,
    R.CUSTOMS_DUTIES_UNPAID: SENDER_HAS_PAPERS,
    R.CUSTOMS_PROHIBITED: SENDER_HAS_PAPERS,
    R.CUSTOMS_INSPECTION: WE_CHECK,
    R.WEATHER_DELAY: WE_TRY_AGAIN,
    R.NATURAL_DISASTER: WE_TRY_AGAIN,
    R.FORCE_MAJEURE: WE_TRY_AGAIN,
    R.PARCEL_BEING_RESEARCHED: WE_SEARCH,
    R.SECURITY_ISSUE: WE_CHECK,
    R.REGULATORY_HOLD: WE_CHECK,
    R.UNKNOWN: NOBODY_HOME,
}


def after(state: State) -> Next | None:
    """What to do now; None where no attempt failed. An attempt without a reason is one where nobody was there."""
    if state.status is not Status.MISSED:
        return None
    return AFTER[state.reason or Reason.UNKNOWN]


def act_by(state: State, keep_days: int) -> datetime | None:
    """By when the recipient has to choose, as a parcel waits `keep_days`; None where it is not their turn."""
    coming = after(state)
    if coming is None or coming.who is not Who.RECIPIENT or state.since is None:
        return None
    return state.since + timedelta(days=keep_days)


Offered = TypeVar("Offered")


def best_first(
    options: Iterable[Offered], state: State, kind_of: Callable[[Offered], Kind]
) -> tuple[Offered, ...]:
    """Options in their order, but those that help most after this attempt at the head."""
    coming = after(state)
    helps = coming.first if coming else ()
    places = {kind: place for place, kind in enumerate(helps)}
    return tuple(sorted(options, key=lambda option: places.get(kind_of(option), len(places))))
