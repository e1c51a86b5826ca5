"""What a round makes worth a message by itself: a window at last, a delay, and one heads-up at the end."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from portal.domain.delivery import Promise
from portal.domain.eta import Estimate
from portal.domain.milestones import Milestone
from portal.domain.window import Because, Source

DELAY_WORTH_A_MESSAGE = timedelta(minutes=10)
DELAYS_AT_MOST = 3
NEARBY_MINUTES = 10
NEARBY_STOPS_BEFORE = 3


@dataclass(frozen=True, slots=True)
class Told:
    """What messages already said on this round: the window they named, how many delays, and the heads-up."""

    start: datetime | None = None
    end: datetime | None = None
    delays: int = 0
    heads_up: bool = False


@dataclass(frozen=True, slots=True)
class Door:
    """One door of a round. `expects`: the parcel is on the van and the van is heading here.

    `level` is how many of 100 of its windows shall hold.
    """

    shipment_id: int
    expects: bool
    planned: Promise | None = None
    live: Promise | None = None
    told: Told = Told()
    level: int = 90


@dataclass(frozen=True, slots=True)
class Tell:
    """News for one door; `occurrence` makes it unique on its round, `because` is for agents to read."""

    shipment_id: int
    milestone: Milestone
    occurrence: str
    because: str


def news_of(
    door: Door, guess: Estimate, window: Promise | None, *, at_stop: bool
) -> tuple[Tell | None, Told]:
    """At most one piece of news for a door, and what it will have been told. `window` is the new one, if any.

    A window shown while the van leaves needs no message of its own: "out for delivery" names it.
    """
    told = door.told
    if window is not None:
        tell, told = _of_window(door, guess, window)
        if tell is not None:
            return tell, told
    if told.heads_up or not guess.in_order or door.live is None:
        return None, told
    # The first door hears that the van has left; that it is next would be a second text at once.
    if guess.stops_before == 0 and guess.begun and at_stop:
        return _tell(door, Milestone.NEXT_STOP, "", "The door is the next stop."), replace(
            told, heads_up=True
        )
    first = 0 if not guess.begun else 1
    if first <= guess.stops_before <= NEARBY_STOPS_BEFORE and guess.minutes_left <= NEARBY_MINUTES:
        why = f"The van is about {round(guess.minutes_left)} minutes away."
        return _tell(door, Milestone.NEARBY, "", why), replace(told, heads_up=True)
    return None, told


def _of_window(door: Door, guess: Estimate, window: Promise) -> tuple[Tell | None, Told]:
    told = door.told
    named = replace(told, start=window.start, end=window.end)
    claims = window.source != Source.TODAY
    if door.live is None:
        return None, named if claims else told
    promised_until = told.end or (door.planned.end if door.planned else None)
    # A promise that is taken back is worth a message at once, a later one only when it is later by much.
    bearable = DELAY_WORTH_A_MESSAGE if claims else timedelta(0)
    if promised_until is not None and guess.at > promised_until + bearable:
        if told.delays >= DELAYS_AT_MOST:
            return None, told
        number = told.delays + 1
        pause = window.because == Because.ON_BREAK
        why = "The driver is on a break." if pause else "The van is later than the window that was told."
        return _tell(door, Milestone.DELAYED, f":{number}", why), replace(named, delays=number)
    if claims and told.end is None:
        return _tell(door, Milestone.WINDOW_PROMISED, "", "A window can be promised now."), named
    if claims and told.start is not None and window.end < told.start:
        at = f":{window.start.isoformat()}"
        return _tell(
            door, Milestone.WINDOW_PROMISED, at, "The van comes before the window that was told."
        ), named
    return None, told


def _tell(door: Door, milestone: Milestone, suffix: str, because: str) -> Tell:
    return Tell(door.shipment_id, milestone, f"{milestone}{suffix}", because)
