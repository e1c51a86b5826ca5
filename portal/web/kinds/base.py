"""What every kind of change has as a form: its words, how it is read, and what it would mean before it is confirmed."""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from portal.domain.change import Change, Kind
from portal.domain.change_policy import needs_code
from portal.domain.delivery import Shipment
from portal.domain.kinds import KINDS
from portal.domain.kinds.base import No, Situation, Wish
from portal.flows.announce import Voice
from portal.flows.change_offer import Offer
from portal.flows.locker_choice import Listed
from portal.web.clean import clean_line
from portal.web.language import N_, Words, catalog, words
from portal.web.local import Local

LONGEST, MOST_DIGITS, MOST_TICKS = 200, 6, 20

SAME_TIME = N_("It comes at the same time as planned.")
ALL_HEAR = N_("We tell every phone number and email address we have for this delivery.")
CODE = N_("With a one-time code that we send to a contact on file, so that only you can do it.")
BUTTON = N_("With one button. It needs no code.")


class FormData(Protocol):
    """What was typed: werkzeug's MultiDict is one."""

    def get(self, key: str, default: str) -> str:
        """One field."""

    def getlist(self, key: str) -> list[str]:
        """Every ticked box of one name."""

    def __contains__(self, key: object) -> bool:
        """Whether a box of this name is ticked."""


@dataclass(frozen=True, slots=True)
class Asking:
    """What a form is filled from and judged in: the shipment, where it stands, what there is to choose, the clock.

    `lockers` are those a page lists, where it does.
    """

    shipment: Shipment
    situation: Situation
    offer: Offer
    local: Local
    lockers: Listed | None = None

    @property
    def words(self) -> Words:
        """The page's language."""
        return words(self.local.language)

    @property
    def planned(self) -> str:
        """The time as planned so far, in words; empty without one or when it is over."""
        window = self.shipment.window
        if window is None or window.end <= self.local.now:
            return ""
        return self.local.between(window.start, window.end)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a wish would mean, each a sentence or empty: when it comes then, where the risk lies, who is told, and
    what confirms it."""

    when: str = ""
    risk: str = ""
    told: str = ""
    confirm: str = ""


@dataclass(frozen=True, slots=True)
class Own:
    """What only the recipient may see of a wish, after the code: a link to pass on, a code to hand over by."""

    link: str = ""
    code: str = ""


def nothing_of_their_own(_session: Session, _voice: Voice, _change: Change) -> Own:
    """The link alone shows all there is."""
    return Own()


def nothing_to_say(_wish: Any, _asking: Asking) -> str:
    """The kind alone says what is asked."""
    return ""


def nothing_to_choose(_asking: Asking) -> dict[str, Any]:
    """The form needs nothing but its fields."""
    return {}


def no_facts(_change: Change, _local: Local) -> dict[str, str]:
    """What was asked is nothing that the link alone may show."""
    return {}


def usual_meaning(_wish: Any, _asking: Asking) -> Meaning:
    """It comes as planned, and every contact hears of it."""
    return Meaning(SAME_TIME)


@dataclass(frozen=True, slots=True)
class Form:
    """One kind of change on paper. All sentences are marked with `N_` and stand in English here.

    `title` invites (`first` instead, where it is the first window that is chosen), `wanted` names a wish that was
    made and `agreed` says what its acceptance brings; the two are filled from `facts`, which may hold only what the
    link alone may show. `template` asks for the fields of the wish. `fields` says which field a no belongs to;
    `private` are the noes that would tell a stranger what they do not know, so they are said only after the code.
    `described` repeats a wish in words for whoever just typed it, `means` says what it would bring (the wish is None
    while nothing is chosen yet), already translated or as marked; `choices` is what the template shows under
    `choices`; `own` is what whoever typed the code may see of a wish as well.
    """

    kind: Kind
    title: str
    template: str
    wanted: str
    agreed: str = ""
    first: str = ""
    fields: Mapping[No, str] = field(default_factory=dict)
    private: frozenset[No] = frozenset()
    described: Callable[[Any, Asking], str] = nothing_to_say
    means: Callable[[Any, Asking], Meaning] = usual_meaning
    choices: Callable[[Asking], dict[str, Any]] = nothing_to_choose
    facts: Callable[[Change, Local], dict[str, str]] = no_facts
    own: Callable[[Session, Voice, Change], Own] = nothing_of_their_own

    def invitation(self, where: Situation | None) -> str:
        """The option's name, in English."""
        return self.first if self.first and where is not None and where.first_window else self.title

    def read(self, form: FormData) -> Wish:
        """The wish in a form: text as one clean line, a ticked box as True, several boxes as a tuple."""
        kind = KINDS[self.kind].wish
        wish: Wish = kind(**{one.name: _value(form, one.name, one.default) for one in fields(kind)})
        return wish

    def blank(self) -> dict[str, Any]:
        """The fields before anything is typed."""
        return {
            one.name: "" if one.default is MISSING else one.default for one in fields(KINDS[self.kind].wish)
        }

    def meaning(self, wish: Wish | None, asking: Asking) -> Meaning:
        """What it would mean, translated, with the usual sentences where the kind says nothing of its own."""
        _, own = asking.words, self.means(wish, asking)
        code = CODE if needs_code(self.kind, asking.situation) else BUTTON
        return Meaning(_(own.when), _(own.risk), _(own.told or ALL_HEAR), _(own.confirm or code))


def _value(form: FormData, name: str, usual: Any) -> Any:
    match usual:
        case bool():
            return name in form
        case int():
            typed = clean_line(form.get(name, ""))
            return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= MOST_DIGITS else usual
        case tuple():
            return tuple(clean_line(one)[:LONGEST] for one in form.getlist(name)[:MOST_TICKS])
        case _:
            return clean_line(form.get(name, ""))[:LONGEST]


def later(day: date, asking: Asking) -> str:
    """How many days a new day costs against the plan, as a sentence; empty when none or when nothing was planned."""
    window, local = asking.shipment.window, asking.local
    lost = (day - local.date(window.start)).days if window else 0
    if lost == 0:
        return ""
    speaks = catalog(local.language)
    if lost < 0:
        return speaks.ngettext("That is one day sooner.", "That is %(n)s days sooner.", -lost) % {"n": -lost}
    return speaks.ngettext("That is one day later.", "That is %(n)s days later.", lost) % {"n": lost}
