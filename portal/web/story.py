"""How far a parcel has come, what happened, and the proof of delivery, as far as a link may show them."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.aftercare import After
from portal.domain.delivery import Shipment
from portal.domain.events import DispatchEvent, Happening, How
from portal.domain.shipment import LEADS_TO, Status
from portal.web.language import N_, Words, catalog, words
from portal.web.local import Local, opening
from portal.web.phrases import HANDED, HAPPENED, WHY

S = Status
LATEST = 8

STEP = {
    S.ANNOUNCED: N_("Announced"),
    S.IN_TRANSIT: N_("On its way"),
    S.AT_DEPOT: N_("At the depot"),
    S.ON_VAN: N_("On the van"),
    S.DELIVERED: N_("Delivered"),
    S.READY_FOR_PICKUP: N_("Ready for pickup"),
    S.RETURNING: N_("Going back"),
    S.RETURNED: N_("Back at the sender"),
}
PICKED_UP = N_("Picked up")
TO_THE_DOOR = (S.ANNOUNCED, S.IN_TRANSIT, S.AT_DEPOT, S.ON_VAN, S.DELIVERED)
TO_A_PICKUP = (S.ANNOUNCED, S.IN_TRANSIT, S.AT_DEPOT, S.READY_FOR_PICKUP, S.DELIVERED)
BACK = (S.ANNOUNCED, S.IN_TRANSIT, S.AT_DEPOT, S.RETURNING, S.RETURNED)
PATHS = {S.READY_FOR_PICKUP: TO_A_PICKUP, S.RETURNING: BACK, S.RETURNED: BACK}
# A parcel that waits or is missed is not further than the step it waits at.
STANDS_AT = {S.MISSED: S.ON_VAN, S.HELD: S.AT_DEPOT, S.DAMAGED: S.AT_DEPOT, S.LOST: S.AT_DEPOT}
# Where a stranger may pick a parcel up is no secret of the door; a safe place or a neighbor's number is.
PUBLIC_PLACES = {Happening.READY_FOR_PICKUP, Happening.PICKUP_EXPIRING, Happening.COLLECTED}


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the way: done, current or next, with its local time once it is reached."""

    name: str
    state: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened: the local time, the sentence, and why or where."""

    at: str
    iso: str
    sentence: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """What happened, newest first; `earlier` says how many more there are, in words."""

    items: tuple[Item, ...] = ()
    earlier: str = ""


@dataclass(frozen=True, slots=True)
class Proof:
    """How and when a parcel was handed over; `hidden`: there is more, such as a `photo`, for whoever types a code.

    `doubted`: an agent thinks that it was not so, and dispatch looks into it.
    """

    how: str
    at: str
    place: str = ""
    hidden: bool = False
    photo: bool = False
    rated: bool = False
    reported: bool = False
    doubted: bool = False


def progress_view(shipment: Shipment, local: Local) -> tuple[Step, ...]:
    """The steps of the way, or none where a way makes no sense."""
    state = shipment.state
    if state.status is S.CANCELLED:
        return ()
    _ = words(local.language)
    reached_at = _reached(state.story)
    path = PATHS.get(state.status) or (
        TO_A_PICKUP if S.READY_FOR_PICKUP in reached_at and state.finished else TO_THE_DOOR
    )
    here = path.index(STANDS_AT.get(state.status, state.status))
    steps = []
    for place, status in enumerate(path):
        at = reached_at.get(status)
        now_here = place == here and not (state.finished and place == len(path) - 1)
        form = "current" if now_here else "done" if place <= here else "next"
        name = PICKED_UP if path is TO_A_PICKUP and status is S.DELIVERED else STEP[status]
        steps.append(Step(_(name), form, local.short(at) if at and place <= here else ""))
    return tuple(steps)


def _reached(story: tuple[DispatchEvent, ...]) -> dict[Status, datetime]:
    reached = {}
    for event in story:
        status = LEADS_TO.get(event.happening)
        if status is not None:
            reached[status] = event.happened_at
    return reached


def story_view(shipment: Shipment, local: Local, *, everything: bool = False) -> Story:
    """The latest of what happened, or all of it."""
    _ = words(local.language)
    told = shipment.state.story
    shown = told if everything else told[-LATEST:]
    items = tuple(_item(event, local, _) for event in reversed(shown))
    left = len(told) - len(shown)
    if not left:
        return Story(items)
    counted = catalog(local.language).ngettext(
        "Show %(n)s earlier report", "Show %(n)s earlier reports", left
    )
    return Story(items, counted % {"n": left})


def _item(event: DispatchEvent, local: Local, _: Words) -> Item:
    sentence = _(HAPPENED[event.happening])
    said = []
    if event.happening is Happening.DELIVERED:
        said.append(_(HANDED[event.how or How.RECIPIENT]))
    if event.reason is not None and WHY[event.reason]:
        said.append(_(WHY[event.reason]))
    if event.place and event.happening in PUBLIC_PLACES:
        said.append(event.place)
    if event.corrects:
        said.append(_("This corrects an earlier report."))
    at = event.happened_at
    return Item(local.short(at), at.isoformat(timespec="minutes"), sentence, " ".join(said))


def proof_view(shipment: Shipment, after: After | None, local: Local) -> Proof | None:
    """The proof of a delivery as the link alone shows it, None before it."""
    state = shipment.state
    if state.status is not S.DELIVERED or state.since is None or state.how is None:
        return None
    _ = words(local.language)
    place = state.place if state.how is How.LOCKER else ""
    known = after or After()
    return Proof(
        _(HANDED[state.how]),
        opening(local.at(state.since)),
        place,
        (bool(state.place) and not place) or known.photo or known.signature,
        known.photo,
        bool(known.stars),
        known.reported,
        known.doubted,
    )
