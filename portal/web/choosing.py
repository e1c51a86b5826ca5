"""The change page as values: every option, and the form of one with what it would mean."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from portal.domain.change import Change, Kind
from portal.domain.change_policy import answer_by
from portal.domain.kinds.base import Wish
from portal.web.kinds import FORMS
from portal.web.kinds.base import Asking, Meaning
from portal.web.language import N_
from portal.web.wishes import Changes, changes_view

NOTHING_YET = N_("Nothing changes before the depot agrees. You will know by %(time)s.")


@dataclass(frozen=True, slots=True)
class Sheet:
    """The form of one kind: its template, what it offers to choose from, and what is filled in so far."""

    kind: str
    title: str
    template: str
    until: str
    meaning: Meaning
    answer: str
    choices: dict[str, Any] = field(default_factory=dict)
    typed: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ChangePage:
    """The change page: wishes and options, and the form of one kind when it was chosen and is open."""

    changes: Changes
    sheet: Sheet | None = None


def change_page(
    asking: Asking,
    known: Sequence[Change],
    wanted: str,
    typed: dict[str, Any],
    answer_minutes: int,
) -> ChangePage:
    """The page for `wanted`, a kind of change or anything else for the list alone; `typed` fills its form."""
    changes = changes_view(known, asking.offer.options, asking.local)
    option = next((one for one in asking.offer.options if one.kind == wanted and one.open), None)
    if option is None:
        return ChangePage(changes)
    _, form, local = asking.words, FORMS[option.kind], asking.local
    sheet = Sheet(
        kind=option.kind.value,
        title=_(form.title),
        template=form.template,
        until=_("Possible until %(time)s") % {"time": local.by(option.until)} if option.until else "",
        meaning=form.meaning(None, asking),
        answer=answered(option.kind, asking, option.until, answer_minutes),
        choices=form.choices(asking),
        typed={**form.blank(), **typed},
    )
    return ChangePage(changes, sheet)


def answered(kind: Kind, asking: Asking, until: datetime | None, answer_minutes: int) -> str:
    """When the answer comes, as a sentence; empty for a kind that nobody has to answer."""
    rules, local = asking.situation.rules, asking.local
    if kind in rules.at_once or (kind is Kind.NEW_WINDOW and asking.situation.first_window):
        return ""
    by = answer_by(local.now, until, rules, answer_minutes)
    return asking.words(NOTHING_YET) % {"time": local.by(by)}


def described(wish: Wish, asking: Asking) -> str:
    """What exactly a wish asks for, in words, to be read once more before it is confirmed."""
    return FORMS[wish.kind].described(wish, asking)
