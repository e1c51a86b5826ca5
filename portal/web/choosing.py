"""The change page as values: what a kind of change asks for, would mean, and offers to choose from."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from portal.domain.change import Change, Kind
from portal.domain.change_policy import answer_by
from portal.domain.delivery import Shipment
from portal.domain.geo import Point, distance_m
from portal.domain.kinds.base import No, Wish
from portal.domain.kinds.locker import LeaveInLocker
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.lockers import Locker, smallest_fitting
from portal.domain.slots import Slot
from portal.flows import track
from portal.flows.change_offer import Offer
from portal.store.shippers import Shipper
from portal.web.language import N_, Words, words
from portal.web.local import Local, opening
from portal.web.phrases import CHANGES
from portal.web.wishes import Changes, changes_view

MEANS = {
    Kind.NEIGHBOR: (
        N_("The driver rings at your neighbor's door instead of yours. Please ask your neighbor first."),
        N_("Once your neighbor has it, it counts as delivered."),
    ),
    Kind.LOCKER: (
        N_("Your parcel goes to the locker instead of your door. We tell you when it is there."),
        N_("You then have %(hours)s hours to pick it up."),
    ),
    Kind.NEW_WINDOW: (
        N_("Your parcel comes in the time you choose instead of %(window)s."),
        N_("Until then it waits at the depot."),
    ),
}
WITHOUT_WINDOW = N_("Your parcel comes in the time you choose.")
NOTHING_YET = N_("Nothing changes before the depot agrees. You will know by %(time)s.")
USUAL_HOLD_HOURS = 48

# Which field of the form a no speaks of; all other reasons concern the delivery itself.
FIELD = {
    No.NEIGHBOR_NAME: "name",
    No.NEIGHBOR_NUMBER: "house_number",
    No.LOCKER_UNKNOWN: "locker",
    No.LOCKER_FULL: "locker",
    No.SLOT_UNKNOWN: "slot",
    No.SLOT_FULL: "slot",
    No.SLOT_CLOSED: "slot",
}


@dataclass(frozen=True, slots=True)
class LockerChoice:
    """A locker near the door; `note` says what keeps it from being chosen."""

    key: str
    name: str
    address: str
    distance: str
    hours: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """A slot of a day; `note` says what keeps it from being chosen."""

    key: str
    times: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The change page: wishes and options, and the form of one kind when it was chosen and is open."""

    changes: Changes
    kind: str = ""
    title: str = ""
    until: str = ""
    means: tuple[str, ...] = ()
    lockers: tuple[LockerChoice, ...] = ()
    days: tuple[tuple[str, tuple[SlotChoice, ...]], ...] = ()


def change_page(
    shipment: Shipment,
    shipper: Shipper,
    known: Sequence[Change],
    offer: Offer,
    wanted: str,
    answer_minutes: int,
    local: Local,
) -> ChangePage:
    """The page for `wanted`, a kind of change or anything else for the list alone."""
    changes = changes_view(known, offer.options, local)
    option = next((one for one in offer.options if one.kind == wanted and one.open), None)
    if option is None:
        return ChangePage(changes)
    _ = words(local.language)
    by = answer_by(local.now, option.until, shipper.rules, answer_minutes)
    means = [*_means(option.kind, shipment, offer, local, _), _(NOTHING_YET) % {"time": local.by(by)}]
    return ChangePage(
        changes=changes,
        kind=option.kind.value,
        title=_(CHANGES[option.kind]),
        until=_("Possible until %(time)s") % {"time": local.by(option.until)} if option.until else "",
        means=tuple(means),
        lockers=_lockers(shipment, offer.lockers, local, _) if option.kind is Kind.LOCKER else (),
        days=_days(offer.slots, local, _) if option.kind is Kind.NEW_WINDOW else (),
    )


def _means(kind: Kind, shipment: Shipment, offer: Offer, local: Local, _: Words) -> list[str]:
    window = shipment.window
    if kind is Kind.NEW_WINDOW and (window is None or window.end <= local.now):
        return [_(WITHOUT_WINDOW), _(MEANS[kind][1])]
    hours = min((locker.hold_hours for locker in offer.lockers), default=USUAL_HOLD_HOURS)
    facts = {"hours": hours, "window": local.between(window.start, window.end) if window else ""}
    return [_(sentence) % facts for sentence in MEANS.get(kind, ())]


def _lockers(
    shipment: Shipment, lockers: Sequence[Locker], local: Local, _: Words
) -> tuple[LockerChoice, ...]:
    door = track.door_of(shipment)
    shown = []
    for locker in lockers:
        fitting = smallest_fitting(shipment.parcels, locker)
        note = _("Too small for your parcel") if not fitting else ""
        if fitting and not any(box.free for box in fitting):
            note = _("Full right now")
        away = ""
        if door:
            away = local.distance(distance_m(door, Point(locker.lat, locker.lng)))
        shown.append(
            LockerChoice(
                locker.key, locker.name, in_words(locker.address), away, in_words(locker.hours), note
            )
        )
    return tuple(shown)


def _days(slots: Sequence[Slot], local: Local, _: Words) -> tuple[tuple[str, tuple[SlotChoice, ...]], ...]:
    days = []
    for _day, group in groupby(slots, key=lambda slot: local.date(slot.start)):
        chosen = list(group)
        choices = tuple(
            SlotChoice(
                slot.key,
                _("between %(times)s") % {"times": local.times(slot.start, slot.end)},
                "" if slot.open_at(local.now) else _("Full"),
            )
            for slot in chosen
        )
        days.append((opening(local.day(chosen[0].start)), choices))
    return tuple(days)


def described(wish: Wish, offer: Offer, local: Local) -> str:
    """What exactly a wish asks for, in words, to be read once more before it is confirmed."""
    match wish:
        case LeaveWithNeighbor(name, house_number):
            return f"{name}, {house_number}"
        case LeaveInLocker(key):
            return next((locker.name for locker in offer.lockers if locker.key == key), "")
        case PickNewWindow(key):
            slot = next((slot for slot in offer.slots if slot.key == key), None)
            return local.between(slot.start, slot.end) if slot else ""
        case _:
            return ""


def in_words(text: str) -> str:
    """A place or opening hours as one line; dispatch may have sent it as an object, which is kept as JSON."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return ", ".join(_leaves(json.loads(text)))
    except ValueError:
        return text


def _leaves(value: object) -> list[str]:
    match value:
        case dict():
            return [leaf for part in value.values() for leaf in _leaves(part)]
        case list():
            return [leaf for part in value for leaf in _leaves(part)]
        case None:
            return []
        case _:
            return [str(value)]
