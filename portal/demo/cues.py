"""The acts of the script, each as a small function: what the office does when a cue's time has come."""

from collections.abc import Callable
from datetime import datetime, timedelta

from portal.demo import agreed, papers, places, plan
from portal.demo.cast import TWICE
from portal.demo.depot import Depot, Door, round_plan
from portal.demo.schedule import Act, Cue

TRY_AGAIN = timedelta(minutes=3)
LOADING = timedelta(minutes=10)


def open_depot(depot: Depot, _: Cue, at: datetime) -> None:
    """Lockers, slots and shipments, and what the hubs scanned since yesterday."""
    depot.send(Door.LOCKERS, at, [papers.locker(depot.town, station) for station in places.STATIONS])
    depot.send(Door.SLOTS, at, [papers.slot(slot) for slot in places.slots(depot.day)])
    everyone = list(depot.deliveries.values())
    depot.send(
        Door.SHIPMENTS,
        at,
        [papers.shipment(one, plan.promised(depot.planned[one.reference])) for one in everyone],
        f"The depot opens. {len(everyone)} deliveries for {len(depot.deliveries) - len(TWICE)} doors are announced.",
    )
    for happening, clock, days in (
        ("accepted", "15:40", -1),
        ("arrived_at_hub", "20:15", -1),
        ("left_hub", "03:50", 0),
    ):
        depot.events(everyone, happening, depot.day.at(clock, days))


def scan(depot: Depot, cue: Cue, at: datetime) -> None:
    """Everything for a round is scanned at the gate."""
    depot.events(depot.of_round(cue.whom), "at_depot", at, f"Round {cue.whom} is scanned at the depot.")


def promise(depot: Depot, cue: Cue, at: datetime) -> None:
    """The window of each recipient is told."""
    told = [one for one in depot.of_round(cue.whom) if one.promised]
    depot.events(told, "window_promised", at, f"Round {cue.whom}: the windows are told.")


def plan_round(depot: Depot, cue: Cue, at: datetime) -> None:
    """A round is planned once its van is free; a late van makes a late plan. Tomorrow's is planned today."""
    of = round_plan(cue.whom)
    before = depot.vans.get(of.van)
    if before and not before.back and not of.days:
        depot.agenda.append((at + TRY_AGAIN, cue))
        return
    departs_at = max(depot.day.at(of.departs, of.days), at + LOADING)
    late = departs_at - depot.day.at(of.departs, of.days)
    riders = depot.of_round(of.route)
    for one in riders:
        depot.planned[one.reference] += late
    van = plan.loaded(of, depot.town, [depot.stop_for(one) for one in riders], departs_at)
    depot.ready[of.route], depot.departures[of.route] = van, departs_at
    depot.tell_route(van, at)


def load(depot: Depot, cue: Cue, at: datetime) -> None:
    """The van leaves with what is on it."""
    van = depot.ready.get(cue.whom)
    if van is None or van.busy_until is None or van.busy_until > at:
        depot.agenda.append((at + TRY_AGAIN, cue))
        return
    depot.vans[van.name] = depot.ready.pop(cue.whom)
    for one in depot.waiting_on(van):
        agreed.driver_reads(depot, one, van, at)
    depot.events(depot.waiting_on(van), "out_for_delivery", at, f"{van.name} leaves with round {van.route}.")


def stand_still(depot: Depot, cue: Cue, at: datetime) -> None:
    """Something is wrong with the van."""
    minutes = timedelta(minutes=int(cue.detail))
    depot.vans[cue.whom] = depot.vans[cue.whom].halted(at, at + minutes)
    depot.say(at, f"{cue.whom} stands still: a flat tire.")


def report_delay(depot: Depot, cue: Cue, at: datetime) -> None:
    """Everyone still waiting on the round hears that it will be later, and why."""
    van = depot.vans[round_plan(cue.whom).van]
    waiting = depot.waiting_on(van)
    says = f"Round {cue.whom} is late: {len(waiting)} recipients are told why."
    depot.events(waiting, "delayed", at, says, reason=cue.detail)


def wrong_scan(depot: Depot, cue: Cue, at: datetime) -> None:
    """The scanner was held to the wrong parcel."""
    one = depot.named(cue.whom)
    depot.event(one, "delivered", at, f"{cue.whom}: scanned as delivered (by mistake).", how="household")


def correct(depot: Depot, cue: Cue, at: datetime) -> None:
    """The driver finds the parcel still on the van."""
    one = depot.named(cue.whom)
    wrong = depot.last_event.get((one.reference, "delivered"), "")
    note = "The wrong parcel was scanned. This one is still on the van."
    says = f"{cue.whom}: the wrong 'delivered' is taken back."
    depot.event(one, "out_for_delivery", at, says, corrects=wrong, note=note)


def call_away(depot: Depot, cue: Cue, at: datetime) -> None:
    """The driver turns round: somebody else comes first."""
    one = depot.named(cue.whom)
    name = next((van.name for van in depot.vans.values() if one in depot.waiting_on(van)), "")
    if not name:
        return
    depot.vans[name] = van = depot.vans[name].turned_round(depot.town.graph, at)
    says = f"{name} turns round; it is no longer heading to {cue.whom}."
    depot.event(one, "no_longer_heading", at, says, note="Another delivery comes first.")
    depot.tell_route(van, at)
    if van.heading_for and van.heading_for.reference != one.reference:
        depot.event(depot.deliveries[van.heading_for.reference], "next_stop", at)


def wish(depot: Depot, cue: Cue, at: datetime) -> None:
    """Somebody in town takes out a phone."""
    one = depot.named(cue.whom)
    says = f"{cue.whom} asks for a change on the page."
    depot.send(Door.WISH, at, [{"reference": one.reference, "wish": cue.detail}], says, cue.whom)


def look_up(depot: Depot, cue: Cue, at: datetime) -> None:
    """Somebody wants to know what the driver will ask for."""
    one = depot.named(cue.whom)
    says = f"{cue.whom} reads the PIN for the driver on the page."
    depot.send(Door.PIN, at, [{"reference": one.reference}], says, cue.whom)


def collect(depot: Depot, cue: Cue, at: datetime) -> None:
    """Somebody opens the locker."""
    one = depot.named(cue.whom)
    if (one.reference, "ready_for_pickup") in depot.last_event:
        depot.event(one, "collected", at, f"{cue.whom} took the parcel out of the locker.", how="locker")


def send_back(depot: Depot, cue: Cue, at: datetime) -> None:
    """A parcel nobody wants goes back."""
    one = depot.named(cue.whom)
    if (one.reference, "attempt_failed") in depot.last_event:
        depot.event(
            one,
            "returning",
            at,
            f"{cue.whom}: the parcel goes back to the sender.",
            reason="consignee_refused",
        )


ACTS: dict[Act, Callable[[Depot, Cue, datetime], None]] = {
    Act.OPEN: open_depot,
    Act.SCAN: scan,
    Act.PROMISE: promise,
    Act.PLAN: plan_round,
    Act.LOAD: load,
    Act.STAND_STILL: stand_still,
    Act.REPORT_DELAY: report_delay,
    Act.WRONG_SCAN: wrong_scan,
    Act.CORRECT: correct,
    Act.CALL_AWAY: call_away,
    Act.WISH: wish,
    Act.LOOK_UP: look_up,
    Act.COLLECT: collect,
    Act.SEND_BACK: send_back,
}
