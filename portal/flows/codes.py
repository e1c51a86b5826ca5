"""One-time codes: sent to a contact on file, checked a few times, and turned into a short proof."""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from notifications.notice import Notice
from portal.domain.access import CODE_DIGITS, CodeVerdict, fingerprint, judge, sealed_code
from portal.domain.delivery import Shipment
from portal.flows import announce
from portal.flows.announce import News, Voice
from portal.store import links, shipments

CODES_AN_HOUR = 3
NO_CONTACT = "We have no phone number or email on file to send a code to."
TOO_MANY = "We have sent as many codes as we may for now. Please try again in an hour."


@dataclass(frozen=True, slots=True)
class Sent:
    """A code is on its way over this channel, to a contact that ends like this."""

    channel: str
    hint: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """No code was sent; the sentence says why."""

    because: str


@dataclass(frozen=True, slots=True)
class Checked:
    """What a typed code is worth; `proof` is the browser's proof when it was right."""

    verdict: CodeVerdict
    proof: str = ""


def hint(shipment: Shipment, channel: str) -> Sent:
    """Where a code went: hardly more than the end of the number, or the first letter of the address."""
    if channel == "sms":
        return Sent(channel, shipment.recipient.phone[-2:])
    name, _, host = shipment.recipient.email.partition("@")
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


def fresh_code(
    session: Session,
    voice: Voice,
    shipment: Shipment,
    now: datetime,
    make: Callable[[], str] = random_code,
    about: str = "",
) -> str | NotSent:
    """A fresh code, kept sealed, for what it is `about`; earlier ones are good no longer.

    The shipment is held first, so that twenty presses at once are counted one by one.
    """
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    if not (shipment.recipient.phone or shipment.recipient.email):
        return NotSent(NO_CONTACT)
    sent_lately = links.codes_sent_since(session, shipment.id, now - timedelta(hours=1))
    if sent_lately >= CODES_AN_HOUR:
        return NotSent(TOO_MANY)
    code = make()
    seal = _sealed(voice, shipment, code, about)
    links.add_code(session, shipment.id, seal, now, now + voice.code_lasts)
    return code


def send_code(
    session: Session, voice: Voice, shipment: Shipment, now: datetime, make: Callable[[], str] = random_code
) -> Sent | NotSent:
    """Send a fresh code; earlier ones are good no longer."""
    code = fresh_code(session, voice, shipment, now, make)
    if isinstance(code, NotSent):
        return code
    news = News(
        shipment,
        Notice.ONE_TIME_CODE,
        occurrence=secrets.token_hex(8),
        because="The recipient asked for a code to change the delivery.",
        happened_at=now,
        facts={"code": code, "code_minutes": voice.code_minutes},
    )
    going = [message for message in announce.tell(session, voice, [news], now) if not message.stopped_by]
    return hint(shipment, going[0].channel) if going else NotSent(NO_CONTACT)


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
