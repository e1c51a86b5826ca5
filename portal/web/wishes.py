"""What a recipient can change and until when, and how far wishes have come. No neighbor is named here."""

from collections.abc import Sequence
from dataclasses import dataclass

from portal.domain.change import Change, Life
from portal.domain.change_policy import Option
from portal.domain.kinds.base import No
from portal.web.kinds import FORMS
from portal.web.language import N_, Words, words
from portal.web.local import Local


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind of change: open with its deadline, or closed with its reason; `note` says it."""

    kind: str
    title: str
    open: bool
    note: str


@dataclass(frozen=True, slots=True)
class WishView:
    """A wish with its life; `id` while it can still be taken back."""

    tone: str
    label: str
    title: str
    sentence: str
    id: str = ""


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


LIFE = {
    Life.ASKED: ("live", N_("Asked")),
    Life.ACCEPTED: ("good", N_("Agreed")),
    Life.REFUSED: ("bad", N_("Not possible")),
    Life.WITHDRAWN: ("quiet", N_("Taken back")),
    Life.REPLACED: ("quiet", N_("Replaced")),
    Life.NOMINATED: ("live", N_("Your neighbor is asked")),
    Life.LAPSED: ("warn", N_("No answer")),
}
KEPT = ("good", N_("Done as you asked"))
BROKEN = ("bad", N_("Not done as you asked"))

# Answers that have no words of their own from the depot.
STAYS = {
    Life.REFUSED: N_("The depot said no. Everything stays as it was planned."),
    Life.WITHDRAWN: N_("Everything stays as it was planned."),
    Life.LAPSED: N_("The depot did not answer in time. Everything stays as it was planned."),
    Life.REPLACED: N_("A later wish of yours took its place."),
    Life.NOMINATED: N_("We ask your neighbor first."),
}
# Why every kind of change can be closed at once.
FOR_ALL = {No.FINISHED, No.ON_ITS_WAY_BACK, No.AT_PICKUP, No.WAITING, No.OFTEN, No.ON_VAN}


def changes_view(known: Sequence[Change], options: Sequence[Option], local: Local) -> Changes:
    """Wishes and options as the page shows them; `options` empty for a delivery that is over."""
    _ = words(local.language)
    wishes = tuple(_wish(change, local, _) for change in reversed(known))
    reasons = {option.because for option in options}
    if len(reasons) == 1 and (reason := next(iter(reasons))) in FOR_ALL:
        return Changes(wishes, (), "" if reason is No.WAITING else _(reason.value))
    return Changes(wishes, tuple(_choice(option, local, _) for option in options))


def _choice(option: Option, local: Local, _: Words) -> Choice:
    if option.because is not None:
        note = _(option.because.value)
        if option.because is No.TOO_LATE and option.until is not None:
            note = _("Too late: it was possible until %(time)s") % {"time": local.by(option.until)}
    elif option.until is not None:
        note = _("Possible until %(time)s") % {"time": local.by(option.until)}
    else:
        note = _("Possible now")
    return Choice(option.kind.value, _(FORMS[option.kind].title), option.open, note)


def _wish(change: Change, local: Local, _: Words) -> WishView:
    form = FORMS[change.kind]
    facts = form.facts(change, local)
    title = _(form.wanted) % facts
    tone, label = LIFE[change.life]
    match change.life:
        case Life.ASKED:
            by = local.by(change.expires_at)
            said = _("We have asked the depot. You will know by %(time)s.") % {"time": by}
            return WishView(tone, _(label), title, said, change.id)
        case Life.ACCEPTED:
            if change.honoured is not None:
                tone, label = KEPT if change.honoured else BROKEN
            said = change.outcome_words if change.honoured is False else ""
            agreed = _(form.agreed) if form.agreed else ""
            return WishView(
                tone, _(label), title, said or (agreed % facts if change.honoured is None else "")
            )
        case Life.REFUSED:
            reason = _("The depot said no: %(reason)s") % {"reason": change.reason} if change.reason else ""
            return WishView(tone, _(label), title, reason or _(STAYS[change.life]))
        case _:
            return WishView(tone, _(label), title, _(STAYS[change.life]))
