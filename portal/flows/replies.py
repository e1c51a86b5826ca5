"""Somebody answered one of our texts: kept once, understood or not, and answered in the same words as on the page."""

import re
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from notifications.keywords import is_yes, reserved
from notifications.message import Channel
from notifications.receipts import Inbound, Keyword
from portal.domain.replies import understand
from portal.domain.reply_intents import (
    Automatic,
    Choice,
    Code,
    Expects,
    Intent,
    Locker,
    Neighbor,
    NewWindow,
    No,
    NotUnderstood,
    Thanks,
    Undo,
    Where,
    Yes,
)
from portal.domain.shipment import Status
from portal.domain.standing import standing
from portal.domain.telling_replies import NOTHING
from portal.flows import receipts, reply_next_door, reply_offers, reply_wishes, unread
from portal.flows.announce import Voice
from portal.flows.reply_talk import COMES_TO_THE_DOOR, Heard, Talk, Whom, answer, day_of, shelve, whom
from portal.store import contacts, inbound, shipments
from portal.store.inbound import Conversation

ANSWERS_A_DAY = 10
LONGEST_TEXT, LONGEST_NUMBER, LONGEST_ID = 1_600, 20, 120


def hear(session: Session, voice: Voice, said: Inbound, now: datetime) -> bool:
    """Somebody sent us a text. False: we have heard it before, and nothing is done twice."""
    said = _clean(said)
    text_id = inbound.keep(session, said)
    if text_id is None:
        return False
    inbound.hold(session, said.sender)
    heard = _heard(session, voice, said, now)
    inbound.note(session, text_id, heard.understood, heard.became, heard.shipper_id, heard.shipment_id)
    if heard.understood == NOTHING:
        unread.arrived(session, text_id, said.text, heard.shipper_id, heard.shipment_id, now)
    return True


def _clean(said: Inbound) -> Inbound:
    """As it can be kept: PostgreSQL takes no zero byte, and no half of a surrogate pair.

    A carrier names the words that are reserved; where none came in between, we do.
    """
    found = reserved(said.text) if said.keyword is None else None

    def kept(text: str, longest: int) -> str:
        return text[:longest].encode("utf-8", "replace").decode().replace("\x00", "")

    return replace(
        said,
        sender=kept(said.sender, LONGEST_NUMBER),
        provider_id=kept(said.provider_id, LONGEST_ID),
        text=kept(said.text, LONGEST_TEXT),
        keyword=found.keyword if found else said.keyword,
    )


def _heard(session: Session, voice: Voice, said: Inbound, now: datetime) -> Heard:
    if not said.sender:
        # many shipments have no number; this is none of theirs
        return Heard("", "silent:a_stranger")
    who = whom(session, said.sender, now)
    about = (who.shipment.shipper_id, who.shipment.id) if who.shipment else (_shipper_of(who), None)
    if said.sender in voice.numbers:
        return Heard("", "silent:our_own_number")
    if said.keyword is not None:
        receipts.heard(session, voice, said, now)
        return Heard(said.keyword.value, f"obeyed:{said.keyword.value}", *about)
    waits = inbound.conversation(session, said.sender, now)
    intent = _understood(said, who, waits, now)
    return Heard(_name(intent), _became(session, voice, said, who, waits, intent, now), *about)


def _name(intent: Intent) -> str:
    """What it was taken for, as it is kept: `new_window`."""
    if isinstance(intent, NotUnderstood):
        return NOTHING
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(intent).__name__).lower()


def _shipper_of(who: Whom) -> int | None:
    return who.last.shipper_id if who.last else None


def _understood(said: Inbound, who: Whom, waits: Conversation | None, now: datetime) -> Intent:
    about = who.shipment
    language = about.recipient.language if about and about.recipient.language else _last_language(who)
    zone = ZoneInfo(about.address.timezone) if about else ZoneInfo("UTC")
    expects = Expects(waits.waits_for["for"]) if waits else Expects.NOTHING
    offered = len(waits.waits_for["keys"]) if waits and expects is Expects.CHOICE else 0
    intent = understand(said.text, language, offered, expects, now.astimezone(zone).date())
    # "no" to nothing we asked may be a stranger's change that they never wanted: an agent shall see it
    return NotUnderstood() if isinstance(intent, No) and waits is None else intent


def _spoken(voice: Voice, who: Whom) -> str:
    """The language of our last message, with the habits of the recipient's country where they are known."""
    known, last = who.shipment.recipient.language if who.shipment else "", _last_language(who)
    return known if known and last in ("", voice.renderer.language(known)) else last


def _last_language(who: Whom) -> str:
    return who.last.language if who.last else ""


def _became(
    session: Session,
    voice: Voice,
    said: Inbound,
    who: Whom,
    waits: Conversation | None,
    intent: Intent,
    now: datetime,
) -> str:
    """What a text that is no keyword becomes, within the limits of a day."""
    if (Channel.SMS, said.sender) in contacts.stopped(session, [said.sender]):
        if not is_yes(said.text):
            return "silent:they_said_stop"
        receipts.heard(session, voice, replace(said, keyword=Keyword.START), now)
        return f"obeyed:{Keyword.START.value}"
    if isinstance(intent, (Thanks, Automatic)):
        return "silent:no_answer_needed"
    if inbound.answers(session, said.sender, now) >= ANSWERS_A_DAY:
        return "silent:enough_for_a_day"
    if waits is None and (
        became := reply_next_door.heard(session, voice, said, who.last, who.shipment is not None, now)
    ):
        return became
    if who.shipment is None:
        return _no_delivery(session, voice, said, who, now)
    talk = Talk(voice, said, who.shipment, _spoken(voice, who), now, who.several_doors)
    if waits is not None and (about := shipments.by_id(session, None, waits.shipment_id)):
        if about.recipient.phone == said.sender:
            return _act(session, talk, who, replace(talk, shipment=about), waits, intent)
        inbound.wait_no_longer(session, said.sender)
    return _act(session, talk, who, talk, None, intent)


def _no_delivery(session: Session, voice: Voice, said: Inbound, who: Whom, now: datetime) -> str:
    """Nothing is under way: said once a day to those we wrote to before, never to strangers."""
    if who.last is None:
        return "silent:a_stranger"
    if inbound.answers(session, said.sender, now, "reply_no_delivery"):
        return "silent:said_before"
    speaker = reply_next_door.speaks_to(session, voice, said.sender, "")
    name, language, shipper = "reply_no_delivery", who.last.language, who.last.shipper_id
    shelve(session, voice, said, name, language, now, shipper, None, speaker=speaker)
    return "answered:reply_no_delivery"


def _act(
    session: Session, talk: Talk, who: Whom, asked: Talk, waits: Conversation | None, intent: Intent
) -> str:
    """What is done. `asked` is the talk about what we wait to hear, of which a bare word or number speaks."""
    match intent:
        case Where():
            return where(session, talk)
        case NewWindow():
            return (
                where(session, talk)
                if _comes_then(intent, talk)
                else reply_offers.new_window(session, talk, intent)
            )
        case Locker():
            return reply_offers.locker(session, talk)
        case Neighbor():
            return reply_offers.neighbor(session, talk, intent, waits)
        case Code(digits):
            return reply_wishes.typed(session, asked, digits, waits)
        case Choice(number) if waits:
            return reply_offers.choose(session, asked, number, waits)
        case Undo():
            return reply_wishes.undo(session, asked, who.under_way, waits)
        case Yes():
            return reply_offers.again(session, asked, waits) if waits else "silent:no_answer_needed"
        case No():
            inbound.wait_no_longer(session, talk.said.sender)
            return "silent:nothing_changes"
        case _:
            return _nothing(session, talk)


def _nothing(session: Session, talk: Talk) -> str:
    """Not understood: said kindly once a day, and always shown to agents."""
    if inbound.answers(session, talk.said.sender, talk.now, "reply_not_understood"):
        return "silent:said_before"
    return answer(session, talk, "reply_not_understood")


def _comes_then(wish: NewWindow, talk: Talk) -> bool:
    """Whether the day they name is the day on which it comes anyway."""
    window = standing(talk.shipment, (), talk.now).window
    still = window is not None and window.end > talk.now
    return still and wish.day is not None and wish.any_hour and day_of(talk.shipment) == wish.day


def where(session: Session, talk: Talk) -> str:
    """Where it is and when it comes, as the page says it."""
    shipment, renderer = talk.shipment, talk.voice.renderer
    state = shipment.state
    window = standing(shipment, (), talk.now).window
    if state.status is Status.DELIVERED:
        handed = renderer.words(renderer.language(talk.language))["handed"]
        return answer(session, talk, "reply_where_done", handed=handed[state.how or "nobody"])
    if state.status not in COMES_TO_THE_DOOR:
        return answer(session, talk, "reply_where_else")
    if window is None or window.end <= talk.now:
        return answer(session, talk, "reply_where_unknown")
    zone = shipment.address.timezone
    said = renderer.window(talk.language, window.start, window.end, zone, talk.now)
    return answer(session, talk, "reply_where", window=said)
