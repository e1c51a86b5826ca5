"""What happens now and when: the one line a page is opened for, how sure it is, and what there is to do."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain import next_step
from portal.domain import window as windows
from portal.domain.aftercare import After
from portal.domain.delivery import Promise, Shipment
from portal.domain.events import Happening
from portal.domain.next_step import Who
from portal.domain.parcel import Restrictions
from portal.domain.record import Record
from portal.domain.record import odds as odds_of
from portal.domain.shipment import Status
from portal.web.language import N_, Words, words
from portal.web.local import Local, opening
from portal.web.phrases import HANDED, MOVED, SOURCE, WHY
from portal.web.phrases_after import ADVICE, CHOOSE_BY

S = Status


NO_RECORD: Record = {}


@dataclass(frozen=True, slots=True)
class Window:
    """The headline with its label, color (`tone`: live, calm, good, warn, bad) and explaining sentences.

    `tenths` is how many of ten such windows held, or are meant to; None where nothing is claimed.
    """

    tone: str
    label: str
    headline: str
    sentence: str = ""
    moved: str = ""
    tenths: int | None = None
    odds: str = ""
    updated: str = ""


LABEL = {
    S.ANNOUNCED: ("calm", N_("Announced")),
    S.IN_TRANSIT: ("calm", N_("On its way")),
    S.AT_DEPOT: ("calm", N_("At the depot")),
    S.ON_VAN: ("live", N_("Out for delivery")),
    S.MISSED: ("warn", N_("Not delivered yet")),
    S.HELD: ("warn", N_("Waiting")),
    S.READY_FOR_PICKUP: ("live", N_("Ready for pickup")),
    S.DELIVERED: ("good", N_("Delivered")),
    S.DAMAGED: ("bad", N_("Damaged")),
    S.LOST: ("bad", N_("Missing")),
    S.RETURNING: ("warn", N_("Going back")),
    S.RETURNED: ("calm", N_("Returned")),
    S.CANCELLED: ("calm", N_("Cancelled")),
}

# While the van is on its way, news of the trip says more than the status.
TRIP = {
    Happening.NEXT_STOP: ("live", N_("You are next")),
    Happening.NEARBY: ("live", N_("Close by")),
    Happening.DELAYED: ("warn", N_("Delayed")),
    Happening.NO_LONGER_HEADING: ("warn", N_("Not on the way to you")),
}

# Headlines of states that no window explains; %(when)s is a moment, "today at 2:31 pm".
NO_WINDOW = {
    S.ANNOUNCED: (N_("Your parcel is announced"), N_("We tell you the day as soon as we have the parcel.")),
    S.IN_TRANSIT: (
        N_("Your parcel is on its way"),
        N_("We tell you the day as soon as the depot has planned it."),
    ),
    S.AT_DEPOT: (
        N_("Your parcel is near you"),
        N_("We tell you the time as soon as the depot has planned it."),
    ),
    S.ON_VAN: (N_("Today"), N_("The parcel is on the van. A time follows as soon as one can be kept.")),
    S.MISSED: (N_("We could not deliver %(when)s"), ""),
    S.HELD: (
        N_("Your parcel is waiting at the depot"),
        N_("We tell you a new time as soon as there is one."),
    ),
    S.READY_FOR_PICKUP: (N_("Ready for you to pick up"), ""),
    S.DELIVERED: (N_("Delivered %(when)s"), ""),
    S.DAMAGED: (N_("Your parcel was damaged"), N_("The sender knows and will find a solution with you.")),
    S.LOST: (
        N_("We cannot find your parcel"),
        N_("We are sorry. The sender knows and will find a solution with you."),
    ),
    S.RETURNING: (N_("Your parcel goes back to the sender"), ""),
    S.RETURNED: (N_("Your parcel is back at the sender"), ""),
    S.CANCELLED: (N_("This delivery was cancelled"), ""),
}

# On demand the recipient names the time; until then there is none to wait for.
WAITS_FOR_CHOICE = {S.ANNOUNCED, S.IN_TRANSIT, S.AT_DEPOT, S.HELD}
YOUR_CHOICE = N_("You choose when it comes")

WAITS_FOR_WINDOW = {S.ANNOUNCED, S.IN_TRANSIT, S.AT_DEPOT, S.ON_VAN, S.MISSED, S.HELD}
RUNS_LATE = N_(
    "The time we gave you has passed. We are sorry. A new time follows as soon as one can be kept."
)
ELSEWHERE = (N_("The driver had to go somewhere else first"), "")
TURNED_AWAY = N_("The parcel is still on the van. We tell you when the driver heads to you again.")
MEANT = N_("It is set so that %(n)s of 10 deliveries come within it.")
MEASURED = N_("Windows like this one held %(n)s times in 10 (of %(count)s in the last 30 days).")
MISTAKE = N_("An earlier report was a mistake and has been corrected. We are sorry.")


def window_view(shipment: Shipment, local: Local, record: Record = NO_RECORD) -> Window:
    """The headline of a shipment at this moment; `record` says how windows like its own did."""
    _ = words(local.language)
    state = shipment.state
    tone, label = LABEL[state.status]
    if state.status is S.ON_VAN and state.heading in TRIP:
        tone, label = TRIP[state.heading]
    promise = promise_shown(shipment, local.now)
    if promise is not None:
        view = _with_window(shipment, promise, local, record)
    elif runs_late(shipment, local.now):
        view = Window("warn", "", _("Later than planned"), _(RUNS_LATE))
    else:
        away = state.heading is Happening.NO_LONGER_HEADING
        headline, sentence = ELSEWHERE if away else NO_WINDOW[state.status]
        if state.status in WAITS_FOR_CHOICE and shipment.awaits_first_window:
            headline, sentence = YOUR_CHOICE, ""
        when = local.at(state.since) if state.since else ""
        view = Window("", "", opening(_(headline) % {"when": when}), _(sentence) if sentence else "")
    return Window(
        "warn" if view.tone == "warn" else tone,
        _(label),
        view.headline,
        " ".join(filter(None, (_reason(shipment, _), view.sentence))),
        view.moved,
        view.tenths,
        view.odds,
        view.updated,
    )


def promise_shown(shipment: Shipment, now: datetime) -> Promise | None:
    """The window that is told at this moment, on the page, in calendars and feeds; None where none is."""
    if shipment.state.status not in WAITS_FOR_WINDOW or shipment.state.heading is Happening.NO_LONGER_HEADING:
        return None
    promise = windows.shown(shipment.planned, shipment.live, now)
    # A missed door keeps the window of the failed visit until dispatch plans another.
    missed_at = shipment.state.since if shipment.state.status is S.MISSED else None
    return None if promise and missed_at and promise.updated_at <= missed_at else promise


def runs_late(shipment: Shipment, now: datetime) -> bool:
    """The window that was told has passed, and there is no other yet."""
    window, status = shipment.window, shipment.state.status
    return window is not None and window.end <= now and status in WAITS_FOR_WINDOW - {S.MISSED}


def _odds(shipment: Shipment, promise: Promise, record: Record, _: Words) -> tuple[int | None, str]:
    """How windows like this one did; while too few were counted, how it is meant."""
    if measured := odds_of(record, shipment.depot, promise):
        return measured.tenths, _(MEASURED) % {"n": measured.tenths, "count": measured.counted}
    if not promise.level:
        return None, ""
    return promise.level // 10, _(MEANT) % {"n": promise.level // 10}


def _with_window(shipment: Shipment, promise: Promise, local: Local, record: Record) -> Window:
    _ = words(local.language)
    tenths, odds = _odds(shipment, promise, record, _)
    moved = MOVED.get(promise.because, "")  # type: ignore[call-overload]
    return Window(
        "",
        "",
        opening(_hours(promise, local)),
        _(SOURCE.get(promise.source, SOURCE[windows.Source.DISPATCH])),
        _(moved) if moved else "",
        tenths,
        odds,
        _("As of %(when)s.") % {"when": local.at(promise.updated_at)} if promise is shipment.live else "",
    )


def _hours(promise: Promise, local: Local) -> str:
    named = local.half_day if promise.source == windows.Source.ROUTE else local.between
    return named(promise.start, promise.end)


def _reason(shipment: Shipment, _: Words) -> str:
    """What explains the state itself: how it was handed over, why it failed, what was wrong."""
    state = shipment.state
    if state.how is not None:
        return _(HANDED[state.how])
    if state.heading is Happening.NO_LONGER_HEADING:
        return _(TURNED_AWAY)
    if state.status is S.READY_FOR_PICKUP and state.place:
        return _("You find it here: %(place)s") % {"place": state.place}
    said = []
    if state.last is not None and state.last.corrects:
        said.append(_(MISTAKE))
    if state.reason is not None and WHY[state.reason]:
        said.append(_(WHY[state.reason]))
    return " ".join(said)


@dataclass(frozen=True, slots=True)
class Todo:
    """Whether the recipient must do something; `link` is where (`change`, `help`), empty where nowhere."""

    needed: bool
    sentence: str
    link: str = ""
    action: str = ""


NOTHING = N_("You do not have to do anything.")
CHOOSE = (N_("Please choose when we shall come. We do not come before you have chosen."), N_("Choose a time"))
DO = {
    S.READY_FOR_PICKUP: (
        N_("Please pick up your parcel. Bring your ID and the message we sent you."),
        "pickup",
        N_("Where, until when, and the code"),
    ),
    S.DAMAGED: (N_("Please ask the sender about a replacement."), "help", N_("Contact the sender")),
    S.LOST: (N_("Please ask the sender about a replacement."), "help", N_("Contact the sender")),
}
# (sentence, link, action) once it was delivered, by what the recipient said of it.
SAID = {
    None: (N_("Do you have your parcel?"), "received", N_("Yes or no")),
    True: (N_("You told us that you have it. Thank you."), "", ""),
    False: (
        N_("You told us that you do not have it. We look after it."),
        "received",
        N_("I have it after all"),
    ),
}
NEXT = {
    Who.RECIPIENT: ("change", N_("See what is possible")),
    Who.DEPOT: ("change", N_("See what is possible")),
    Who.SENDER: ("help", N_("Contact the sender")),
}


def todo_view(
    shipment: Shipment, can_change: bool, local: Local, after: After | None = None, by: datetime | None = None
) -> Todo:
    """What the recipient has to do, if anything; `by` is until when a missed parcel waits for it."""
    _ = words(local.language)
    status = shipment.state.status
    if status in DO:
        sentence, link, action = DO[status]
        return Todo(True, _(sentence), link, _(action) if action else "")
    if status in WAITS_FOR_CHOICE and shipment.awaits_first_window and can_change:
        return Todo(True, _(CHOOSE[0]), "change?kind=new_window", _(CHOOSE[1]))
    if status is S.DELIVERED:
        sentence, link, action = SAID[after.has_it if after else None]
        return Todo(False, _(sentence), link, _(action) if action else "")
    if coming := next_step.after(shipment.state):
        return _after_a_miss(coming, can_change, local, by)
    asked = shipment.restrictions
    needs = _needs(asked, _) if not shipment.state.finished else []
    link, action = ("proof", _("Show my PIN")) if needs and asked.pin else ("", "")
    return Todo(bool(needs), " ".join(needs) or _(NOTHING), link, action)


def _after_a_miss(coming: next_step.Next, can_change: bool, local: Local, by: datetime | None) -> Todo:
    """The reason leads straight to what can be done, as far as anything can be changed."""
    _ = words(local.language)
    link, action = NEXT[coming.who]
    mine = coming.who is Who.RECIPIENT
    if link == "change" and not (can_change and coming.first):
        link, action = ("help", NEXT[Who.SENDER][1]) if mine else ("", "")
    return Todo(mine, _advised(coming, local, by), link, _(action) if action else "")


def _advised(coming: next_step.Next, local: Local, by: datetime | None) -> str:
    _ = words(local.language)
    said = [_(ADVICE[coming.advice])]
    if by and local.now < by:
        said.append(_(CHOOSE_BY) % {"when": local.by(by)})
    return " ".join(said)


def advice(shipment: Shipment, local: Local, by: datetime | None) -> str:
    """What is best done after a failed attempt, as the first line above the options; empty where none failed."""
    coming = next_step.after(shipment.state)
    return _advised(coming, local, by) if coming else ""


def _needs(asked: Restrictions, _: Words) -> list[str]:
    said = []
    if asked.min_age:
        said.append(_("Somebody of %(age)s or older has to be there, with an ID.") % {"age": asked.min_age})
    elif asked.signature:
        said.append(_("Somebody has to be there to sign."))
    if asked.pin:
        said.append(_("The driver asks you for a PIN."))
    return said
