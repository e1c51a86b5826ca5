"""What dispatch was told, as an agent reads it: each entry of its feed with its calls and their answers."""

from collections.abc import Iterator, Mapping, Sequence

from notifications.message import Attempt, Standing
from portal.domain.change import Change
from portal.domain.telling import plain
from portal.domain.telling_changes import DECIDED, wished
from portal.domain.timeline import Entry, Step, Strand, Tone
from portal.flows.told_why import why_not_sent
from portal.store.dossier import ToldDispatch
from portal.store.outbox import Told

S = Standing
CALLED = {
    S.QUEUED: ("to be called", Tone.PLAIN),
    S.SENDING: ("being called", Tone.PLAIN),
    S.UNKNOWN: ("perhaps called", Tone.WARN),
    S.SENT: ("taken", Tone.GOOD),
    S.DELIVERED: ("taken", Tone.GOOD),
    S.FAILED: ("not taken", Tone.BAD),
    S.EXPIRED: ("not taken", Tone.BAD),
    S.STOPPED: ("not called", Tone.WARN),
}
NO_CALL = "Not called: no endpoint was set for this, so dispatch reads it by itself."
NOT_NUMBERED = "Not numbered yet: that takes about a second."


def entries(
    told: Sequence[ToldDispatch], calls: Sequence[Told], changes: Mapping[str, Change]
) -> Iterator[Entry]:
    """Every entry of the feed, and every call that belongs to none; `changes` by id."""
    by_seq = {one.message.dedupe_key: one for one in calls}
    for entry in told:
        call = by_seq.pop(f"feed:{entry.seq}", None) if entry.seq else None
        yield _told(entry, call, changes.get(entry.change_id or ""))
    for call in by_seq.values():
        yield _call(call)


def type_in_words(type: str) -> str:
    """The type of a call, such as `delivery_change.requested`, in words."""
    about, _, what = plain(type).partition(".")
    return f"{about}: {what}" if what else about


def _told(entry: ToldDispatch, call: Told | None, change: Change | None) -> Entry:
    state, tone = CALLED[call.message.standing] if call else ("", Tone.PLAIN)
    facts = [f"Number {entry.seq} of the feed." if entry.seq else NOT_NUMBERED]
    if change:
        facts.insert(0, f"About: {wished(change)}.")
    if entry.seq and not call:
        facts.append(NO_CALL)
    answer = _answer(change, call) if entry.type.endswith(".requested") else None
    return Entry(
        at=entry.at,
        strand=Strand.DISPATCH,
        key=f"told-{entry.id}",
        title=f"Dispatch was told: {type_in_words(entry.type)}",
        state=state,
        facts=tuple(facts),
        why=tuple(filter(None, [why_not_sent(call.message)])) if call else (),
        steps=(*_calls(call), *([answer] if answer else [])),
        tone=tone,
        quiet=tone is Tone.GOOD and not answer,
    )


def _call(call: Told) -> Entry:
    """A call of which the feed knows nothing, such as a trial one."""
    message = call.message
    state, tone = CALLED[message.standing]
    return Entry(
        at=message.created_at,
        strand=Strand.DISPATCH,
        key=f"message-{message.id}",
        title=f"Dispatch was called: {type_in_words(message.notice)}",
        state=state,
        facts=(f"Why it exists: {message.because}",) if message.because else (),
        why=tuple(filter(None, [why_not_sent(message)])),
        steps=tuple(_calls(call)),
        tone=tone,
        quiet=tone is Tone.GOOD,
    )


def _calls(call: Told | None) -> Iterator[Step]:
    for attempt in call.attempts if call else ():
        yield _attempt(attempt)
    if call and call.message.standing is S.QUEUED and call.attempts:
        yield Step("Called again", call.message.not_before, Tone.WARN)


def _attempt(attempt: Attempt) -> Step:
    at = attempt.ended_at or attempt.started_at
    number = f"Call {attempt.number}"
    match attempt.outcome:
        case "accepted":
            return Step(f"{number}: answered 2xx, taken{_took(attempt)}", at, Tone.GOOD)
        case "":
            return Step(f"{number}: no answer yet", at)
        case outcome:
            said = attempt.text or attempt.code or plain(outcome)
            return Step(f"{number}: {said}", at, Tone.BAD if outcome == "permanent" else Tone.WARN)


def _took(attempt: Attempt) -> str:
    if attempt.ended_at is None:
        return ""
    seconds = (attempt.ended_at - attempt.started_at).total_seconds()
    return f" after {seconds:.1f} s" if seconds >= 1 else ""


def _answer(change: Change | None, call: Told | None) -> Step | None:
    """The decision that came in the answer to the call itself."""
    decisions = change.decisions if change and call else ()
    for one in decisions:
        if one.by == "webhook":
            word, tone = DECIDED[one.life]
            return Step(f"Its answer carried the decision: {word}", one.at, tone)
    return None
