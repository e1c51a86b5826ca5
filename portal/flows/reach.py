"""What dispatch tells of reaching somebody: consent is kept as evidence, and what cannot work is known at once."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

import phonenumbers
from phonenumbers import PhoneNumberType
from sqlalchemy.orm import Session

from notifications.message import Channel
from portal.domain.parcel import Agreed, Recipient
from portal.store import consents, contacts
from portal.store.consents import Statement
from portal.store.marks import fingerprint

# Kinds of numbers that get no texts. A premium number may even be somebody's business: it is paid for being written to.
NO_TEXTS = {
    PhoneNumberType.FIXED_LINE: ("landline", "This is a landline: texts do not reach it."),
    PhoneNumberType.PREMIUM_RATE: ("premium", "This is a premium number: no texts are sent to it."),
    PhoneNumberType.SHARED_COST: ("service", "This is a service number: texts do not reach it."),
    PhoneNumberType.TOLL_FREE: ("service", "This is a service number: texts do not reach it."),
    PhoneNumberType.UAN: ("service", "This is a service number: texts do not reach it."),
    PhoneNumberType.PAGER: ("pager", "This is a pager: texts do not reach it."),
    PhoneNumberType.VOICEMAIL: ("voicemail", "This is a voicemail number: texts do not reach it."),
}
NO_MAIL = ("letters", "No email reaches an address with such letters before the @.")
Why = tuple[str, str]


def keep(session: Session, told: Iterable[tuple[int, Recipient, Agreed | None]], now: datetime) -> None:
    """Keep what is new about recipients: (shipper id, recipient, what they said of texts)."""
    said = []
    for shipper_id, who, agreed in told:
        for channel, to, why in cannot_work(who):
            contacts.mark_unreachable(session, channel, to, *why, now)
        if agreed and who.phone:
            mark, at = fingerprint(who.phone), min(agreed.at, now)
            source = f"shipper: {agreed.source}"
            said.append(Statement(Channel.SMS, mark, agreed.given, source, at, shipper_id, agreed.wording))
    consents.append(session, said, now)


def cannot_work(who: Recipient) -> list[tuple[Channel, str, Why]]:
    """Which of somebody's number and address take no messages, with code and sentence."""
    found = ((Channel.SMS, who.phone, no_texts(who.phone)), (Channel.EMAIL, who.email, no_mail(who.email)))
    return [(channel, to, why) for channel, to, why in found if why]


@lru_cache(maxsize=4096)
def no_texts(phone: str) -> Why | None:
    """Why a number in E.164 gets no texts; None where nothing is known against it."""
    try:
        return NO_TEXTS.get(phonenumbers.number_type(phonenumbers.parse(phone)))
    except phonenumbers.NumberParseException:
        return None


def no_mail(email: str) -> Why | None:
    """Why an address gets no emails. SendGrid takes no letters beyond ASCII; a domain is kept in its ASCII form."""
    return None if email.isascii() else NO_MAIL
