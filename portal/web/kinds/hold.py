"""The form for keeping it at the depot: the day on which it shall come."""

from datetime import datetime, time, timedelta
from typing import Any

from portal.domain.change import Change, Kind
from portal.domain.kinds.base import No
from portal.domain.kinds.hold import KeepForAWhile, day_of
from portal.web.kinds.base import Asking, Form, Meaning, later
from portal.web.language import N_
from portal.web.local import Local, opening, zone_of

WHEN = N_("It waits at the depot and comes on the day you choose.")
COMES = N_("It waits at the depot and comes %(day)s.")
TOLD = N_("We tell every contact we have for this delivery, and everybody who shares your address with you.")
RISK = N_("We keep it safe until then, at no cost.")


def _day(iso: str, local: Local) -> str:
    day = day_of(iso)
    return local.day(datetime.combine(day, time(12), zone_of(local.zone))) if day else ""


def _choices(asking: Asking) -> dict[str, Any]:
    local, longest = asking.local, asking.situation.rules.hold_days
    days = [(local.today + timedelta(days=ahead)).isoformat() for ahead in range(1, longest + 1)]
    return {"days": [(day, opening(_day(day, local))) for day in days]}


def _described(wish: KeepForAWhile, asking: Asking) -> str:
    return opening(_day(wish.until, asking.local))


def _means(wish: KeepForAWhile | None, asking: Asking) -> Meaning:
    day = day_of(wish.until) if wish else None
    if wish is None or day is None:
        return Meaning(WHEN, RISK, TOLD)
    comes = asking.words(COMES) % {"day": _day(wish.until, asking.local)}
    return Meaning(" ".join(filter(None, (comes, later(day, asking)))), RISK, TOLD)


def _facts(change: Change, local: Local) -> dict[str, str]:
    return {"day": _day(str(change.to.get("until") or ""), local)}


HOLD = Form(
    Kind.HOLD,
    N_("Keep it at the depot for a while"),
    "pages/tracking/_form_hold.html",
    wanted=N_("Kept at the depot: comes %(day)s"),
    agreed=N_("We keep it for you and bring it %(day)s."),
    fields={No.HOLD_DATES: "until", No.HOLD_TOO_LONG: "until"},
    described=_described,
    means=_means,
    choices=_choices,
    facts=_facts,
)
