"""What was said to a person, as an agent reads it: the exact words, why, and what came of them."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from notifications.message import Attempt, Channel, Message, Rule, Standing
from notifications.notice import CODES
from notifications.receipts import Receipt
from portal.domain.telling import plain
from portal.domain.timeline import Entry, Step, Strand, Tone
from portal.flows.told_why import Talk, why_of
from portal.store.outbox import Told

S = Standing
BY = {Channel.SMS: "SMS", Channel.EMAIL: "Email", Channel.WEBHOOK: "Call to dispatch"}
STANDS = {
    S.QUEUED: ("waiting to be sent", Tone.PLAIN),
    S.SENDING: ("being sent", Tone.PLAIN),
    S.UNKNOWN: ("perhaps sent: the provider is being asked", Tone.WARN),
    S.SENT: ("sent", Tone.PLAIN),
    S.DELIVERED: ("delivered", Tone.GOOD),
    S.FAILED: ("not delivered", Tone.BAD),
    S.EXPIRED: ("not sent", Tone.WARN),
    S.STOPPED: ("not sent", Tone.WARN),
}
TRIED = {
    "accepted": ("The provider took it", Tone.PLAIN),
    "temporary": ("The provider could not take it, it is tried again", Tone.WARN),
    "permanent": ("The provider refused it", Tone.BAD),
    "unknown": ("No clear answer from the provider", Tone.WARN),
    "found": ("The provider's answer was lost; asked later, it had it", Tone.GOOD),
    "not_found": ("The provider's answer was lost; asked later, it did not have it", Tone.WARN),
    "given_up": ("Nobody knows whether the provider has it, so it is not sent again", Tone.BAD),
}
# What the providers' words for a receipt mean to somebody who has a caller on the line.
MEANS = {
    "accepted": "the provider has it",
    "scheduled": "the provider has it and sends it later",
    "queued": "the provider has it, it waits there",
    "sending": "the provider is handing it to the phone network",
    "sent": "the phone network has it; whether the phone has it is not known yet",
    "partially_delivered": "some parts of a long text are on the phone",
    "delivered": "it is on the phone, or in the mailbox's system",
    "read": "it was read",
    "undelivered": "the phone network could not bring it to the phone",
    "failed": "it was not sent",
    "canceled": "it was taken back before it was sent",
    "processed": "the provider has it and sends it",
    "deferred": "the mailbox's system could not take it for now; the provider tries again",
    "bounce": "the mailbox's system refused it for good",
    "blocked": "the mailbox's system refused it this time",
    "dropped": "the provider did not send it",
    "spamreport": "the recipient marked it as spam, so no more emails are sent",
    "unsubscribe": "the recipient wants no more emails",
    "group_unsubscribe": "the recipient wants no more emails of this kind",
}
HIDDEN = "The words hold a one-time code, so they are not shown."
HOLD_A_CODE = {*CODES, "reply_confirm"}
# Held back by these, a message left nobody in the dark who wanted to know: it is no problem.
AS_IT_SHOULD_BE = {
    Rule.REPLACED,
    Rule.TOLD_TOGETHER,
    Rule.OTHER_CHANNEL_CHOSEN,
    Rule.NOT_WANTED,
    Rule.NO_LONGER_TRUE,
    Rule.ANSWERED,
    Rule.CARRIER_ANSWERS,
}
MAY_GO_AGAIN = (S.SENT, S.DELIVERED, S.FAILED)


def entry(one: Told, now: datetime, talk: Talk | None = None) -> Entry:
    """A message with its attempts and receipts as one entry of the timeline; `talk` is what it was said among."""
    message = one.message
    state, tone = STANDS[message.standing]
    if message.stopped_by in AS_IT_SHOULD_BE:
        tone = Tone.PLAIN
    secret = message.notice in HOLD_A_CODE
    return Entry(
        at=message.created_at,
        strand=Strand.MESSAGE,
        key=f"message-{message.id}",
        title=f"{BY[message.channel]}: {plain(message.notice).replace('.', ' ')}",
        state=state,
        facts=tuple(_facts(message, secret)),
        why=tuple(why_of(message, talk)),
        own_words=False,
        subject="" if secret else message.subject,
        words="" if secret or message.channel is Channel.WEBHOOK else message.text,
        steps=(*_waits(message), *_tries(one.attempts), *_said(one.receipts)),
        tone=tone,
        by="" if message.channel is Channel.WEBHOOK else message.to,
        message_id="" if why_not_again(message, now) else message.id,
    )


# Nobody is told the same twice once it is long over (docs/rights.md).
WORDS_GONE = "Its words and where it went were erased."


def why_not_again(message: Message, now: datetime) -> str:
    """Why an agent may not send these words again; empty if they may."""
    if message.notice in HOLD_A_CODE:
        return "A code is sent only when the recipient asks for one."
    if message.channel is Channel.WEBHOOK:
        return "Calls to dispatch are repeated by dispatch itself."
    if message.standing not in MAY_GO_AGAIN:
        return f"This message was stopped or is not finished: {STANDS[message.standing][0]}."
    if not message.text:
        return WORDS_GONE
    if message.expires_at is not None and message.expires_at <= now:
        return "These words are no longer true, so they cannot be sent again."
    return ""


def _facts(message: Message, secret: bool) -> Iterator[str]:
    if not message.text and message.channel is not Channel.WEBHOOK:
        yield WORDS_GONE
    if message.segments > 1:
        yield f"Counts as {message.segments} SMS."
    if secret:
        yield HIDDEN


def _waits(message: Message) -> Iterator[Step]:
    if message.standing is Standing.QUEUED and message.not_before > message.created_at:
        more = "for other parcels to this door" if message.gather_key else "until a decent hour, or its time"
        yield Step(f"Waits {more}", message.not_before)
    if message.fallback_at is not None:
        yield Step(
            "Unless it is known to have arrived by then, the other channel says it", message.fallback_at
        )


def _tries(attempts: Iterable[Attempt]) -> Iterator[Step]:
    for attempt in attempts:
        text, tone = TRIED.get(attempt.outcome, ("Handed to the provider, no answer yet", Tone.PLAIN))
        if attempt.sender:
            text = f"{text} ({attempt.sender})"
        said = " ".join(filter(None, (attempt.code, attempt.text)))
        if said and attempt.outcome != "accepted":
            text = f"{text}: {said}"
        yield Step(text, attempt.ended_at or attempt.started_at, tone)


def _said(receipts: Iterable[Receipt]) -> Iterator[Step]:
    for receipt in receipts:
        tone = STANDS[receipt.standing][1] if receipt.standing else Tone.PLAIN
        word = plain(receipt.word or (receipt.standing or "receipt"))
        detail = " ".join(filter(None, (receipt.text, f"({receipt.code})" if receipt.code else "")))
        means = MEANS.get(receipt.word, "")
        told = ": ".join(filter(None, (f"Receipt: {word}{', ' + detail if detail else ''}", means)))
        yield Step(told, receipt.at, tone)
