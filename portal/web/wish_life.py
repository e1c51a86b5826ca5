"""The life of a wish, step by step: asked, sent to the depot, answered, seen by the driver, done at the door."""

from dataclasses import dataclass
from datetime import datetime

from portal.domain.answering import REFUSALS
from portal.domain.callers import AGENT
from portal.domain.change import Change, Life
from portal.flows.kinds import EFFECTS
from portal.web.language import N_, Words, words
from portal.web.local import Local


@dataclass(frozen=True, slots=True)
class LifeStep:
    """One step: `state` is done, bad or coming; `at` the local time, or that it is yet to come."""

    text: str
    at: str
    state: str


ASKED = N_("You asked")
ASKED_FOR_YOU, TAKEN_BACK_FOR_YOU = (
    N_("Our support asked for you, by phone"),
    N_("Our support took it back for you"),
)
ASKS_FIRST = N_("Your neighbor says yes")
SENT, SENDING = N_("The depot has your wish"), N_("The depot gets your wish")
WILL_ANSWER, WILL_SEE, WILL_DO = N_("The depot answers"), N_("The driver sees it"), N_("Done at the door")
SEEN, DONE, NOT_DONE = N_("The driver has seen it"), N_("Done as you asked"), N_("Not done as you asked")
NOT_YET = N_("not yet")

RULE, DELIVERY, NEIGHBOR, UNANSWERED = "rule", "delivery", "neighbor", "unanswered"
ANSWERS = {
    Life.ACCEPTED: N_("The depot agreed"),
    Life.REFUSED: N_("The answer was no"),
    Life.WITHDRAWN: N_("You took it back"),
    Life.REPLACED: N_("A later wish took its place"),
    Life.LAPSED: N_("Nobody answered, so everything stays as it was"),
}
AT_ONCE = N_("Settled at once, nobody has to agree")
BY_SILENCE = N_("The depot did not answer in time, so it counts as agreed")
OVERTAKEN = N_("The delivery ended before the answer")
OF_NEIGHBOR = {
    Life.REFUSED: N_("Your neighbor said no"),
    Life.LAPSED: N_("Your neighbor did not answer in time"),
    Life.WITHDRAWN: N_("Your neighbor took their yes back"),
}
BAD = {Life.REFUSED, Life.LAPSED}
ENDED = {Life.REFUSED, Life.WITHDRAWN, Life.REPLACED, Life.LAPSED}


def steps_of(change: Change, local: Local) -> tuple[LifeStep, ...]:
    """Every step so far in the order of time, then what is yet to come."""
    _ = words(local.language)
    done = sorted(_so_far(change), key=lambda step: step[0])
    coming = () if change.life in ENDED or change.honoured is not None else _to_come(change)
    return (
        *(LifeStep(_(text), local.short(at), state) for at, text, state in done),
        *(LifeStep(_(text), _(NOT_YET), "coming") for text in coming),
    )


def _so_far(change: Change) -> list[tuple[datetime, str, str]]:
    asked = ASKED_FOR_YOU if change.asked_by == AGENT else ASKED
    found = [(change.asked_at, asked, "done")]
    if change.told_at:
        found.append((change.told_at, SENT, "done"))
    for decision in change.decisions:
        text = _answer(change, decision.life, decision.by)
        found.append((decision.at, text, "bad" if decision.life in BAD else "done"))
    if change.seen_at:
        found.append((change.seen_at, SEEN, "done"))
    if change.honoured is not None:
        at = change.outcome_at or change.decided_at or change.asked_at
        found.append((at, DONE, "done") if change.honoured else (at, NOT_DONE, "bad"))
    return found


def _answer(change: Change, life: Life, by: str) -> str:
    """Who or which rule decided."""
    if by == DELIVERY:
        return OVERTAKEN
    if by == AGENT and life is Life.WITHDRAWN:
        return TAKEN_BACK_FOR_YOU
    if by == NEIGHBOR and life in OF_NEIGHBOR:
        return OF_NEIGHBOR[life]
    if life is Life.ACCEPTED and by == RULE:
        return BY_SILENCE if change.reason_code == UNANSWERED else AT_ONCE
    return ANSWERS[life]


def _to_come(change: Change) -> list[str]:
    asks_first = EFFECTS[change.kind].asks_first is not None
    coming = [
        (ASKS_FIRST, asks_first and change.life is Life.NOMINATED),
        (SENDING, change.told_at is None and change.waits),
        (WILL_ANSWER, change.waits),
        (WILL_SEE, change.seen_at is None),
        (WILL_DO, True),
    ]
    return [text for text, is_due in coming if is_due]


def why_not(change: Change, translate: Words) -> str:
    """The reason of a no in the reader's language: standard ones by their code, own words as they are."""
    standard = REFUSALS.get(change.reason_code, "")
    return translate(standard) if standard and change.reason in ("", standard) else change.reason
