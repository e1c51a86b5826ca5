"""To whom, by which channel, when and until when; and the rule that stops a message which is not sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import cache
from hashlib import sha256
from uuid import uuid4
from zoneinfo import ZoneInfo

from notifications.contact import ALL_THE_SAME, Contact
from notifications.facts_json import facts_from, facts_json
from notifications.message import Channel, Message, Rule, Standing
from notifications.notice import CODES, RULES, TOPICS, Notice, NoticeRule, Occasion, Reach
from notifications.prices import Prices
from notifications.render import Renderer
from notifications.wording import OURS_ALONE, Wordings

# 8 to 21 where the door is: the hours of the US rules for calls, kept for everybody.
DAY_BEGINS, DAY_ENDS = time(8), time(21)
LONGEST_KEY = 180
FREE = Prices()
# North America takes texts from numbers only, never from a name.
FROM_NUMBERS_ONLY = "+1"

PREFERENCE = {
    Reach.BOTH: (Channel.SMS, Channel.EMAIL),
    Reach.ALL_KNOWN: (Channel.SMS, Channel.EMAIL),
    Reach.TEXT_FIRST: (Channel.SMS, Channel.EMAIL),
    Reach.EMAIL_FIRST: (Channel.EMAIL, Channel.SMS),
    Reach.EMAIL_ONLY: (Channel.EMAIL,),
}
ONE_IS_ENOUGH = {Reach.TEXT_FIRST, Reach.EMAIL_FIRST}

# News that helps for minutes only: unless it is known to have arrived by then, the other channel says it too.
CONFIRM_WITHIN = {
    Notice.NEXT_STOP: timedelta(minutes=4),
    Notice.NEARBY: timedelta(minutes=3),
    Notice.ONE_TIME_CODE: timedelta(seconds=90),
    Notice.CALLER_CODE: timedelta(seconds=60),
}


@dataclass(frozen=True, slots=True)
class Planned:
    """A message to be, without its words; `stopped_by` names the rule when it will not be sent.

    `falls_to` is the channel that says it when this one fails for good.
    """

    channel: Channel
    to: str
    not_before: datetime
    expires_at: datetime
    dedupe_key: str
    stopped_by: Rule | None = None
    falls_to: Channel | None = None


def plan(occasion: Occasion, contact: Contact, now: datetime) -> list[Planned]:
    """The messages of an occasion, at most one a channel; those that a rule stops are among them."""
    rule = RULES[occasion.notice]
    expires_at = _valid_until(rule, occasion, now)
    leaves_at = now + occasion.gathers_for
    not_before = leaves_at if rule.urgent else next_decent(leaves_at, contact.timezone, contact.day)
    found = list(_channels(occasion.notice, rule.reach, contact))
    going = {channel for channel, stopped_by in found if stopped_by is None}
    spare = next((one for one in usable(occasion.notice, contact) if one not in going), None)
    planned = []
    for channel, stopped_by in found:
        if stopped_by is None and occasion.told_with:
            stopped_by = Rule.TOLD_TOGETHER
        stopped_by = stopped_by or _too_late(now, not_before, expires_at)
        planned.append(
            Planned(
                channel,
                contact.address(channel),
                not_before,
                expires_at,
                dedupe_key(occasion, channel),
                stopped_by,
                spare if stopped_by is None and len(going) == 1 else None,
            )
        )
    return planned


def known(reach: Reach, contact: Contact) -> list[Channel]:
    """The channels that carry this kind of news and have an address, the better one first."""
    return [channel for channel in PREFERENCE[reach] if contact.address(channel)]


def usable(notice: Notice, contact: Contact) -> list[Channel]:
    """The known channels that nothing forbids."""
    addressed = known(RULES[notice].reach, contact)
    return [channel for channel in addressed if barred(channel, contact, notice) is None]


def barred(channel: Channel, contact: Contact, notice: Notice) -> Rule | None:
    """Why a channel must not be used to tell this person this news."""
    if channel in contact.stopped:
        return Rule.OPTED_OUT
    if channel in contact.unreachable:
        return Rule.UNREACHABLE
    if channel in contact.withdrawn and notice not in ALL_THE_SAME[channel]:
        return Rule.OPTED_OUT
    # a code is a text that they ask for themselves
    unconsented = channel in contact.unconsented and notice not in CODES
    return Rule.NO_CONSENT if unconsented else None


def _channels(notice: Notice, reach: Reach, contact: Contact) -> Iterator[tuple[Channel, Rule | None]]:
    """Channels by preference with the rule that stops each; those without an address are left out."""
    addressed = known(reach, contact)
    if not addressed:
        by_text = contact.address(Channel.SMS)
        yield (Channel.SMS, Rule.NOT_BY_TEXT) if by_text else (PREFERENCE[reach][0], Rule.NO_CONTACT)
        return
    unwanted = TOPICS.get(notice) in contact.declined
    wished = _wished(notice, contact)
    for channel in addressed:
        if why := barred(channel, contact, notice):
            yield channel, why
        elif unwanted:
            yield channel, Rule.NOT_WANTED
        elif channel not in wished:
            yield channel, Rule.OTHER_CHANNEL_CHOSEN
        else:
            yield channel, None
            if reach in ONE_IS_ENOUGH:
                return


def _wished(notice: Notice, contact: Contact) -> list[Channel]:
    """What the recipient chose; a choice that reaches nobody is no choice, and safety news goes to all."""
    free, reach = usable(notice, contact), RULES[notice].reach
    if contact.channels is None or reach is Reach.ALL_KNOWN or not free:
        return known(reach, contact)
    return [channel for channel in free if channel in contact.channels] or free


def _valid_until(rule: NoticeRule, occasion: Occasion, now: datetime) -> datetime:
    until = (occasion.happened_at or now) + rule.valid
    end = occasion.facts.window_end
    return min(until, end) if rule.in_window and end else until


def _too_late(now: datetime, not_before: datetime, expires_at: datetime) -> Rule | None:
    if expires_at <= now:
        return Rule.TOO_LATE
    return Rule.QUIET_HOURS if expires_at <= not_before else None


def next_decent(now: datetime, timezone: str, hours: tuple[time, time] | None = None) -> datetime:
    """This moment if it is day at the door, else when the next day begins there; in the zone `now` came in.

    `hours` are a person's own: when their day begins and ends.
    """
    begins, ends = hours or (DAY_BEGINS, DAY_ENDS)
    local = now.astimezone(_zone(timezone))
    if begins <= local.time() < ends:
        return now
    day = local.date() + timedelta(days=local.time() >= ends)
    return datetime.combine(day, begins, local.tzinfo).astimezone(now.tzinfo)


@cache
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def dedupe_key(occasion: Occasion, channel: Channel) -> str:
    """One message per shipment, notice, occurrence and channel, whatever happens twice."""
    key = f"{occasion.shipment_id}:{occasion.notice}:{occasion.occurrence}:{channel}"
    return key if len(key) <= LONGEST_KEY else sha256(key.encode()).hexdigest()


def channel_key(gather_key: str, channel: Channel) -> str:
    """The gather key of one channel's messages; empty for news that is told alone."""
    return sha256(f"{gather_key}:{channel}".encode()).hexdigest() if gather_key else ""


def compose(
    occasion: Occasion,
    contact: Contact,
    renderer: Renderer,
    now: datetime,
    new_id: Callable[[], str] = lambda: str(uuid4()),
    prices: Prices = FREE,
    wordings: Wordings = OURS_ALONE,
) -> list[Message]:
    """The messages of an occasion in their words, ready for the outbox; stopped ones with their rule."""
    return [
        _message(planned, occasion, contact, renderer, now, new_id(), prices, wordings)
        for planned in plan(occasion, contact, now)
    ]


def stand_in(
    failed: Message,
    contact: Contact,
    renderer: Renderer,
    now: datetime,
    because: str,
    new_id: Callable[[], str] = lambda: str(uuid4()),
    prices: Prices = FREE,
    wordings: Wordings = OURS_ALONE,
) -> Message | None:
    """The same news on the other channel, once; None when there is none that may be used, or it came too late."""
    if failed.facts is None or failed.expires_at is None:
        return None
    notice, facts = Notice(failed.notice), facts_from(failed.facts)
    rule = RULES[notice]
    channel = next((one for one in usable(notice, contact) if one is not failed.channel), None)
    if channel is None or TOPICS.get(notice) in contact.declined:
        return None
    not_before = now if rule.urgent else next_decent(now, contact.timezone, contact.day)
    key = f"{failed.dedupe_key}:instead"
    stopped_by = _too_late(now, not_before, failed.expires_at)
    planned = Planned(channel, contact.address(channel), not_before, failed.expires_at, key, stopped_by)
    occasion = Occasion(notice, failed.shipper_id, failed.shipment_id or 0, "", because, facts)
    message = _message(planned, occasion, contact, renderer, now, new_id(), prices, wordings)
    return replace(message, shipment_id=failed.shipment_id, instead_of=failed.id)


def _message(
    planned: Planned,
    occasion: Occasion,
    contact: Contact,
    renderer: Renderer,
    now: datetime,
    message_id: str,
    prices: Prices,
    wordings: Wordings,
) -> Message:
    facts, leaves_at = occasion.facts, planned.not_before
    words = renderer.render(occasion.notice, planned.channel, contact.language, facts, leaves_at, wordings)
    going = planned.stopped_by is None
    within = CONFIRM_WITHIN.get(occasion.notice) if planned.falls_to else None
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
        calendar=words.calendar,
        headers=_headers(planned, occasion),
        segments=words.segments,
        because=_because(occasion),
        not_before=planned.not_before,
        expires_at=planned.expires_at,
        dedupe_key=planned.dedupe_key,
        created_at=now,
        standing=Standing.QUEUED if going else Standing.STOPPED,
        stopped_by=planned.stopped_by or "",
        settled_at=None if going else now,
        facts=facts_json(facts) if going and (planned.falls_to or occasion.gather_key) else None,
        fallback_at=planned.not_before + within if going and within else None,
        gather_key=channel_key(occasion.gather_key, planned.channel) if going else "",
        cost_micros=prices.of(planned.channel, planned.to, words.segments),
    )


def _because(occasion: Occasion) -> str:
    if not occasion.told_with:
        return occasion.because
    return f"{occasion.because} Told in the message of shipment {occasion.told_with}."


def _headers(planned: Planned, occasion: Occasion) -> dict[str, str]:
    facts = occasion.facts
    if planned.channel is not Channel.EMAIL:
        named = facts.sms_sender and not planned.to.startswith(FROM_NUMBERS_ONLY)
        return {"from_name": facts.sms_sender} if named else {}
    name = facts.email_name or facts.shipper
    headers = {"from_name": name, "reply_to": facts.support_email, "unsubscribe": facts.unsubscribe}
    # what goes all the same promises no end
    if occasion.notice in ALL_THE_SAME[planned.channel]:
        del headers["unsubscribe"]
    return {name: value for name, value in headers.items() if value}
