"""A neighbor's page as values: who asks and when it would come, then how it stands; never more than is needed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from portal.domain.change import Life
from portal.domain.events import How
from portal.domain.neighbors import DAYS, MOST_A_WEEK, PARTS, Answer, Habits, asker, house_number
from portal.flows.neighbors import Seen
from portal.web.language import N_, Words, catalog, words
from portal.web.local import Local, opening, weekday
from portal.web.nearby import Nearby

ASKED, YES, OVER = "asked", "yes", "over"
CEILINGS = (1, 2, 3, 5, 10)
A_MONDAY = datetime(2024, 1, 1, 12, tzinfo=UTC)

TITLES = {
    Answer.NO: N_("Thank you for your answer"),
    Answer.BLOCKED: N_("We will not ask you again"),
    Answer.TAKEN_BACK: N_("You have taken your yes back"),
}
OVER_TITLE = N_("This question is over")
SAYS = {
    Answer.NO: N_(
        "We do not bring it to you. You have nothing to do, and your neighbor chooses something else."
    ),
    Answer.BLOCKED: N_("We do not bring it to you, and you have nothing to do."),
    Answer.TAKEN_BACK: N_("We have told the depot and your neighbor. You have nothing to do."),
}
OVER_SAYS = N_("Nothing is brought to you, and you have nothing to do. Thank you.")
WITH_DISPATCH = (N_("Thank you"), N_("We have asked the depot to bring it to you. You will hear from us."))
COMES = (N_("It comes to you"), N_("The driver rings at your door."))
LEFT = (N_("We left it with you"), N_("Thank you. Your neighbor knows that you have it."))
GONE = (N_("It does not come to you"), N_("Something changed. You have nothing to do. Thank you."))
SOMETIME = N_("The time is not known yet.")
PART_NAMES = {
    "morning": N_("In the morning, until 12"),
    "afternoon": N_("In the afternoon, from 12 to 5"),
    "evening": N_("In the evening, from 5 on"),
}
NO_CEILING = N_("As many as come")


@dataclass(frozen=True, slots=True)
class Box:
    """One thing to choose: what the form sends, what a person reads, whether it is chosen."""

    value: str
    label: str
    on: bool = False


@dataclass(frozen=True, slots=True)
class Habit:
    """What a neighbor may choose for good; there only where the link was sent to a number or address of theirs."""

    days: tuple[Box, ...]
    parts: tuple[Box, ...]
    ceilings: tuple[Box, ...]
    blocked: bool


@dataclass(frozen=True, slots=True)
class NeighborPage:
    """What the page shows. `who`, `house`, `parcels` and `when` are there while it is asked or coming;
    `senders` and `references`, by which the parcel is known at the door, only after a yes."""

    state: str
    title: str
    says: str
    tone: str = ""
    who: str = ""
    house: str = ""
    parcels: str = ""
    when: str = ""
    until: str = ""
    senders: str = ""
    references: str = ""
    code: str = ""
    may_take_back: bool = False
    habit: Habit | None = None
    nearby: Nearby | None = None


def neighbor_page(
    seen: Seen, senders: Sequence[str], local: Local, nearby: Nearby | None = None
) -> NeighborPage:
    """The page as things stand; `senders` are the shops' names, `nearby` is where the van is that comes to them."""
    _, ask = words(local.language), seen.ask
    habit = _habit(seen.habits, local, _) if ask.theirs else None
    if ask.answerable(local.now):
        title = _("Can you take a delivery for your neighbor?")
        return NeighborPage(
            ASKED, title, "", until=local.by(ask.expires_at), habit=habit, **_who(seen, local, _)
        )
    if ask.answer is not Answer.YES:
        title, says = TITLES.get(ask.answer, OVER_TITLE), SAYS.get(ask.answer, OVER_SAYS)
        return NeighborPage(OVER, _(title), _(says), "quiet", habit=habit)
    tone, (title, says) = _stands(seen)
    if tone == "quiet":
        return NeighborPage(OVER, _(title), _(says), tone, habit=habit)
    return NeighborPage(
        YES,
        _(title),
        _(says),
        tone,
        senders=", ".join(senders),
        references=", ".join(one.reference for one in seen.shipments),
        code=seen.code,
        may_take_back=seen.may_take_back,
        habit=habit,
        nearby=nearby,
        **_who(seen, local, _),
    )


def _who(seen: Seen, local: Local, _: Words) -> dict[str, Any]:
    first, parcels = seen.shipments[0], sum(one.parcel_count for one in seen.shipments)
    window = first.window
    counted = catalog(local.language).ngettext("%(n)s parcel", "%(n)s parcels", parcels) % {"n": parcels}
    return {
        "who": asker(first.recipient.name),
        "house": house_number(first.address.street),
        "parcels": counted,
        "when": opening(local.between(window.start, window.end)) if window else _(SOMETIME),
    }


def _stands(seen: Seen) -> tuple[str, tuple[str, str]]:
    """How far what they said yes to has come; the furthest of several parcels speaks for all."""
    if any(one.honoured for one in seen.changes) or any(
        one.state.how is How.NEIGHBOR for one in seen.shipments
    ):
        return "good", LEFT
    coming = [one for one in seen.changes if one.honoured is None]
    if any(one.life is Life.ACCEPTED for one in coming):
        return "live", COMES
    return ("good", WITH_DISPATCH) if any(one.waits for one in coming) else ("quiet", GONE)


def _habit(chosen: Habits, local: Local, _: Words) -> Habit:
    hours = chosen.hours
    limits = [Box("", _(NO_CEILING), chosen.a_week is None)]
    offered = sorted({*CEILINGS, *([chosen.a_week] if chosen.a_week else [])})
    limits += [Box(str(limit), str(limit), chosen.a_week == limit) for limit in offered]
    return Habit(
        tuple(
            Box(day, weekday(A_MONDAY + timedelta(days=number), local), hours is None or day in hours)
            for number, day in enumerate(DAYS)
        ),
        tuple(Box(part, _(PART_NAMES[part]), hours is None or part in hours) for part in PARTS),
        tuple(limits),
        chosen.blocked,
    )


def ceiling(typed: str) -> int | None:
    """How many parcels a week were chosen; None for any number, and for what is none."""
    if not (typed.isascii() and typed.isdigit() and len(typed) <= 2):
        return None
    return min(int(typed), MOST_A_WEEK) or None
