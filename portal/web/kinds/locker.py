"""The form for a locker: those near the door or near another address, nearest first."""

from dataclasses import dataclass
from typing import Any

from portal.domain.change import Change, Kind
from portal.domain.geo import Point, distance_m
from portal.domain.kinds.base import No
from portal.domain.kinds.locker import LeaveInLocker, locker_no
from portal.domain.lockers import Locker, Sort, smallest_fitting, walking_m, walking_minutes
from portal.web.kinds.base import Asking, Form, Meaning
from portal.web.kinds.places import in_words
from portal.web.language import N_, Words
from portal.web.local import Local

WHEN = N_("Your parcel goes to the locker instead of your door. We tell you when it is there.")
RISK = N_("You then have %(hours)s hours to pick it up.")
NOTES = {
    No.TOO_BIG: N_("Too small for your parcel"),
    No.TOO_HEAVY: N_("Your parcel is too heavy for it"),
    No.LOCKER_FULL: N_("Full right now"),
}
LOW, STEP_FREE, POINT = N_("Low compartment"), N_("Without steps"), N_("Pickup point with staff")
ON_FOOT = N_("%(minutes)s min on foot")
NOT_FOUND = N_("We know no locker or pickup point there. Try the street, the town or the postcode.")
# Farther than this, nobody wants to know how long it takes on foot.
MOST_MINUTES = 60
USUAL_HOLD_HOURS = 48


@dataclass(frozen=True, slots=True)
class LockerChoice:
    """A locker of the list with its number on the map; `note` says what keeps it from being chosen."""

    number: int
    key: str
    name: str
    address: str
    distance: str
    on_foot: str
    hours: str
    marks: tuple[str, ...] = ()
    note: str = ""


def _choices(asking: Asking) -> dict[str, Any]:
    _, listed = asking.words, asking.lockers
    found = listed.lockers if listed else asking.offer.lockers
    within = asking.situation.rules.overflow_m
    return {
        "lockers": [_choice(number, one, asking) for number, one in enumerate(found, 1)],
        "overflow_m": within,
        "overflow": asking.local.distance(within),
        "near": listed.typed if listed else "",
        "place": f"{listed.place.name}, {in_words(listed.place.address)}" if listed and listed.place else "",
        "sorry": _(NOT_FOUND) if listed and listed.typed and not listed.place else "",
        "more": listed.more if listed else 0,
        "shown": len(found),
        "map": bool(found and listed and listed.origin),
    }


def _choice(number: int, locker: Locker, asking: Asking) -> LockerChoice:
    _, origin = asking.words, asking.lockers.origin if asking.lockers else None
    away = distance_m(origin, Point(locker.lat, locker.lng)) if origin else None
    minutes = walking_minutes(away) if away is not None else MOST_MINUTES + 1
    no = locker_no(locker, asking.situation)
    return LockerChoice(
        number,
        locker.key,
        locker.name,
        in_words(locker.address),
        asking.local.distance(walking_m(away)) if away is not None else "",
        _(ON_FOOT) % {"minutes": minutes} if minutes <= MOST_MINUTES else "",
        in_words(locker.hours),
        tuple(_marks(locker, asking, _)),
        _(NOTES[no]) if no else "",
    )


def _marks(locker: Locker, asking: Asking, _: Words) -> list[str]:
    low = any(box.free > 0 for box in smallest_fitting(asking.situation.parcels, locker, low=True))
    said = ((locker.sort is Sort.PICKUP_POINT, POINT), (locker.reachable, STEP_FREE), (low, LOW))
    return [_(mark) for true, mark in said if true]


def _chosen(wish: LeaveInLocker | None, asking: Asking) -> Locker | None:
    return next((one for one in asking.offer.lockers if wish and one.key == wish.locker), None)


def _described(wish: LeaveInLocker, asking: Asking) -> str:
    locker = _chosen(wish, asking)
    return f"{locker.name}, {in_words(locker.address)}" if locker else ""


def _means(wish: LeaveInLocker | None, asking: Asking) -> Meaning:
    locker = _chosen(wish, asking)
    hours = (
        locker.hold_hours
        if locker
        else min((one.hold_hours for one in asking.offer.lockers), default=USUAL_HOLD_HOURS)
    )
    return Meaning(WHEN, asking.words(RISK) % {"hours": hours})


def _facts(change: Change, _local: Local) -> dict[str, str]:
    return {"locker": str(change.to.get("name") or change.to.get("locker") or "")}


LOCKER = Form(
    Kind.LOCKER,
    N_("Send it to a locker"),
    "pages/tracking/_form_locker.html",
    wanted=N_("To the locker %(locker)s"),
    agreed=N_("The driver brings it to %(locker)s. We tell you when it is there and how to open the locker."),
    fields={
        No.LOCKER_UNKNOWN: "locker",
        No.LOCKER_FULL: "locker",
        No.NOT_LOW: "locker",
        No.TOO_BIG: "locker",
        No.TOO_HEAVY: "locker",
    },
    described=_described,
    means=_means,
    choices=_choices,
    facts=_facts,
)
