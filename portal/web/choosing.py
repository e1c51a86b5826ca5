"""The change page as values: every option, the form of one, and the last look before it is confirmed."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from portal.domain.change import Change, Kind
from portal.domain.change_policy import answer_by
from portal.domain.kinds.base import Wish
from portal.flows.kinds import EFFECTS
from portal.web.kinds import FORMS
from portal.web.kinds.base import Asking, Meaning
from portal.web.language import N_
from portal.web.wishes import Changes, WishView, changes_view

NOTHING_YET = N_("Nothing changes before the depot agrees. You will know by %(time)s.")
AT_ONCE = N_("At once: nobody has to agree.")
KEPT_UNTIL, KEPT_NO_MORE = (
    N_("Kept for you until %(time)s"),
    N_("No longer kept for you, but perhaps still free"),
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one kind: its template, what it offers to choose from, and what is filled in so far."""

    kind: str
    title: str
    template: str
    note: str
    until: str
    meaning: Meaning
    answer: str
    choices: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The change page: wishes and options, and the form of one kind when it was chosen and is open.

    `undo` is the wish that a message asks about: was it you?
    """

    changes: Changes
    sheet: Sheet | None = None
    undo: WishView | None = None


@dataclass(frozen=True, slots=True)
class LastLook:
    """A wish read once more: what exactly, what it would mean, for which other parcels, and how long it is kept
    (`held` in words, `held_until` ISO 8601, empty when nothing has to be kept)."""

    kind: str
    title: str
    details: str
    meaning: Meaning
    answer: str
    also: tuple[str, ...] = ()
    held: str = ""
    held_until: str = ""


def change_page(
    asking: Asking,
    known: Sequence[Change],
    wanted: str,
    typed: dict[str, Any],
    answer_minutes: int,
    undo: str = "",
) -> ChangePage:
    """The page for `wanted`, a kind of change or anything else for the list alone; `typed` fills its form."""
    changes = changes_view(known, asking.offer.options, asking.local, asking.situation)
    doubted = next((wish for wish in changes.wishes if undo and wish.id == undo), None)
    option = next((one for one in changes.choices if one.kind == wanted and one.open), None)
    if option is None:
        return ChangePage(changes, undo=doubted)
    form = FORMS[Kind(option.kind)]
    sheet = Sheet(
        kind=option.kind,
        title=option.title,
        template=form.template,
        note=option.note if option.until else "",
        until=option.until,
        meaning=form.meaning(None, asking),
        answer=answered(form.kind, asking, answer_minutes),
        choices=form.choices(asking),
        typed={**form.blank(), **typed},
    )
    return ChangePage(changes, sheet, doubted)


def last_look(
    wish: Wish, asking: Asking, also: Sequence[str], held: datetime | None, answer_minutes: int
) -> LastLook:
    """What the person is about to confirm."""
    _, form, local = asking.words, FORMS[wish.kind], asking.local
    kept = ""
    if held is not None:
        kept = _(KEPT_UNTIL) % {"time": local.time(held)} if held > local.now else _(KEPT_NO_MORE)
    return LastLook(
        kind=wish.kind.value,
        title=_(form.invitation(asking.situation)),
        details=form.described(wish, asking),
        meaning=form.meaning(wish, asking),
        answer=answered(wish.kind, asking, answer_minutes),
        also=tuple(also),
        held=kept,
        held_until=held.isoformat() if held and held > local.now else "",
    )


def answered(kind: Kind, asking: Asking, answer_minutes: int) -> str:
    """When the answer comes, as a sentence."""
    rules, local = asking.situation.rules, asking.local
    if kind in rules.at_once or (kind is Kind.NEW_WINDOW and asking.situation.first_window):
        return asking.words(AT_ONCE)
    until = next((option.until for option in asking.offer.options if option.kind is kind), None)
    # whoever is asked first may take their time before the depot has its own
    first = timedelta(minutes=rules.neighbor_minutes) if EFFECTS[kind].asks_first else timedelta()
    by = answer_by(local.now + first, until, rules, answer_minutes)
    return asking.words(NOTHING_YET) % {"time": local.by(by)}
