"""What is said to an agent about a neighbor who was asked: by which way, what they answered, how it is known."""

from collections.abc import Iterator

from portal.domain.change import Change
from portal.domain.neighbors import Answer, NeighborAsk, Way
from portal.domain.telling import plain
from portal.domain.timeline import Entry, Strand, Tone

ASKED_BY = {
    Way.SMS: "By text",
    Way.EMAIL: "By email",
    Way.PASSED_ON: "By a link that the recipient passes on",
}
KNOWN_BY = {
    Way.SMS: "Known by the link we sent to that number.",
    Way.EMAIL: "Known by the link we sent to that address.",
    Way.PASSED_ON: "Known only by the link that the recipient passed on.",
}
ANSWERED = {
    Answer.YES: ("The neighbor said yes", Tone.GOOD),
    Answer.NO: ("The neighbor said no", Tone.WARN),
    Answer.BLOCKED: ("The neighbor wants never to be asked again", Tone.WARN),
    Answer.SILENT: ("The neighbor did not answer", Tone.WARN),
    Answer.TAKEN_BACK: ("The neighbor took the yes back", Tone.BAD),
}


def of_neighbor(change: Change, ask: NeighborAsk) -> Iterator[Entry]:
    """When the neighbor was asked, and when and what they answered, with what proves it."""
    to = ask.evidence.get("to", "")
    facts = [f"{ASKED_BY[ask.way]}{f' to {to}' if to else ''}."]
    if not_sent := ask.evidence.get("not_sent"):
        facts.append(f"We could not send it: {plain(str(not_sent))}.")
    key = f"neighbor-{change.id}"
    yield Entry(ask.asked_at, Strand.CHANGE, "The neighbor was asked", key=key, facts=tuple(facts))
    if ask.answered_at is None or ask.answer not in ANSWERED:
        return
    title, tone = ANSWERED[ask.answer]
    proof = (
        (KNOWN_BY[ask.way], f"The page was read in {ask.language}.") if ask.language else (KNOWN_BY[ask.way],)
    )
    silent = ask.answer is Answer.SILENT
    yield Entry(
        ask.answered_at,
        Strand.CHANGE,
        title,
        key=f"said-{change.id}",
        facts=() if silent else proof,
        tone=tone,
        by="" if silent else "neighbor",
    )
