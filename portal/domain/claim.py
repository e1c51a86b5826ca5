"""The recipient says "I have it" or "I do not": what that means beside what the scans say."""

from enum import StrEnum

from portal.domain.shipment import Status


class Found(StrEnum):
    """What a claim and the scans add up to."""

    CONFIRMED = "confirmed"
    NOT_RECEIVED = "not_received"
    AHEAD_OF_SCAN = "ahead_of_scan"
    STILL_TO_COME = "still_to_come"


# (delivered by the scans, has it by the claim) -> what that is
MEANS = {
    (True, True): Found.CONFIRMED,
    (True, False): Found.NOT_RECEIVED,
    (False, True): Found.AHEAD_OF_SCAN,
    (False, False): Found.STILL_TO_COME,
}
# What dispatch has to hear of; the other two are as it knows them.
TOLD = {Found.NOT_RECEIVED, Found.AHEAD_OF_SCAN}
# Before the parcel has left the sender nobody can have it, and afterwards nobody may ask.
ASKED_WHEN = {Status.ON_VAN, Status.MISSED, Status.READY_FOR_PICKUP, Status.DELIVERED, Status.HELD}
# A delivery that was taken back leads to one of these; then nobody misses anything.
UNDER_WAY = {*Status} - {Status.DELIVERED, Status.RETURNING, Status.RETURNED, Status.DAMAGED, Status.LOST}
# Whoever changes their mind more often is not believed a further time: dispatch hears no more of it.
MOST_TOLD = 6


def reconciled(status: Status, has_it: bool) -> Found:
    """What a claim means while the scans say `status`."""
    return MEANS[status is Status.DELIVERED, has_it]


def may_say(status: Status) -> bool:
    """Whether it makes sense to ask."""
    return status in ASKED_WHEN
