"""What every kind of change has: its rule as one value, the situation it is judged in, and the sentences of a no."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from portal.domain.change import Aspect, Kind
from portal.domain.events import How
from portal.domain.lockers import Locker
from portal.domain.parcel import Address, Parcel, Restrictions
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.slots import Slot


class No(StrEnum):
    """Why a change is not possible; the value is the sentence the page shows."""

    SENDER = "The sender does not allow this for your parcel."
    SHIPPER = "The shop does not offer this."
    AGE = "Your parcel needs an age check at the door, so only you can take it."
    SIGNATURE = "The sender asks for a signature from your household."
    PIN = "The sender asks for a PIN at the door, so it cannot be left with someone else."
    VALUABLE = "Your parcel is valuable, so it is only handed to you."
    TOO_LATE = "It is too late for this: the driver needs more notice."
    NEXT_STOP = "The driver is already on the way to your door."
    LOADED = "Your parcel is already on the van, so it can no longer be kept back."
    ON_VAN = "Your parcel is already on the van, and no time is known yet."
    FINISHED = "The delivery is already finished."
    ON_ITS_WAY_BACK = "The parcel is on its way back to the sender."
    AT_PICKUP = "The parcel is already waiting for you at the pickup point."
    WAITING = "You have already asked for a change. Please wait for the answer, or take it back."
    OFTEN = "This delivery was already changed as often as possible."
    TOO_BIG = "Your parcel does not fit into a locker compartment here."
    TOO_HEAVY = "Your parcel is too heavy for a locker compartment here."
    LOCKERS_FULL = "All lockers near you are full right now."
    NO_LOCKERS = "There is no locker near you yet."
    NO_SLOTS = "There is no other time to choose from right now."
    LOCKER_UNKNOWN = "We do not know this locker. Please choose one from the list."
    NOT_LOW = "This locker has no low compartment for your parcel."
    LOCKER_FULL = "This locker is full now. Please choose another one."
    SLOT_UNKNOWN = "We do not know this time. Please choose one from the list."
    SLOT_FULL = "This time was just taken. Please choose another one."
    SLOT_CLOSED = "Please choose a time in the future."
    SLOT_YOURS = "This is already your time. Please choose another one."
    NEIGHBOR_NAME = "Please give the name of your neighbor."
    NEIGHBOR_NUMBER = "Please give the house number of your neighbor."
    NEIGHBOR_CONTACT = "Please give a mobile number or an email address, or leave it empty."
    NEIGHBOR_YOURSELF = "This is your own number or address. Please give your neighbor's."
    NEIGHBOR_NOT_NOW = "This neighbor cannot be asked right now. Please choose something else."
    PLACE_WHERE = "Please choose a place where we can leave it."
    PLACE_WORDS = "Please say in a few words where it is."
    INSTRUCTIONS_EMPTY = "Please say what the driver should know."
    ADDRESS_EMPTY = "Please give the street and house number."
    ADDRESS_SAME = "This is the address we already have."
    ADDRESS_ELSEWHERE = "We can only correct the address, not send the parcel to another street."
    HOLD_DATES = "Please choose a day in the future."
    HOLD_TOO_LONG = "We cannot keep it for so long. Please choose an earlier day."


@dataclass(frozen=True, slots=True)
class Place:
    """Where a stop stands on its route. `earlier` are the times at which the van is expected to be done at the stops
    before this one, the nearest first; `departs_at` is when the van leaves the depot."""

    departs_at: datetime | None = None
    stops_before: int | None = None
    expected_at: datetime | None = None
    earlier: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """What the policy needs to know of a shipment; `window_start` and `window_end` as the recipient sees them.

    `waiting`: a change waits for its answer; `asked_before`: how many used up one of the times it may be changed;
    `asked_ever`: how many wishes there were of whatever kind, whatever became of them;
    `first_window`: the recipient is to choose the first window (on demand); `turned_away`: the van that has it said
    that it no longer comes; `act_by`: after a failed attempt, until when the recipient has to choose.
    """

    status: Status
    parcels: tuple[Parcel, ...]
    restrictions: Restrictions
    rules: ShipperRules
    window_start: datetime | None = None
    window_end: datetime | None = None
    waiting: bool = False
    asked_before: int = 0
    asked_ever: int = 0
    place: Place | None = None
    address: Address | None = None
    heading_here: bool = False
    first_window: bool = False
    turned_away: bool = False
    act_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from for one shipment at one moment."""

    lockers: tuple[Locker, ...] = ()
    slots: tuple[Slot, ...] = ()


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody asks. Every kind has its own, of plain strings, numbers, flags and tuples of strings."""

    kind: ClassVar[Kind]


def nothing_wrong(_wish: Any, _situation: Situation, _choices: Choices, _now: datetime) -> No | None:
    """A wish of this kind needs no look of its own."""
    return None


def something_left(_situation: Situation, _choices: Choices, _now: datetime) -> No | None:
    """There is always something to choose."""
    return None


@dataclass(frozen=True, slots=True)
class KindRule:
    """One kind of change as a rule. A new kind is one of these, a form (portal/web/kinds) and an effect
    (portal/flows/kinds).

    `notice_minutes` before the van comes is its usual cut-off, and on the way not later than `notice_stops` stops
    before (a shipper may set both); `needs_code`: it moves the parcel elsewhere, so it takes one more proof than the
    link; `elsewhere`: it ends at another address, so an agent who asks it for a caller needs a second person
    (portal/domain/approvals.py); `to_others`: somebody else than the recipient gets it, so an age check, a PIN, a
    signature or its value forbids it; `before_loading`: possible only until the van is loaded; `waits`: only one at a
    time waits for an answer; `wrong` says what is wrong with this very wish, `none_left` why nothing can be chosen;
    `handed_as` is how it is delivered when honoured.
    """

    kind: Kind
    wish: type[Any]
    aspect: Aspect
    notice_minutes: int
    notice_stops: int = 1
    needs_code: bool = True
    elsewhere: bool = False
    to_others: bool = False
    before_loading: bool = False
    waits: bool = True
    wrong: Callable[[Any, Situation, Choices, datetime], No | None] = nothing_wrong
    none_left: Callable[[Situation, Choices, datetime], No | None] = something_left
    handed_as: frozenset[How] = frozenset()
