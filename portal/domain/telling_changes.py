"""What is said to an agent about changes: what was asked, who answered what, and whether it was done."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from portal.domain.change import Change, Decision, IfUnanswered, Kind, Life
from portal.domain.neighbors import NeighborAsk
from portal.domain.telling import plain
from portal.domain.telling_neighbors import of_neighbor
from portal.domain.timeline import Entry, Step, Strand, Tone

WISHED = {
    Kind.NEIGHBOR: "leave it with a neighbor",
    Kind.LOCKER: "bring it to a locker",
    Kind.SAFE_PLACE: "leave it at a safe place",
    Kind.NEW_WINDOW: "bring it at another time",
    Kind.INSTRUCTIONS: "instructions for the driver",
    Kind.ADDRESS_CORRECTION: "correct the address",
    Kind.HOLD: "keep it for a while",
}
DECIDED = {
    Life.NOMINATED: ("waits for the neighbor", Tone.WARN),
    Life.ASKED: ("waits", Tone.WARN),
    Life.ACCEPTED: ("accepted", Tone.GOOD),
    Life.REFUSED: ("refused", Tone.BAD),
    Life.WITHDRAWN: ("withdrawn", Tone.PLAIN),
    Life.LAPSED: ("lapsed", Tone.WARN),
    Life.REPLACED: ("replaced", Tone.PLAIN),
}
DECIDED_BY = {
    "rule": "Nobody had to answer or nobody did in time: the shipper's rule decided.",
    "delivery": "The delivery ended before dispatch answered.",
    "recipient": "Taken back or replaced by the recipient.",
    "neighbor": "The neighbor decided.",
    "agent": "Taken back by an agent for the recipient.",
}
ANSWERED_BY = {
    "": "Answered by dispatch.",
    "api": "Answered by dispatch, through the API.",
    "webhook": "Answered by dispatch, in its answer to our call.",
}
# What is said more exactly where it is known how it became so.
BECAUSE = {
    (Life.ACCEPTED, "rule", ""): "The shipper's rule accepts this kind at once.",
    (Life.ACCEPTED, "rule", "unanswered"): "Nobody answered in time, so the shipper's rule decided.",
    (Life.LAPSED, "rule", "unanswered"): "Nobody answered in time, so the shipper's rule decided.",
    (Life.WITHDRAWN, "recipient", ""): "Taken back by the recipient.",
    (Life.REPLACED, "recipient", ""): "A later change took its place.",
    (Life.REFUSED, "neighbor", "neighbor_declined"): "The neighbor said no, so dispatch was never asked.",
    (
        Life.LAPSED,
        "neighbor",
        "neighbor_silent",
    ): "The neighbor did not answer in time, so dispatch was never asked.",
    (Life.REFUSED, "neighbor", "neighbor_took_back"): "The neighbor had said yes and took it back.",
}
ASKED_WITH = {
    "otp": "Proven with a one-time code.",
    "otp_sms": "Asked by text, proven with a one-time code.",
    "link": "Asked with the link alone.",
    "agent_code": "Asked on the phone: the caller read out a one-time code.",
    "agent_reason": "Asked on the phone: the agent knew the caller by a written reason.",
}
HAS_IT = {"webhook": "a webhook it took", "pull": "reading on", "desk": "an answer on the desk"}
SILENCE = {
    IfUnanswered.REFUSE: "If nobody answers, it stays as it was.",
    IfUnanswered.ACCEPT: "If nobody answers, it counts as accepted.",
}


def day_in_words(day: str) -> str:
    """A day of a wish (ISO 8601) as colleagues say it; as it came where it is none."""
    try:
        return f"{date.fromisoformat(day):%A, %B} {date.fromisoformat(day).day}"
    except ValueError:
        return day


def wished(change: Change) -> str:
    """What is asked, in one line with the names that dispatch needs; the window of a new time comes apart."""
    to = {key: value for key, value in change.to.items() if isinstance(value, str)}
    match change.kind:
        case Kind.NEIGHBOR:
            where = " at number ".join(filter(None, (to.get("name"), to.get("house_number"))))
        case Kind.LOCKER:
            where = ", ".join(filter(None, (to.get("name") or to.get("locker"), to.get("address"))))
        case Kind.SAFE_PLACE:
            spot = to.get("spot", "")
            where = ", ".join(filter(None, ("" if spot == "other" else plain(spot), to.get("words"))))
        case Kind.INSTRUCTIONS:
            where = ""  # a gate code stands where it is needed, not in lists
        case Kind.NEW_WINDOW:
            where = "" if change.window_start else to.get("slot", "")
        case Kind.HOLD:
            where = f"until {day_in_words(to.get('until', ''))}"
        case _:
            where = ", ".join(to.values())
    return f"{WISHED[change.kind]}: {where}" if where else WISHED[change.kind]


def of_changes(
    changes: Iterable[Change],
    told: Mapping[str, tuple[Step, ...]],
    asks: Mapping[str, NeighborAsk] | None = None,
    door: tuple[str, ...] = (),
) -> Iterator[Entry]:
    """The whole life of each change: asked, the neighbor's answer, every decision, seen by the driver, and its end.

    `told`: what dispatch was sent, by change id; `asks`: what neighbors were asked, by change id; `door`: what the
    hand-over left as proof, in sentences.
    """
    for change in changes:
        yield _asked(change, told.get(change.id, ()))
        if asks and change.id in asks:
            yield from of_neighbor(change, asks[change.id])
        for number, decision in enumerate(change.decisions):
            yield _decision(change, decision, number)
        if change.seen_at:
            yield _entry(change, "seen", change.seen_at, "Seen by the driver", by=change.seen_by)
        if change.honoured is not None:
            yield _outcome(change, door)


def _entry(change: Change, name: str, at: datetime, title: str, **more: Any) -> Entry:
    return Entry(at, Strand.CHANGE, f"{title}: {wished(change)}", key=f"{name}-{change.id}", **more)


def _asked(change: Change, told: tuple[Step, ...]) -> Entry:
    span = (change.window_start, change.window_end) if change.window_start and change.window_end else None
    steps = told
    if change.told_at:
        steps += (
            Step(
                f"Dispatch has it, by {HAS_IT.get(change.told_how, plain(change.told_how))}", change.told_at
            ),
        )
    if change.waits:
        whom = "dispatch" if change.open else "the neighbor"
        steps += (Step(f"Waiting for {whom} until", change.expires_at, Tone.WARN),)
    facts = tuple(_asked_facts(change))
    return _entry(
        change, "change", change.asked_at, "Asked", facts=facts, span=span, steps=steps, by=change.asked_by
    )


def _asked_facts(change: Change) -> Iterator[str]:
    proof = ASKED_WITH.get(change.method, plain(change.method))
    yield f"Asked by the {plain(change.asked_by)}. {proof}".strip()
    if change.group_id:
        yield "Asked together for several deliveries to this door."
    if change.open:
        yield SILENCE[change.if_unanswered]


def _decision(change: Change, decision: Decision, number: int) -> Entry:
    word, tone = DECIDED[decision.life]
    latest = number == len(change.decisions) - 1
    code = change.reason_code if latest else ""
    by_itself = decision.by in DECIDED_BY
    usual = DECIDED_BY.get(decision.by) or ANSWERED_BY.get(decision.by, f"Answered by {decision.by}.")
    facts = [BECAUSE.get((decision.life, decision.by, code), usual)]
    if code and not by_itself:
        facts.append(f"Reason code: {plain(code)}.")
    words = change.reason if latest and not by_itself else ""
    key = "answer" if latest else f"answer{number}"
    facts_and_words = {"facts": tuple(facts), "words": words, "tone": tone, "by": decision.by}
    return _entry(change, key, decision.at, f"Change {word}", **facts_and_words)


def _outcome(change: Change, door: tuple[str, ...]) -> Entry:
    says = "Dispatch says so." if change.outcome_by == "dispatch" else "The delivery shows it."
    facts = [
        says,
        *(
            (f"Proof from dispatch: {' '.join(change.outcome_proof.split())}",)
            if change.outcome_proof
            else ()
        ),
    ]
    title = "Done as asked" if change.honoured else "Not done as asked"
    tone = Tone.GOOD if change.honoured else Tone.BAD
    at = change.outcome_at or change.decided_at or change.asked_at
    words = " ".join(change.outcome_words.split())
    return _entry(
        change, "outcome", at, title, facts=(*facts, *door), words=words, tone=tone, by=change.outcome_by
    )
