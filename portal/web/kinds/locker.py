"""The form for a locker: those near the door, nearest first."""

from dataclasses import dataclass
from typing import Any

from portal.domain.change import Change, Kind
from portal.domain.geo import Point, distance_m
from portal.domain.kinds.base import No
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.lockers import smallest_fitting
from portal.flows import track
from portal.web.kinds.base import Asking, Form, Meaning
from portal.web.kinds.places import in_words
from portal.web.language import N_
from portal.web.local import Local

WHEN = N_("Your parcel goes to the locker instead of your door. We tell you when it is there.")
RISK = N_("You then have %(hours)s hours to pick it up.")
TOO_SMALL, FULL = N_("Too small for your parcel"), N_("Full right now")
USUAL_HOLD_HOURS = 48


@dataclass(frozen=True, slots=True)
class LockerChoice:
    """A locker near the door; `note` says what keeps it from being chosen."""

    key: str
    name: str
    address: str
    distance: str
    hours: str
    note: str = ""


def _choices(asking: Asking) -> dict[str, Any]:
    _, door, shown = asking.words, track.door_of(asking.shipment), []
    for locker in asking.offer.lockers:
        fitting = smallest_fitting(asking.shipment.parcels, locker)
        note = _(TOO_SMALL) if not fitting else ""
        if fitting and not any(box.free for box in fitting):
            note = _(FULL)
        away = asking.local.distance(distance_m(door, Point(locker.lat, locker.lng))) if door else ""
        where, hours = in_words(locker.address), in_words(locker.hours)
        shown.append(LockerChoice(locker.key, locker.name, where, away, hours, note))
    within = asking.situation.rules.overflow_m
    return {"lockers": shown, "overflow_m": within, "overflow": asking.local.distance(within)}


def _described(wish: LeaveInLocker, asking: Asking) -> str:
    return next((one.name for one in asking.offer.lockers if one.key == wish.locker), "")


def _means(_wish: LeaveInLocker | None, asking: Asking) -> Meaning:
    hours = min((one.hold_hours for one in asking.offer.lockers), default=USUAL_HOLD_HOURS)
    return Meaning(WHEN, asking.words(RISK) % {"hours": hours})


def _facts(change: Change, _local: Local) -> dict[str, str]:
    return {"locker": str(change.to.get("name") or change.to.get("locker") or "")}


LOCKER = Form(
    Kind.LOCKER,
    N_("Send it to a locker"),
    "pages/tracking/_form_locker.html",
    wanted=N_("To the locker %(locker)s"),
    agreed=N_("The driver brings it to %(locker)s. We tell you when it is there and how to open the locker."),
    fields={No.LOCKER_UNKNOWN: "locker", No.LOCKER_FULL: "locker"},
    described=_described,
    means=_means,
    choices=_choices,
    facts=_facts,
)
