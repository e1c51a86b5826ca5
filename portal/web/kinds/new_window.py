"""The form for another time: the slots by day."""

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from portal.domain.change import Change, Kind
from portal.domain.kinds.base import No
from portal.domain.kinds.new_window import PickNewWindow
from portal.domain.slots import Slot
from portal.web.kinds.base import Asking, Form, Meaning, later
from portal.web.language import N_
from portal.web.local import Local, opening

INSTEAD = N_("Your parcel comes in the time you choose instead of %(window)s.")
CHOSEN = N_("Your parcel comes in the time you choose.")
COMES = N_("It comes %(window)s.")
COMES_INSTEAD = N_("It comes %(window)s instead of %(planned)s.")
RISK = N_("Until then it waits at the depot.")
WE_CONFIRM = N_("We confirm the time to you.")


@dataclass(frozen=True, slots=True)
class SlotChoice:
    """A slot of a day; `note` says what keeps it from being chosen."""

    key: str
    times: str
    note: str = ""


def _choices(asking: Asking) -> dict[str, Any]:
    _, local, days = asking.words, asking.local, []
    for _day, group in groupby(asking.offer.slots, key=lambda slot: local.date(slot.start)):
        slots = list(group)
        choices = tuple(
            SlotChoice(
                slot.key,
                _("between %(times)s") % {"times": local.times(slot.start, slot.end)},
                "" if slot.open_at(local.now) else _("Full"),
            )
            for slot in slots
        )
        days.append((opening(local.day(slots[0].start)), choices))
    return {"days": days}


def _slot(wish: PickNewWindow | None, asking: Asking) -> Slot | None:
    return next((slot for slot in asking.offer.slots if wish and slot.key == wish.slot), None)


def _described(wish: PickNewWindow, asking: Asking) -> str:
    slot = _slot(wish, asking)
    return asking.local.between(slot.start, slot.end) if slot else ""


def _means(wish: PickNewWindow | None, asking: Asking) -> Meaning:
    _, planned, slot = asking.words, asking.planned, _slot(wish, asking)
    # the first window takes nothing from anybody, so nobody is warned of it
    told = WE_CONFIRM if asking.situation.first_window else ""
    if slot is None:
        return Meaning(_(INSTEAD) % {"window": planned} if planned else CHOSEN, RISK, told)
    said = COMES_INSTEAD if planned else COMES
    window = asking.local.between(slot.start, slot.end)
    sentences = _(said) % {"window": window, "planned": planned}, later(asking.local.date(slot.start), asking)
    return Meaning(" ".join(filter(None, sentences)), RISK, told)


def _facts(change: Change, local: Local) -> dict[str, str]:
    start, end = change.window_start, change.window_end
    return {"window": local.between(start, end) if start and end else ""}


NEW_WINDOW = Form(
    Kind.NEW_WINDOW,
    N_("Choose another time"),
    "pages/tracking/_form_new_window.html",
    wanted=N_("Another time: %(window)s"),
    agreed=N_("We bring it %(window)s."),
    first=N_("Choose when it comes"),
    fields={No.SLOT_UNKNOWN: "slot", No.SLOT_FULL: "slot", No.SLOT_CLOSED: "slot", No.SLOT_YOURS: "slot"},
    described=_described,
    means=_means,
    choices=_choices,
    facts=_facts,
)
