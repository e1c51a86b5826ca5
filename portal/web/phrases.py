"""Sentences for what dispatch reports, as recipients read them: tables, all in one place for translators."""

from portal.domain.events import Happening, How, Reason
from portal.domain.shipment import Status
from portal.domain.window import Because, Source
from portal.web.language import N_

H, R, S = Happening, Reason, Status

HAPPENED = {
    H.ANNOUNCED: N_("The sender has announced your parcel."),
    H.ACCEPTED: N_("We have received your parcel."),
    H.ARRIVED_AT_HUB: N_("Your parcel reached a sorting center."),
    H.LEFT_HUB: N_("Your parcel left a sorting center."),
    H.AT_DEPOT: N_("Your parcel is at the depot near you."),
    H.WINDOW_PROMISED: N_("The depot planned a time for you."),
    H.OUT_FOR_DELIVERY: N_("Your parcel is on the van."),
    H.DELAYED: N_("The delivery is delayed."),
    H.NEXT_STOP: N_("You are the next stop."),
    H.NEARBY: N_("The driver is close by."),
    H.NO_LONGER_HEADING: N_("The driver had to go somewhere else first."),
    H.ATTEMPT_FAILED: N_("We could not deliver your parcel."),
    H.HELD: N_("Your parcel is waiting at the depot."),
    H.READY_FOR_PICKUP: N_("Your parcel is ready for pickup."),
    H.PICKUP_EXPIRING: N_("The time to pick up your parcel is running out."),
    H.COLLECTED: N_("Your parcel was picked up."),
    H.DELIVERED: N_("Your parcel was delivered."),
    H.DAMAGED: N_("Your parcel was damaged."),
    H.LOST: N_("We cannot find your parcel."),
    H.RETURNING: N_("Your parcel is on its way back to the sender."),
    H.RETURNED: N_("Your parcel is back at the sender."),
    H.CANCELLED: N_("The delivery was cancelled."),
}

HANDED = {
    How.RECIPIENT: N_("It was handed to you."),
    How.HOUSEHOLD: N_("It was handed to someone in your household."),
    How.NEIGHBOR: N_("It was handed to a neighbor."),
    How.SAFE_PLACE: N_("It was left in the safe place."),
    How.MAILBOX: N_("It is in your mailbox."),
    How.LOCKER: N_("It was put into a locker."),
    How.RECEPTION: N_("It was handed in at the reception."),
}

ROAD = N_("There was trouble on the road or with the van.")
ADDRESS = N_("The driver could not find the address.")
NOBODY = N_("Nobody was there to take it.")
SENDER = N_("The sender has to clear something first.")
CUSTOMS = N_("Customs is looking at it.")
WEATHER = N_("The weather got in the way.")
FULL = N_("The round was fuller than planned.")

WHY = {
    R.CARRIER_DAMAGED_PARCEL: N_("The parcel was damaged on the way."),
    R.CARRIER_SORTING_ERROR: N_("The parcel was sorted to the wrong place."),
    R.CARRIER_ADDRESS_NOT_FOUND: ADDRESS,
    R.CARRIER_PARCEL_LOST: N_("We are looking for the parcel."),
    R.CARRIER_NOT_ENOUGH_TIME: FULL,
    R.CARRIER_VEHICLE_ISSUE: ROAD,
    R.CARRIER_CAPACITY_EXCEEDED: FULL,
    R.CARRIER_MECHANICAL_DELAY: ROAD,
    R.RETAILER_CANCELLED: N_("The sender cancelled it."),
    **dict.fromkeys(
        (
            R.RETAILER_INCORRECT_DATA,
            R.RETAILER_NOT_READY,
            R.RETAILER_INCORRECT_PARCEL,
            R.RETAILER_INCORRECT_DIMENSIONS,
            R.RETAILER_PACKAGING_ISSUE,
        ),
        SENDER,
    ),
    R.CONSIGNEE_REFUSED: N_("The parcel was not accepted at the door."),
    R.CONSIGNEE_BUSINESS_CLOSED: N_("The business was closed."),
    R.CONSIGNEE_NOT_AVAILABLE: NOBODY,
    R.CONSIGNEE_NOT_HOME: NOBODY,
    R.CONSIGNEE_CANCELLED: N_("It was cancelled at your request."),
    R.CONSIGNEE_VERIFICATION_FAILED: N_("The check at the door did not work."),
    R.CONSIGNEE_INCORRECT_ADDRESS: ADDRESS,
    R.CONSIGNEE_ACCESS_RESTRICTED: N_("The driver could not get to the door."),
    R.CONSIGNEE_SAFE_PLACE_UNAVAILABLE: N_("The safe place could not be used."),
    **dict.fromkeys(
        (
            R.CUSTOMS_DELAY,
            R.CUSTOMS_DOCUMENTATION,
            R.CUSTOMS_DUTIES_UNPAID,
            R.CUSTOMS_PROHIBITED,
            R.CUSTOMS_INSPECTION,
        ),
        CUSTOMS,
    ),
    R.WEATHER_DELAY: WEATHER,
    R.NATURAL_DISASTER: WEATHER,
    R.FORCE_MAJEURE: N_("Something nobody could foresee got in the way."),
    R.PARCEL_BEING_RESEARCHED: N_("We are looking for the parcel."),
    R.SECURITY_ISSUE: N_("It was stopped for a safety check."),
    R.REGULATORY_HOLD: N_("It was stopped for an official check."),
    R.UNKNOWN: "",
}

SOURCE = {
    Source.DISPATCH: N_("The depot planned this time."),
    Source.LIVE: N_("This comes live from the van."),
    Source.DISPATCH_LIVE: N_("This comes live from the depot, which follows the van."),
    Source.ROUTE: N_("This follows from the round the depot has planned."),
    Source.TODAY: N_("These are the hours in which the van should come; a narrower time is not certain yet."),
    "recipient": N_("You chose this time, and the depot agreed."),
}

MOVED = {
    Because.NARROWED: N_("The van is closer now, so the time got narrower."),
    Because.LATER: N_("It is later than we said before, because the round takes longer than planned."),
    Because.SOONER: N_("It is sooner than we said before, because the round goes faster than planned."),
    Because.RAN_OUT: N_("The time we gave before was running out, so here is a new one."),
    Because.ON_BREAK: N_("It is later than we said before, because the driver is on a break."),
    Because.TOO_FAR: N_("There are still many stops before you."),
    Because.NO_POSITION: N_("We have not heard from the van for a while."),
    Because.OFF_PLAN: N_("The driver is taking the stops in another order than planned."),
    Because.PLANNED: N_("The round is planned now, so the time got narrower."),
}
