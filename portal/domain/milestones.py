"""What a recipient is told, and what of it asks the recipient to do something."""

from enum import StrEnum

from portal.domain.events import Happening


class Milestone(StrEnum):
    """A step of the delivery that is worth a message; the names are those of the happenings, plus corrections."""

    ANNOUNCED = "announced"
    AT_DEPOT = "at_depot"
    WINDOW_PROMISED = "window_promised"
    OUT_FOR_DELIVERY = "out_for_delivery"
    NEXT_STOP = "next_stop"
    NEARBY = "nearby"
    DELAYED = "delayed"
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
    CORRECTED = "corrected"


# Hub scans are progress for the page, not news for a phone.
TOLD = {Happening(milestone): milestone for milestone in Milestone if milestone is not Milestone.CORRECTED}
