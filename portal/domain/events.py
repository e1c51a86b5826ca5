"""What dispatch may report: happenings, how a parcel was handed over, why something failed, and one event."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Happening(StrEnum):
    """The kind of an event, in the order in which a parcel usually lives through them."""

    ANNOUNCED = "announced"
    ACCEPTED = "accepted"
    ARRIVED_AT_HUB = "arrived_at_hub"
    LEFT_HUB = "left_hub"
    AT_DEPOT = "at_depot"
    WINDOW_PROMISED = "window_promised"
    OUT_FOR_DELIVERY = "out_for_delivery"
    DELAYED = "delayed"
    NEXT_STOP = "next_stop"
    NEARBY = "nearby"
    NO_LONGER_HEADING = "no_longer_heading"
    ATTEMPT_FAILED = "attempt_failed"
    HELD = "held"
    READY_FOR_PICKUP = "ready_for_pickup"
    PICKUP_EXPIRING = "pickup_expiring"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    DAMAGED = "damaged"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"


# Begins the ids of events that the house found out by itself; dispatch may not use it.
OURS = "doorstep:"
ORDER = {happening: place for place, happening in enumerate(Happening)}


class How(StrEnum):
    """To whom or where a parcel was delivered."""

    RECIPIENT = "recipient"
    HOUSEHOLD = "household"
    NEIGHBOR = "neighbor"
    SAFE_PLACE = "safe_place"
    MAILBOX = "mailbox"
    LOCKER = "locker"
    RECEPTION = "reception"


class Reason(StrEnum):
    """Why something failed or is late: the 35 incident names of Karrio (modules/sdk/karrio/core/units.py)."""

    CARRIER_DAMAGED_PARCEL = "carrier_damaged_parcel"
    CARRIER_SORTING_ERROR = "carrier_sorting_error"
    CARRIER_ADDRESS_NOT_FOUND = "carrier_address_not_found"
    CARRIER_PARCEL_LOST = "carrier_parcel_lost"
    CARRIER_NOT_ENOUGH_TIME = "carrier_not_enough_time"
    CARRIER_VEHICLE_ISSUE = "carrier_vehicle_issue"
    CARRIER_CAPACITY_EXCEEDED = "carrier_capacity_exceeded"
    CARRIER_MECHANICAL_DELAY = "carrier_mechanical_delay"
    RETAILER_CANCELLED = "retailer_cancelled"
    RETAILER_INCORRECT_DATA = "retailer_incorrect_data"
    RETAILER_NOT_READY = "retailer_not_ready"
    RETAILER_INCORRECT_PARCEL = "retailer_incorrect_parcel"
    RETAILER_INCORRECT_DIMENSIONS = "retailer_incorrect_dimensions"
    RETAILER_PACKAGING_ISSUE = "retailer_packaging_issue"
    CONSIGNEE_REFUSED = "consignee_refused"
    CONSIGNEE_BUSINESS_CLOSED = "consignee_business_closed"
    CONSIGNEE_NOT_AVAILABLE = "consignee_not_available"
    CONSIGNEE_NOT_HOME = "consignee_not_home"
    CONSIGNEE_CANCELLED = "consignee_cancelled"
    CONSIGNEE_VERIFICATION_FAILED = "consignee_verification_failed"
    CONSIGNEE_INCORRECT_ADDRESS = "consignee_incorrect_address"
    CONSIGNEE_ACCESS_RESTRICTED = "consignee_access_restricted"
    CONSIGNEE_SAFE_PLACE_UNAVAILABLE = "consignee_safe_place_unavailable"
    CUSTOMS_DELAY = "customs_delay"
    CUSTOMS_DOCUMENTATION = "customs_documentation"
    CUSTOMS_DUTIES_UNPAID = "customs_duties_unpaid"
    CUSTOMS_PROHIBITED = "customs_prohibited"
    CUSTOMS_INSPECTION = "customs_inspection"
    WEATHER_DELAY = "weather_delay"
    NATURAL_DISASTER = "natural_disaster"
    FORCE_MAJEURE = "force_majeure"
    PARCEL_BEING_RESEARCHED = "parcel_being_researched"
    SECURITY_ISSUE = "security_issue"
    REGULATORY_HOLD = "regulatory_hold"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class DispatchEvent:
    """One report about one shipment; `happened_at` is aware, `corrects` names the event it replaces."""

    event_id: str
    happening: Happening
    happened_at: datetime
    reason: Reason | None = None
    how: How | None = None
    place: str = ""
    note: str = ""
    proof: str = ""
    corrects: str = ""

    @property
    def ours(self) -> bool:
        """Found out by the house, not reported by dispatch."""
        return self.event_id.startswith(OURS)

    @property
    def order(self) -> tuple[datetime, int, str]:
        """The total order in which a shipment's events are read, whatever order they arrived in."""
        return (self.happened_at, ORDER[self.happening], self.event_id)
