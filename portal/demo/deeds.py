"""What the office tells the portal when a driver has done something."""

from dataclasses import replace
from datetime import datetime

from portal.demo import pictures, places
from portal.demo.agreed import FORGOTTEN
from portal.demo.cast import Delivery
from portal.demo.depot import Depot, Door, Order
from portal.demo.driver import Deed, Did, Stop, Van
from portal.demo.endings import GOES_BACK, NEXT_LOCKER, Ending
from portal.demo.papers import Paper, ended
from portal.demo.schedule import CALLED_AWAY, CALLS_LAST, Act, Cue

# A parcel that could not be handed over is brought to a locker after so many more stops.
STOPS_BEFORE_LOCKER = 3

# This driver's scanner cannot say "next stop"; the portal finds out from the positions.
SAYS_NO_NEXT_STOP = {"van-3"}

# How a parcel is handed over when these were done as agreed; a locker's door says so without a how.
DONE_BY = {"neighbor": {"neighbor"}, "safe_place": {"safe_place"}, "locker": {"", "locker"}}
HANDED = {"delivered", "ready_for_pickup"}

NOT_AS_ASKED = "The porch was locked; somebody at home took it."

HOW_IN_WORDS = {
    "recipient": "handed over in person",
    "household": "handed to someone in the household",
    "neighbor": "left with a neighbor",
    "safe_place": "left in the agreed place",
    "mailbox": "put into the mailbox",
    "reception": "handed over at the front desk",
    "locker": "put into a locker",
}
HAPPENING_IN_WORDS = {
    "attempt_failed": "nobody could take it",
    "ready_for_pickup": "waits in a locker",
}


def report(depot: Depot, name: str, deed: Deed) -> None:
    """A driver did something: tell it."""
    van = depot.vans[name]
    if deed.stop is None:
        if deed.did is Did.CAME_BACK:
            depot.say(deed.at, f"{name} is back at the depot.")
        return
    delivery = depot.deliveries[deed.stop.reference]
    match deed.did:
        case Did.SET_OFF:
            _set_off(depot, van, delivery, deed)
        case Did.HANDED_OVER:
            _handed_over(depot, van, delivery, deed)
            _rest(depot, van, deed)
        case _:
            pass


def _set_off(depot: Depot, van: Van, delivery: Delivery, deed: Deed) -> None:
    if delivery.reference in depot.done or van.name in SAYS_NO_NEXT_STOP:
        return
    depot.event(delivery, "next_stop", deed.at)
    person = delivery.person.name
    if person in CALLED_AWAY and person not in depot.called_away and van.todo:
        depot.called_away.add(person)
        until = deed.at + CALLS_LAST
        depot.vans[van.name] = van.halted(deed.at, until)
        depot.agenda.insert(0, (until, Cue("", Act.CALL_AWAY, person)))


def _handed_over(depot: Depot, van: Van, delivery: Delivery, deed: Deed) -> None:
    end = depot.ending(delivery)
    words = in_words(end)
    event_id = depot.new_event_id(delivery, end.happening)
    paper = ended(event_id, delivery, end, deed.at)
    depot.send(
        Door.EVENTS,
        deed.at,
        [paper],
        f"{delivery.person.name}, {delivery.door.line}: {words}.",
        delivery.person.name,
    )
    if delivery.reference not in depot.done:
        depot.done.append(delivery.reference)
    if end.proof:
        shown = pictures.shown(delivery.reference, delivery.brand.slug, event_id, end.proof)
        depot.send(Door.PROOFS, deed.at, [shown])
    order = depot.order(delivery.reference)
    if order.change_id and end.happening in HANDED:
        _tell_outcome(depot, delivery, order, end, deed.at)
    if end.happening == "attempt_failed" and delivery.person.name not in GOES_BACK:
        _bring_to_locker_later(depot, van, delivery)


def _rest(depot: Depot, van: Van, deed: Deed) -> None:
    """The driver's device knows when a break begins; the windows behind it are told with it."""
    if deed.stop and deed.stop.reference in van.rests and van.todo:
        depot.rests_since[deed.stop.reference] = deed.at
        depot.tell_route(van, deed.at)


def _tell_outcome(depot: Depot, delivery: Delivery, order: Order, end: Ending, at: datetime) -> None:
    """Whether it was done as agreed; a yes names its proof. Another window is judged by the hour alone."""
    if delivery.person.name in FORGOTTEN:
        depot.send(Door.OUTCOME, at, [_outcome(order, False, NOT_AS_ASKED)])
    elif order.kind != "new_window" and end.how in DONE_BY.get(order.kind, {end.how}):
        depot.send(Door.OUTCOME, at, [_outcome(order, True, in_words(end), end.proof or end.happening)])
    order.change_id = ""


def _outcome(order: Order, honoured: bool, note: str, proof: str = "") -> Paper:
    return {"change_id": order.change_id, "honoured": honoured, "note": note, "proof": proof}


def _bring_to_locker_later(depot: Depot, van: Van, delivery: Delivery) -> None:
    station = places.STATIONS[NEXT_LOCKER.get(delivery.person.name, 0)]
    depot.order(delivery.reference).ending = places.in_locker(station)
    stop = Stop(delivery.reference, places.corner(depot.town, station).foot, places.LOCKER_SERVICE)
    todo = depot.vans[van.name].todo
    depot.vans[van.name] = replace(
        depot.vans[van.name], todo=(*todo[:STOPS_BEFORE_LOCKER], stop, *todo[STOPS_BEFORE_LOCKER:])
    )


def in_words(end: Ending) -> str:
    """The end of a stop as one says it."""
    words = HOW_IN_WORDS.get(end.how) or HAPPENING_IN_WORDS.get(end.happening, end.happening)
    said = end.place if end.how in ("", "neighbor", "safe_place") and end.place else end.note
    return f"{words} ({said.rstrip('.')})" if said else words
