"""What is said to an agent about changes: what was asked, who answered what, and whether it was done."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from portal.domain.change import Change, IfUnanswered, Kind, Life
from portal.domain.telling import plain
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
    Life.ACCEPTED: ("accepted", Tone.GOOD),
    Life.REFUSED: ("refused", Tone.BAD),
    Life.WITHDRAWN: ("withdrawn", Tone.PLAIN),
    Life.LAPSED: ("lapsed", Tone.WARN),
}
DECIDED_BY = {
    "rule": "Nobody answered in time, so the shipper's rule decided.",
    "delivery": "The delivery ended before dispatch answered.",
    "recipient": "Taken back by the recipient.",
}
ASKED_WITH = {
    "otp": "Proven with a one-time code.",
    "otp_sms": "Asked by text, proven with a one-time code.",
    "link": "Asked with the link alone.",
}
SILENCE = {
    IfUnanswered.REFUSE: "If nobody answers, it stays as it was.",
    IfUnanswered.ACCEPT: "If nobody answers, it counts as accepted.",
}


def wished(change: Change) -> str:
    """What is asked, in one line with the names that dispatch needs; the window of a new time comes apart."""
    to = {key: str(value) for key, value in change.to.items() if isinstance(value, (str, int))}
    match change.kind:
        case Kind.NEIGHBOR:
            where = " at number ".join(filter(None, (to.get("name"), to.get("house_number"))))
        case Kind.LOCKER:
            where = ", ".join(filter(None, (to.get("name") or to.get("locker"), to.get("address"))))
        case Kind.NEW_WINDOW:
            where = "" if change.window_start else to.get("slot", "")
        case _:
            where = ", ".join(to.values())
    return f"{WISHED[change.kind]}: {where}" if where else WISHED[change.kind]


def of_changes(changes: Iterable[Change], told: dict[str, tuple[Step, ...]]) -> Iterator[Entry]:
    """Each change when it was asked and when it was decided; `told`: what dispatch was sent, by change id."""
    for change in changes:
        span = None
        if change.window_start and change.window_end:
            span = (change.window_start, change.window_end)
        asked = Entry(
            at=change.asked_at,
            strand=Strand.CHANGE,
            key=f"change-{change.id}",
            title=f"Asked: {wished(change)}",
            facts=tuple(_asked_facts(change)),
            span=span,
            steps=told.get(change.id, ()),
            by=change.asked_by,
        )
        if change.open:
            waiting = Step("Waiting for dispatch until", change.expires_at, Tone.WARN)
            yield replace(asked, steps=(*asked.steps, waiting))
            continue
        yield asked
        yield _decision(change)


def _asked_facts(change: Change) -> Iterator[str]:
    proof = ASKED_WITH.get(change.method, plain(change.method))
    yield f"Asked by the {plain(change.asked_by)}. {proof}".strip()
    if change.open:
        yield SILENCE[change.if_unanswered]


def _decision(change: Change) -> Entry:
    word, tone = DECIDED[change.life]
    steps: tuple[Step, ...] = ()
    if change.honoured is not None:
        said = " ".join(change.outcome_note.split())
        note = f": {said}" if said else ""
        done = "Done as asked" if change.honoured else "Not done as asked"
        steps = (Step(done + note, None, Tone.GOOD if change.honoured else Tone.BAD),)
    by_itself = change.decided_by in DECIDED_BY
    facts = [DECIDED_BY.get(change.decided_by, f"Answered by {change.decided_by or 'dispatch'}.")]
    if change.reason_code and not by_itself:
        facts.append(f"Reason code: {plain(change.reason_code)}.")
    return Entry(
        at=change.decided_at or change.asked_at,
        strand=Strand.CHANGE,
        key=f"answer-{change.id}",
        title=f"Change {word}: {wished(change)}",
        facts=tuple(facts),
        words="" if by_itself else change.reason,
        steps=steps,
        tone=tone,
        by=change.decided_by,
    )
