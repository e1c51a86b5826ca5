"""Others' words for what happens to a parcel, beside ours: one table, read inwards for events and outwards for parents.

The names are theirs (AfterShip tags and sub-tags, EasyPost statuses and details, Karrio statuses and reasons, Onfleet
triggers, 17TRACK statuses, GS1 CBV business steps and dispositions); which of them stand on one row is our proposal.
"""

from dataclasses import dataclass
from functools import cache

from portal.domain.events import DispatchEvent, Happening, How, Reason


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word of others says in ours."""

    happening: Happening
    how: How | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Ours, and each system's words for it, the one that we would say first; `word/detail` where two make it up."""

    ours: Meaning
    aftership: str = ""
    easypost: str = ""
    karrio: str = ""
    onfleet: str = ""
    track17: str = ""
    cbv: str = ""


def _is(happening: Happening, how: How | None = None, reason: Reason | None = None) -> Meaning:
    return Meaning(happening, how, reason)


H, W, R = Happening, How, Reason
SYSTEMS = ("aftership", "easypost", "karrio", "onfleet", "track17", "cbv")

# Read inwards, the first row that has the word counts: words that say little stand before those that say more.
TABLE: tuple[Row, ...] = (
    Row(
        _is(H.ANNOUNCED),
        aftership="InfoReceived_001 InfoReceived Pending",
        easypost="pre_transit pre_transit/label_created",
        karrio="pending",
        onfleet="taskCreated",
        track17="InfoReceived",
        cbv="commissioning/active commissioning",
    ),
    Row(
        _is(H.ACCEPTED),
        aftership="InTransit_002 InTransit_001 InTransit",
        easypost="in_transit in_transit/received_at_origin_facility",
        karrio="picked_up in_transit",
        track17="InTransit_PickedUp InTransit_Other InTransit",
        cbv="accepting/in_progress accepting receiving/in_progress receiving",
    ),
    Row(
        _is(H.ARRIVED_AT_HUB),
        aftership="InTransit_003",
        easypost="in_transit/arrived_at_facility",
        karrio="in_transit",
        track17="InTransit_Arrival",
        cbv="arriving/in_transit arriving",
    ),
    Row(
        _is(H.LEFT_HUB),
        aftership="InTransit_007",
        easypost="in_transit/departed_facility",
        karrio="in_transit",
        track17="InTransit_Departure",
        cbv="departing/in_transit departing",
    ),
    Row(
        _is(H.AT_DEPOT),
        aftership="InTransit",
        easypost="in_transit/arrived_at_destination",
        karrio="in_transit",
        track17="InTransit_Arrival",
        cbv="arriving/in_transit",
    ),
    Row(
        _is(H.WINDOW_PROMISED),
        aftership="InTransit",
        easypost="in_transit",
        karrio="in_transit",
        onfleet="taskUpdated",
        track17="InTransit_Other",
    ),
    Row(
        _is(H.OUT_FOR_DELIVERY),
        aftership="OutForDelivery_001 OutForDelivery OutForDelivery_003 OutForDelivery_004",
        easypost="out_for_delivery out_for_delivery/out_for_delivery",
        karrio="out_for_delivery",
        track17="OutForDelivery_Other OutForDelivery",
        cbv="transporting/in_transit transporting",
    ),
    Row(
        _is(H.NEXT_STOP),
        aftership="OutForDelivery_001",
        easypost="out_for_delivery",
        karrio="out_for_delivery",
        onfleet="taskStarted",
        track17="OutForDelivery_Other",
    ),
    Row(
        _is(H.NEARBY),
        aftership="OutForDelivery_001",
        easypost="out_for_delivery",
        karrio="out_for_delivery",
        onfleet="taskEta taskArrival",
        track17="OutForDelivery_Other",
    ),
    Row(
        _is(H.NO_LONGER_HEADING),
        aftership="OutForDelivery_001",
        easypost="out_for_delivery",
        karrio="out_for_delivery",
        onfleet="taskUnassigned",
        track17="OutForDelivery_Other",
    ),
    Row(
        _is(H.DELAYED),
        aftership="Exception_016 Exception_005",
        easypost="in_transit/delayed",
        karrio="delivery_delayed",
        onfleet="taskDelayed predictedTaskDelay",
        track17="Exception_Delayed",
        cbv="holding/in_progress",
    ),
    Row(
        _is(H.DELAYED, reason=R.WEATHER_DELAY),
        aftership="Exception_017",
        easypost="in_transit/weather_delay",
        karrio="delivery_delayed/weather_delay",
        track17="Exception_Delayed",
    ),
    Row(
        _is(H.DELAYED, reason=R.CUSTOMS_DELAY),
        aftership="Exception_004",
        easypost="in_transit/delayed",
        karrio="in_transit/customs_delay",
        track17="InTransit_CustomsProcessing",
        cbv="holding/in_progress",
    ),
    Row(
        _is(H.ATTEMPT_FAILED),
        aftership="AttemptFail_001 AttemptFail",
        easypost="failure/delivery_exception out_for_delivery/delivery_exception in_transit/delivery_exception failure",
        karrio="delivery_failed",
        onfleet="taskFailed",
        track17="DeliveryFailure_Other DeliveryFailure",
        cbv="other/in_transit",
    ),
    Row(
        _is(H.ATTEMPT_FAILED, reason=R.CONSIGNEE_NOT_HOME),
        aftership="AttemptFail_002",
        easypost="failure/delivery_exception",
        karrio="delivery_failed/consignee_not_home",
        onfleet="taskFailed/UNAVAILABLE taskFailed/NO_ANSWER",
        track17="DeliveryFailure_NoBody",
        cbv="other/in_transit",
    ),
    Row(
        _is(H.ATTEMPT_FAILED, reason=R.CONSIGNEE_BUSINESS_CLOSED),
        aftership="AttemptFail_003",
        easypost="failure/delivery_exception",
        karrio="delivery_failed/consignee_business_closed",
        onfleet="taskFailed/CLOSED",
        track17="DeliveryFailure_Other",
        cbv="other/in_transit",
    ),
    Row(
        _is(H.ATTEMPT_FAILED, reason=R.CONSIGNEE_REFUSED),
        aftership="Exception_003",
        easypost="failure",
        karrio="delivery_failed/consignee_refused",
        onfleet="taskFailed/REFUSED",
        track17="DeliveryFailure_Rejected",
        cbv="other/returned",
    ),
    Row(
        _is(H.ATTEMPT_FAILED, reason=R.CONSIGNEE_INCORRECT_ADDRESS),
        aftership="Exception_001",
        easypost="failure/address_correction in_transit/address_correction",
        karrio="delivery_failed/consignee_incorrect_address",
        onfleet="taskFailed/INCORRECT_ADDRESS",
        track17="DeliveryFailure_InvalidAddress",
        cbv="other/in_transit",
    ),
    Row(
        _is(H.ATTEMPT_FAILED, reason=R.CARRIER_ADDRESS_NOT_FOUND),
        aftership="Exception_001",
        easypost="failure/address_correction",
        karrio="delivery_failed/carrier_address_not_found",
        onfleet="taskFailed/UNABLE_TO_LOCATE",
        track17="DeliveryFailure_InvalidAddress",
        cbv="other/in_transit",
    ),
    Row(
        _is(H.ATTEMPT_FAILED, reason=R.CONSIGNEE_ACCESS_RESTRICTED),
        aftership="AttemptFail_001",
        easypost="failure/delivery_exception",
        karrio="delivery_failed/consignee_access_restricted",
        onfleet="taskFailed/PRECLUDED",
        track17="DeliveryFailure_Other",
        cbv="other/in_transit",
    ),
    Row(
        _is(H.READY_FOR_PICKUP),
        aftership="AvailableForPickup_001 AvailableForPickup",
        easypost="available_for_pickup available_for_pickup/available_for_pickup",
        karrio="ready_for_pickup",
        track17="AvailableForPickup_Other AvailableForPickup",
        cbv="storing/available stocking/available",
    ),
    Row(
        _is(H.PICKUP_EXPIRING),
        aftership="AvailableForPickup_001",
        easypost="available_for_pickup",
        karrio="ready_for_pickup",
        track17="AvailableForPickup_Other",
        cbv="storing/available",
    ),
    Row(
        _is(H.DELIVERED),
        aftership="Delivered_001 Delivered",
        easypost="delivered delivered/arrived_at_destination",
        karrio="delivered",
        onfleet="taskCompleted",
        track17="Delivered_Other Delivered",
        cbv="receiving/retail_sold retail_selling/retail_sold accepting/retail_sold",
    ),
    Row(
        _is(H.DELIVERED, W.RECIPIENT),
        aftership="Delivered_003 Delivered_004",
        easypost="delivered",
        karrio="delivered",
        track17="Delivered_Other",
        cbv="receiving/retail_sold",
    ),
    Row(
        _is(H.DELIVERED, W.NEIGHBOR),
        aftership="Delivered_005",
        easypost="delivered",
        karrio="delivered",
        track17="Delivered_Other",
        cbv="receiving/retail_sold",
    ),
    Row(
        _is(H.COLLECTED),
        aftership="Delivered_002",
        easypost="delivered",
        karrio="delivered",
        track17="Delivered_Other",
        cbv="receiving/retail_sold",
    ),
    Row(
        _is(H.DAMAGED),
        aftership="Exception_012",
        easypost="failure/damaged error/damaged in_transit/damaged",
        karrio="unknown/carrier_damaged_parcel delivery_failed/carrier_damaged_parcel",
        track17="Exception_Damage",
        cbv="inspecting/damaged",
    ),
    Row(
        _is(H.LOST),
        aftership="Exception_013",
        easypost="failure/lost error/lost in_transit/lost",
        karrio="unknown/carrier_parcel_lost delivery_failed/carrier_parcel_lost",
        track17="Exception_Lost",
        cbv="inspecting/unknown inspecting/stolen holding/stolen",
    ),
    Row(
        _is(H.HELD),
        aftership="Exception_006",
        easypost="in_transit/held failure/held",
        karrio="on_hold",
        track17="DeliveryFailure_Security",
        cbv="holding/unavailable",
    ),
    Row(
        _is(H.RETURNING),
        aftership="Exception_010",
        easypost="return_to_sender return_to_sender/return",
        karrio="return_to_sender",
        track17="Exception_Returning",
        cbv="shipping/returned",
    ),
    Row(
        _is(H.RETURNED),
        aftership="Exception_011",
        easypost="return_to_sender",
        karrio="return_to_sender",
        track17="Exception_Returned",
        cbv="receiving/returned",
    ),
    Row(
        _is(H.CANCELLED),
        aftership="Exception",
        easypost="cancelled",
        karrio="cancelled",
        onfleet="taskDeleted",
        track17="Exception_Cancel",
        cbv="void_shipping",
    ),
)

# We would say them, but they do not say this to us: too general, or not about the parcel.
SAID_ONLY = {("aftership", "Exception"), ("onfleet", "taskUpdated")}


def meaning(system: str, word: str, detail: str = "") -> Meaning | None:
    """What `word`, with its detail where there is one, says in ours; None: nothing that we tell."""
    known = _inwards(system)
    return known.get(f"{word}/{detail}".casefold()) or known.get(word.casefold())


def parents(event: DispatchEvent) -> dict[str, str]:
    """The words of AfterShip, EasyPost and Karrio for an event of ours, for consumers that know only theirs.

    Where they have none for the very thing, they get their word for the kind of thing.
    """
    row = _row(event.happening, event.how, event.reason)
    said = {"aftership": row.aftership, "easypost": row.easypost, "karrio": row.karrio}
    return {system: words.split()[0] for system, words in said.items() if words}


@cache
def _inwards(system: str) -> dict[str, Meaning]:
    known: dict[str, Meaning] = {}
    for row in TABLE:
        for word in getattr(row, system).split():
            if (system, word) not in SAID_ONLY:
                known.setdefault(word.casefold(), row.ours)
    return known


@cache
def _row(happening: Happening, how: How | None, reason: Reason | None) -> Row:
    rows = [row for row in TABLE if row.ours.happening is happening]
    fitting = [row for row in rows if row.ours.how is how and row.ours.reason is reason]
    return (fitting or rows)[0]
