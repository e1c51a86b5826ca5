"""What is said to an agent about what dispatch's attention was called to: the words, and whether they were read."""

from collections.abc import Iterable, Iterator

from portal.domain.attention import Attention, Ending
from portal.domain.timeline import Entry, Step, Strand, Tone

ENDED = {
    Ending.TAKEN_BACK: ("taken back", Tone.PLAIN, "Taken back"),
    Ending.CORRECTED: ("corrected", Tone.GOOD, "Dispatch corrected the event"),
}


def of_attentions(called: Iterable[Attention]) -> Iterator[Entry]:
    """Each with what became of it."""
    for one in called:
        state, tone, _ = ENDED[Ending(one.ended_how)] if one.ended_how else _stands(one)
        yield Entry(
            one.at,
            Strand.AGENT,
            "Doubted an event" if one.event_id else "Called dispatch's attention",
            key=f"attention-{one.id}",
            facts=(f"The event: {one.event_id}.",) if one.event_id else (),
            words=one.words,
            steps=tuple(_steps(one)),
            tone=tone,
            state=state,
            by=one.by,
        )


def _stands(one: Attention) -> tuple[str, Tone, str]:
    return ("not read yet", Tone.WARN, "") if one.waits else ("read", Tone.GOOD, "")


def _steps(one: Attention) -> Iterator[Step]:
    if one.read_at:
        yield Step(f"Read by {one.read_by}", one.read_at, Tone.GOOD)
    if one.ended_how:
        _, tone, text = ENDED[Ending(one.ended_how)]
        yield Step(text, one.ended_at, tone)
