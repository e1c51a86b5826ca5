"""What comes back: receipts that move messages forward, and texts that people send."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from uuid import uuid4

from sqlalchemy.orm import Session

from notifications.message import Channel, Message, Rule, Standing
from notifications.notice import TO_NEIGHBORS
from notifications.receipts import Consent, Inbound, Keyword, Receipt
from portal.db import after_commit
from portal.flows import failures
from portal.flows.announce import Voice
from portal.store import contacts, outbox, reports
from portal.store import inbound as texts

REPLIES = {Keyword.STOP: "reply_stop", Keyword.START: "reply_start", Keyword.HELP: "reply_help"}
# a confirming text must follow within minutes or not at all (US revocation rule)
REPLY_HELPS_FOR = timedelta(minutes=5)
ANSWERS_A_DAY = 3


def settle(session: Session, receipts: Sequence[Receipt], now: datetime) -> int:
    """Carriers reported: each report is kept once and moves its message forward only. How many were new."""
    fresh = reports.keep(session, receipts, now)
    # accounts before stops, as those who claim messages lock them
    failures.tell(failures.heard(session, fresh, now))
    for receipt, message in fresh:
        if not message.to:
            continue  # its person was forgotten
        to, source = (message.channel, message.to), f"{receipt.provider} {receipt.word}"
        match receipt.consent:
            case Consent.STOP:
                contacts.stop(session, *to, source, now, at=receipt.at)
            case Consent.START:
                contacts.start(session, *to, now, source, at=receipt.at)
    return len(fresh)


def confirmed(session: Session, asked: Sequence[tuple[Message, Receipt]], now: datetime) -> None:
    """Carriers were asked about texts that nobody had reported on: what they said counts like a report."""
    settle(session, [receipt for _, receipt in asked], now)
    still_good = [message for message, receipt in asked if receipt.standing is Standing.SENT]
    failures.tell(failures.works(session, still_good, now))


def heard(session: Session, voice: Voice, inbound: Inbound, now: datetime) -> bool:
    """Somebody sent us a text: STOP, START and HELP are obeyed and answered. False: it was something else.

    A STOP is confirmed once, whatever follows it; all of them a few times a day, lest two robots talk.
    """
    if inbound.keyword is None:
        return False
    to, source, notice = inbound.sender, f"answered {inbound.text[:20]}", REPLIES[inbound.keyword]
    news = True
    match inbound.keyword:
        case Keyword.STOP:
            news = contacts.stop(session, Channel.SMS, to, source, now)
        case Keyword.START:
            contacts.start(session, Channel.SMS, to, now, source)
        case Keyword.HELP:
            pass
    if news and texts.answers(session, to, now, notice) < ANSWERS_A_DAY:
        _reply(session, voice, inbound, inbound.keyword, now)
    return True


def _reply(session: Session, voice: Voice, inbound: Inbound, keyword: Keyword, now: datetime) -> None:
    """The answer goes by the shelf like any message, in the name of whoever wrote there last."""
    last = outbox.latest_to(session, Channel.SMS, inbound.sender)
    if last is None:
        return
    shipper = voice.shippers(session)[last.shipper_id]
    # a neighbor is not told which shop it was about
    next_door = texts.last_news(session, inbound.sender) in TO_NEIGHBORS
    speaker = voice.carrier if next_door else shipper.name
    words = voice.renderer.reply(REPLIES[keyword], last.language, speaker)
    silent = inbound.answered_by_carrier
    reply = Message(
        id=str(uuid4()),
        shipper_id=last.shipper_id,
        shipment_id=last.shipment_id,
        channel=Channel.SMS,
        notice=REPLIES[keyword],
        language=words.language,
        to=inbound.sender,
        text=words.text,
        because=f"The recipient sent {inbound.text[:40]!r}.",
        not_before=now,
        expires_at=now + REPLY_HELPS_FOR,
        dedupe_key=f"reply:{inbound.provider}:{inbound.provider_id}",
        created_at=now,
        segments=words.segments,
        cost_micros=voice.prices.of(Channel.SMS, inbound.sender, words.segments),
        standing=Standing.STOPPED if silent else Standing.QUEUED,
        stopped_by=Rule.CARRIER_ANSWERS if silent else "",
        settled_at=now if silent else None,
    )
    outbox.put(session, [reply])
    after_commit(session, f"nudge:{Channel.SMS}", partial(voice.nudge, Channel.SMS))
