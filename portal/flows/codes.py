"""One-time codes: sent to a contact that has stood, checked a few times, and turned into a short proof."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.access import CODE_DIGITS, CodeVerdict, fingerprint, judge, sealed_code
from portal.domain.delivery import Shipment
from portal.domain.parcel import Recipient
from portal.domain.settled import Settled
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.flows.contact_changes import settled_contacts
from portal.store import links, marks, shipments

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# for a shipment, and for a number or address whatever it is sent for
CODES_AN_HOUR, CODES_A_DAY = 3, 20
NO_CONTACT = "We have no phone number or email on file to send a code to."
TOO_MANY = "We have sent as many codes as we may for now. Please try again in an hour."
TOO_MANY_TODAY = "We have sent as many codes as we may in a day. Please try again tomorrow."
TOO_NEW = (
    "Your phone number or email was changed a short while ago. So that nobody else can change your delivery, we send"
    " codes to it only from %(time)s on."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """A code is on its way over this channel, to a contact that ends like this."""

    channel: str
    hint: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """No code was sent; the sentence says why, and where it has a %(time)s, `until` is that moment."""

    because: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """What a typed code is worth; `proof` is the browser's proof when it was right."""

    verdict: CodeVerdict
    proof: str = ""


@dataclass(frozen=True, slots=True)
class _Fresh:
    """A code that was made, and its row."""

    id: int
    code: str


def hint(who: Recipient, channel: str) -> Sent:
    """Where a code went: hardly more than the end of the number, or the first letter of the address."""
    if channel == "sms":
        return Sent(channel, who.phone[-2:])
    name, _, host = who.email.partition("@")
    return Sent(channel, f"{name[:1]}…@{host}")


def random_code() -> str:
    """Six random digits."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def _sealed(voice: Voice, shipment: Shipment, code: str, about: str) -> str:
    """A code is bound to the contacts on file: when dispatch corrects them, what a stranger got is worth nothing.

    And to what it was sent for: one that was to confirm a wish by text opens no page.
    """
    contacts = f"{shipment.recipient.phone} {shipment.recipient.email}"
    return sealed_code(
        voice.secret, shipment.id, f"{contacts} {about} {code}" if about else f"{contacts} {code}"
    )


def code_to(
    session: Session, voice: Voice, shipment: Shipment, phone: str, about: str, now: datetime
) -> str | NotSent:
    """A fresh code for what it is `about`, to be told to this number on file in the answer to its text."""
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    allowed = settled_contacts(session, shipment, now)
    if allowed.recipient.phone != phone:
        return NotSent(TOO_NEW, allowed.until)
    fresh = _fresh_code(session, voice, shipment, [phone], now, random_code, about)
    if isinstance(fresh, NotSent):
        return fresh
    links.code_went_to(session, fresh.id, marks.fingerprint(phone))
    return fresh.code


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a code is for: the words that carry it, why it exists, and what it is bound to (empty: a page)."""

    notice: Notice
    because: str
    about: str = ""


FOR_A_PAGE = Purpose(Notice.ONE_TIME_CODE, "The recipient asked for a code to change the delivery.")


def send_code(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    now: datetime,
    make: Callable[[], str] = random_code,
    purpose: Purpose = FOR_A_PAGE,
) -> Sent | NotSent:
    """Send a fresh code to a contact that has stood for a day; earlier codes are good no longer.

    The shipment is held first, so that twenty presses at once are counted one by one.
    """
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    allowed = settled_contacts(session, shipment, now)
    whom = [to for to in (allowed.recipient.phone, allowed.recipient.email) if to]
    if not whom:
        return _nobody(allowed)
    fresh = _fresh_code(session, voice, shipment, whom, now, make, purpose.about)
    if isinstance(fresh, NotSent):
        return fresh
    news = News(
        replace(shipment, recipient=allowed.recipient),
        purpose.notice,
        occurrence=secrets.token_hex(8),
        because=purpose.because,
        happened_at=now,
        facts={"code": fresh.code, "code_minutes": voice.code_minutes},
    )
    going = [message for message in announce.tell(session, voice, [news], now) if not message.stopped_by]
    if not going:
        return _nobody(allowed)
    links.code_went_to(session, fresh.id, marks.fingerprint(going[0].to))
    return hint(allowed.recipient, going[0].channel)


def _nobody(allowed: Settled) -> NotSent:
    return NotSent(TOO_NEW, allowed.until) if allowed.until else NotSent(NO_CONTACT)


def _fresh_code(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    whom: Sequence[str],
    now: datetime,
    make: Callable[[], str],
    about: str,
) -> _Fresh | NotSent:
    """A code, kept sealed, if the shipment and each of these contacts may be sent one more."""
    if links.codes_sent_since(session, shipment.id, now - HOUR) >= CODES_AN_HOUR:
        return NotSent(TOO_MANY)
    theirs = [marks.fingerprint(to) for to in whom]
    links.hold_senders(session, theirs)
    sent = links.codes_sent_to(session, theirs, now - DAY)
    for mark in theirs:
        times = [at for to, at in sent if to == mark]
        if sum(at > now - HOUR for at in times) >= CODES_AN_HOUR:
            return NotSent(TOO_MANY)
        if len(times) >= CODES_A_DAY:
            return NotSent(TOO_MANY_TODAY)
    code = make()
    seal = _sealed(voice, shipment, code, about)
    return _Fresh(links.add_code(session, shipment.id, seal, now, now + voice.code_lasts), code)


def check_code(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    typed: str,
    tries_allowed: int,
    now: datetime,
    about: str = "",
) -> Checked:
    """Check a typed code for what it is `about`.

    The guess is counted first, so that parallel guesses cannot share a try.
    """
    digits = "".join(char for char in typed if char.isdecimal() and char.isascii())
    sent = links.count_try(session, shipment.id)
    verdict = judge(sent, _sealed(voice, shipment, digits, about), tries_allowed, now)
    if verdict is not CodeVerdict.RIGHT or sent is None:
        return Checked(verdict)
    proof = secrets.token_urlsafe(24)
    links.use_code(session, sent, shipment.id, fingerprint(proof), now, voice.code_lasts)
    return Checked(verdict, proof)


def is_proven(session: Session, shipment: Shipment, proof: str, now: datetime) -> bool:
    """Whether the browser that shows this proof typed a right code for this shipment a short while ago."""
    return bool(proof) and links.proven(session, shipment.id, fingerprint(proof), now)
