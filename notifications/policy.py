"""To whom, by which channel, when and until when; and the rule that stops a message which is not sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import cache
from hashlib import sha256
from uuid import uuid4
from zoneinfo import ZoneInfo

from notifications.contact import Contact
from notifications.message import Channel, Message, Rule, Standing
from notifications.notice import RULES, Notice, NoticeRule, Occasion, Reach
from notifications.render import Renderer

# 8 to 21 where the door is: the hours of the US rules for calls, kept for everybody.
DAY_BEGINS, DAY_ENDS = time(8), time(21)
LONGEST_KEY = 180

PREFERENCE = {
    Reach.BOTH: (Channel.SMS, Channel.EMAIL),
    Reach.ALL_KNOWN: (Channel.SMS, Channel.EMAIL),
    Reach.TEXT_FIRST: (Channel.SMS, Channel.EMAIL),
    Reach.EMAIL_FIRST: (Channel.EMAIL, Channel.SMS),
    Reach.EMAIL_ONLY: (Channel.EMAIL,),
}
ONE_IS_ENOUGH = {Reach.TEXT_FIRST, Reach.EMAIL_FIRST}


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to be, without its words; `stopped_by` names the rule when it will not be sent."""

    channel: Channel
    to: str
    not_before: datetime
    expires_at: datetime
    dedupe_key: str
    stopped_by: Rule | None = None


def plan(occasion: Occasion, contact: Contact, now: datetime) -> list[Planned]:
    """The messages of an occasion, at most one a channel; those that a rule stops are among them."""
    rule = RULES[occasion.notice]
    expires_at = _valid_until(rule, occasion, now)
    not_before = now if rule.urgent else next_decent(now, contact.timezone)
    planned = []
    for channel, stopped_by in _channels(rule.reach, contact):
        stopped_by = stopped_by or _too_late(now, not_before, expires_at)
        key = dedupe_key(occasion, channel)
        to = contact.address(channel)
        planned.append(Planned(channel, to, not_before, expires_at, key, stopped_by))
    return planned


def _channels(reach: Reach, contact: Contact) -> Iterator[tuple[Channel, Rule | None]]:
    """Channels by preference with the rule that stops each; those without an address are left out."""
    known = [channel for channel in PREFERENCE[reach] if contact.address(channel)]
    if not known:
        by_text = contact.address(Channel.SMS)
        yield (Channel.SMS, Rule.NOT_BY_TEXT) if by_text else (PREFERENCE[reach][0], Rule.NO_CONTACT)
        return
    wished = _wished(reach, contact, known)
    for channel in known:
        if channel not in wished:
            yield channel, Rule.OTHER_CHANNEL_CHOSEN
        elif channel in contact.stopped:
            yield channel, Rule.OPTED_OUT
        else:
            yield channel, None
            if reach in ONE_IS_ENOUGH:
                return


def _wished(reach: Reach, contact: Contact, known: list[Channel]) -> list[Channel]:
    """What the recipient chose; a choice that reaches nobody is no choice, and safety news goes to all."""
    if contact.channels is None or reach is Reach.ALL_KNOWN:
        return known
    return [channel for channel in known if channel in contact.channels] or known


def _valid_until(rule: NoticeRule, occasion: Occasion, now: datetime) -> datetime:
    until = (occasion.happened_at or now) + rule.valid
    end = occasion.facts.window_end
    return min(until, end) if rule.in_window and end else until


def _too_late(now: datetime, not_before: datetime, expires_at: datetime) -> Rule | None:
    if expires_at <= now:
        return Rule.TOO_LATE
    return Rule.QUIET_HOURS if expires_at <= not_before else None


def next_decent(now: datetime, timezone: str) -> datetime:
    """This moment if it is day at the door, else the next 8 o'clock there; in the zone `now` came in."""
    local = now.astimezone(_zone(timezone))
    if DAY_BEGINS <= local.time() < DAY_ENDS:
        return now
    day = local.date() + timedelta(days=local.time() >= DAY_ENDS)
    return datetime.combine(day, DAY_BEGINS, local.tzinfo).astimezone(now.tzinfo)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def dedupe_key(occasion: Occasion, channel: Channel) -> str:
    """One message per shipment, notice, occurrence and channel, whatever happens twice."""
    key = f"{occasion.shipment_id}:{occasion.notice}:{occasion.occurrence}:{channel}"
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()


def compose(
    occasion: Occasion,
    contact: Contact,
    renderer: Renderer,
    now: datetime,
    new_id: Callable[[], str] = lambda: str(uuid4()),
) -> list[Message]:
    """The messages of an occasion in their words, ready for the outbox; stopped ones with their rule."""
    return [
        _message(planned, occasion, contact, renderer, now, new_id())
        for planned in plan(occasion, contact, now)
    ]


def _message(
    planned: Planned, occasion: Occasion, contact: Contact, renderer: Renderer, now: datetime, message_id: str
) -> Message:
    facts = occasion.facts
    words = renderer.render(occasion.notice, planned.channel, contact.language, facts, planned.not_before)
    return Message(
        id=message_id,
        shipper_id=occasion.shipper_id,
        shipment_id=occasion.shipment_id,
        channel=planned.channel,
        notice=occasion.notice,
        language=words.language,
        to=planned.to,
        subject=words.subject,
        text=words.text,
        html=words.html,
        headers=_headers(planned.channel, occasion),
        segments=words.segments,
        because=occasion.because,
        not_before=planned.not_before,
        expires_at=planned.expires_at,
        dedupe_key=planned.dedupe_key,
        created_at=now,
        standing=Standing.STOPPED if planned.stopped_by else Standing.QUEUED,
        stopped_by=planned.stopped_by or "",
        settled_at=now if planned.stopped_by else None,
    )


def _headers(channel: Channel, occasion: Occasion) -> dict[str, str]:
    if channel is not Channel.EMAIL:
        return {}
    facts = occasion.facts
    headers = {"from_name": facts.shipper, "reply_to": facts.support_email, "unsubscribe": facts.preferences}
    if occasion.notice is Notice.ONE_TIME_CODE:
        del headers["unsubscribe"]
    return {name: value for name, value in headers.items() if value}
