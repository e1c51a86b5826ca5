"""What was read of a shipment, told as the strands of one timeline."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from portal.domain.milestones import TOLD
from portal.domain.telling import length, of_events, plain
from portal.domain.telling_after import of_claim, of_handovers, of_pictures_alone, of_problems, of_rating
from portal.domain.telling_attention import of_attentions
from portal.domain.telling_changes import of_changes
from portal.domain.telling_door import door_lines
from portal.domain.telling_replies import of_replies
from portal.domain.telling_windows import Promised, of_windows
from portal.domain.timeline import LOOKED, Entry, Step, Strand, Tone
from portal.flows import told, told_dispatch
from portal.flows.dossier_read import Read
from portal.flows.remind import NO_LONGER_TRUE
from portal.flows.told_why import Talk
from portal.store.dossier import CodeAsked
from portal.store.files import File

NO_NEWS = "Told to nobody: scans on the way show on the page, and are no news for a phone."
NOT_TOLD = "Told to nobody at once: newer news came with it, or it was no news any more."


def strands(read: Read, now: datetime) -> Iterator[Iterable[Entry]]:
    """Each strand, in no order."""
    talk = Talk([one.message for one in read.messages], read.contact)
    by_id = {change.id: change for change in read.changes}
    yield _events(read, talk)
    yield of_windows(
        [
            Promised(one.promise, one.outcome, one.delivered_at, one.origin or {}, one.id)
            for one in read.windows
        ]
    )
    yield of_changes(read.changes, _steps_told(read), read.asks, door_lines(read.door))
    yield told_dispatch.entries(read.told_dispatch, read.calls, by_id)
    yield (told.entry(one, now, talk) for one in read.messages)
    yield _reminders(read)
    yield _after(read)
    yield of_replies(read.replies)
    yield (_code(one) for one in read.codes)
    yield _views(read)
    yield (
        Entry(one.at, Strand.NOTE, "Note", key=f"note-{one.id}", words=one.text, by=one.agent)
        for one in read.notes
    )
    yield of_attentions(read.called)
    yield _acts(read)


def _events(read: Read, talk: Talk) -> Iterator[Entry]:
    for entry, one in zip(of_events(read.events), read.events, strict=True):
        if one.event.happening not in TOLD:
            yield entry.saying(NO_NEWS)
        elif one.received_at not in talk.news:
            yield entry.saying(NOT_TOLD)
        else:
            yield entry


def _steps_told(read: Read) -> dict[str, tuple[Step, ...]]:
    steps: dict[str, tuple[Step, ...]] = {}
    for one in read.told_dispatch:
        if one.change_id:
            number = f" as no. {one.seq}" if one.seq else ""
            text = f"Dispatch was told: {plain(one.type.rpartition('.')[2])}{number}"
            steps[one.change_id] = (*steps.get(one.change_id, ()), Step(text, one.at))
    return steps


def _reminders(read: Read) -> Iterator[Entry]:
    """Those that were looked at when their time came, and left; what is planned stands beside the timeline."""
    for one in read.reminders:
        if one.done_at and one.outcome == NO_LONGER_TRUE:
            yield Entry(
                one.done_at,
                Strand.MESSAGE,
                f"Reminder: {plain(one.notice)}",
                key=f"reminder-{one.notice}",
                state="not sent",
                why=("Not sent: it was no longer true when its time came.",),
                tone=Tone.WARN,
            )


def _after(read: Read) -> Iterator[Entry]:
    """Proof, claim, problems and rating."""
    at_door = _by([one for one in read.pictures if one.event_id], "event_id")
    missing = read.door_missing
    alone = {one.event.event_id: one.event.happened_at for one in read.events}
    for proof in read.proofs:
        alone.pop(proof.event_id, None)
    yield from of_handovers(read.proofs, at_door, missing, read.event_ids)
    yield from of_pictures_alone(alone, at_door, missing, read.event_ids)
    if read.claim:
        yield of_claim(read.claim.has_it, read.claim.at)
    yield from of_problems(read.problems, _by([one for one in read.pictures if one.problem_id], "problem_id"))
    if read.rating:
        yield of_rating(read.rating)


def _by(kept: Iterable[File], name: str) -> Mapping[str, tuple[tuple[str, str], ...]]:
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    for file in kept:
        key = getattr(file, name)
        found[key] = (*found.get(key, ()), (file.id, file.sort.value.capitalize()))
    return found


def _code(code: CodeAsked) -> Entry:
    tried = f"Guessed {code.tries} times." if code.tries != 1 else "Guessed once."
    lasts = f"It was good for {length(code.expires_at - code.sent_at)}."
    return Entry(
        code.sent_at,
        Strand.CODE,
        "One-time code asked for",
        key=f"code-{code.id}",
        facts=(tried if code.tries else "Not used so far.", lasts),
        tone=Tone.WARN if code.tries > 3 else Tone.PLAIN,
    )


def _views(read: Read) -> Iterator[Entry]:
    for seen in read.views:
        times = "once" if seen.views == 1 else f"{seen.views} times"
        yield Entry(
            seen.last_at,
            Strand.VIEW,
            f"Recipient's page opened {times} while {plain(seen.status)}",
            key=f"view-{seen.status}",
            span=(seen.first_at, seen.last_at) if seen.views > 1 else None,
            quiet=True,
        )


ACTS = {
    "looked": LOOKED,
    "looked_at_page": "Looked at the recipient's page",
    "saw_pickup_code": "Saw the code of the locker, with a caller who was verified",
    "looked_at_picture": "Looked at a picture",
    "resent": "Sent a message again",
    "wrote": "Wrote to the recipient",
    "link_revoked": "Revoked the link",
    "link_renewed": "Renewed the link",
    "tagged": "Put a tag on",
    "untagged": "Took a tag off",
    "made_good": "Made good",
    "good_taken_back": "Took back what was given",
    "history_exported": "Took the history along",
    "answered": "Answered a change on the desk",
    "answer_undone": "Took an answer on the desk back",
    "answer_overtaken": "Somebody was faster than the desk",
    "contact_replaced": "Replaced a contact",
    "followed_up": "Resolved a matter of the queue",
    "claimed_matter": "Took a matter of the queue",
    "handed_matter_over": "Handed a matter of the queue over",
    "gave_matter_back": "Gave a matter of the queue back",
    "snoozed_matter": "Put a matter of the queue aside",
    "woke_matter": "Took a matter of the queue up again",
    "looked_after_text": "Looked after a text",
    "caller_code_sent": "Sent a caller a code to read out",
    "caller_code_wrong": "The caller read out a wrong code",
    "caller_known": "Knew the caller",
    "call_ended": "The call was over",
    "asked_for_caller": "Asked a change for the caller",
    "taken_back_for_caller": "Took a change back for the caller",
    "approval_asked": "Asked a second person to agree",
    "approval_approved": "A second person agreed",
    "approval_refused": "A second person said no",
    "approval_lapsed": "What waited for a second person lapsed",
    "approval_withdrawn": "Took back what waited for a second person",
}
QUIET_ACTS = {"looked", "looked_at_page"}
TOLD_APART = {"noted", "attention_called", "event_disputed", "attention_read", "attention_withdrawn"}
SHOWN = (
    "channel",
    "notice",
    "what",
    "tag",
    "amount",
    "reason",
    "why",
    "format",
    "contacts",
    "answer",
    "became",
    "matter",
)


def _acts(read: Read) -> Iterator[Entry]:
    for act in read.acts:
        if act.action not in TOLD_APART:
            yield Entry(
                act.at,
                Strand.AGENT,
                ACTS.get(act.action, plain(act.action).capitalize()),
                key=f"act-{act.id}",
                by=act.actor,
                facts=tuple(
                    plain(act.detail[name]) for name in SHOWN if isinstance(act.detail.get(name), str)
                ),
                quiet=act.action in QUIET_ACTS,
            )
