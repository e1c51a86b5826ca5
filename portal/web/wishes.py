"""What a recipient can change and until when, and how far wishes have come. No neighbor is named here."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from portal.domain.change import Aspect, Change, Life
from portal.domain.change_policy import Option, may_withdraw
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import No, Situation
from portal.web.kinds import FORMS
from portal.web.language import N_, Words, words
from portal.web.local import Local
from portal.web.wish_life import NEIGHBOR, LifeStep, steps_of, why_not


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of change: open with its deadline (`until`, ISO 8601), or closed with its reason; `note` says it."""

    kind: str
    title: str
    open: bool
    note: str
    group: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class WishView:
    """A wish with its life; `id` while it can still be taken back; `key` is always its id."""

    tone: str
    label: str
    title: str
    sentence: str
    id: str = ""
    steps: tuple[LifeStep, ...] = ()
    key: str = ""


@dataclass(frozen=True, slots=True)
class Changes:
    """Wishes so far, newest first, and what is possible now. `closed` says once why nothing is."""

    wishes: tuple[WishView, ...] = ()
    choices: tuple[Choice, ...] = ()
    closed: str = ""

    @property
    def possible(self) -> bool:
        """Something can be changed now."""
        return any(choice.open for choice in self.choices)

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """What is open, under the headings by which people look for it."""
        chosen = [choice for choice in self.choices if choice.open]
        order = list(dict.fromkeys(choice.group for choice in chosen))
        return [(name, [one for one in chosen if one.group == name]) for name in order]

    @property
    def shut(self) -> list[tuple[str, str]]:
        """What is closed, each reason once: (reason, the kinds that it closes)."""
        closed = sorted((one for one in self.choices if not one.open), key=lambda one: one.note)
        reasons = groupby(closed, key=lambda one: one.note)
        return [(note, " · ".join(one.title for one in kinds)) for note, kinds in reasons]


LIFE = {
    Life.NOMINATED: ("live", N_("Waiting for your neighbor")),
    Life.ASKED: ("live", N_("Asked")),
    Life.ACCEPTED: ("good", N_("Agreed")),
    Life.REFUSED: ("bad", N_("Not possible")),
    Life.WITHDRAWN: ("quiet", N_("Taken back")),
    Life.LAPSED: ("warn", N_("No answer")),
    Life.REPLACED: ("quiet", N_("Replaced")),
}
KEPT = ("good", N_("Done as you asked"))
BROKEN = ("bad", N_("Not done as you asked"))

WAITING = {
    Life.NOMINATED: N_("Nothing changes before your neighbor says yes, by %(time)s."),
    Life.ASKED: N_("We have asked the depot. You will know by %(time)s."),
}
# Answers that have no words of their own from the depot.
STAYS = {
    Life.REFUSED: N_("The depot said no. Everything stays as it was planned."),
    Life.WITHDRAWN: N_("Everything stays as it was planned."),
    Life.LAPSED: N_("The depot did not answer in time. Everything stays as it was planned."),
    Life.REPLACED: N_("A later wish of yours took its place."),
}
NEIGHBOR_STAYS = {
    Life.REFUSED: N_("Your neighbor said no. Everything stays as it was planned."),
    Life.LAPSED: N_("Your neighbor did not answer in time. Everything stays as it was planned."),
    Life.WITHDRAWN: N_("Your neighbor can no longer take it. Everything stays as it was planned."),
}
# Why every kind of change can be closed at once.
FOR_ALL = {No.FINISHED, No.ON_ITS_WAY_BACK, No.AT_PICKUP, No.WAITING, No.OFTEN, No.ON_VAN, No.NEXT_STOP}
GROUPS = {
    Aspect.WHEN: N_("Another time"),
    Aspect.WHERE: N_("Another place"),
    Aspect.DETAILS: N_("For the driver"),
}


def changes_view(
    known: Sequence[Change], options: Sequence[Option], local: Local, where: Situation | None = None
) -> Changes:
    """Wishes and options as the page shows them; `options` empty for a delivery that is over, `where` unknown then."""
    _ = words(local.language)
    wishes = tuple(wish_view(change, local, where) for change in reversed(known))
    reasons = {option.because for option in options}
    if len(reasons) == 1 and (reason := next(iter(reasons))) in FOR_ALL:
        return Changes(wishes, (), "" if reason is No.WAITING else _(reason.value))
    return Changes(wishes, tuple(_choice(option, local, where, _) for option in options))


def _choice(option: Option, local: Local, where: Situation | None, _: Words) -> Choice:
    title = _(FORMS[option.kind].invitation(where))
    if option.because is not None:
        note = _(option.because.value)
        if option.because is No.TOO_LATE and option.until is not None:
            note = _("Too late: it was possible until %(time)s") % {"time": local.by(option.until)}
        return Choice(option.kind.value, title, False, note)
    group = _(GROUPS[KINDS[option.kind].aspect])
    if option.until is None:
        return Choice(option.kind.value, title, True, _("Possible now"), group)
    note = _("Possible until %(time)s") % {"time": local.by(option.until)}
    return Choice(option.kind.value, title, True, note, group, option.until.isoformat())


def wish_view(change: Change, local: Local, where: Situation | None) -> WishView:
    """One wish with its life."""
    _, form = words(local.language), FORMS[change.kind]
    facts = form.facts(change, local)
    tone, label = LIFE[change.life]
    if change.life is Life.ACCEPTED and change.honoured is not None:
        tone, label = KEPT if change.honoured else BROKEN
    back = change.waits if where is None else may_withdraw(change, where, local.now)
    return WishView(
        tone,
        _(label),
        _(form.wanted) % facts,
        _sentence(change, facts, local, _),
        change.id if back else "",
        steps_of(change, local),
        change.id,
    )


def _sentence(change: Change, facts: dict[str, str], local: Local, _: Words) -> str:
    match change.life:
        case Life.NOMINATED | Life.ASKED:
            return _(WAITING[change.life]) % {"time": local.by(change.expires_at)}
        case Life.ACCEPTED:
            if change.honoured is not None:
                return change.outcome_words if change.honoured is False else ""
            return _(FORMS[change.kind].agreed) % facts
        case Life.REFUSED if reason := why_not(change, _):
            return _("The depot said no: %(reason)s") % {"reason": reason}
        case _:
            by_neighbor = NEIGHBOR_STAYS if change.decided_by == NEIGHBOR else STAYS
            return _(by_neighbor.get(change.life, STAYS[change.life]))
