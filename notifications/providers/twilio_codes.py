"""Twilio's error codes, what they are about, and the sentence an agent reads.

https://www.twilio.com/docs/api/errors. Codes are added over time: unknown ones are judged by HTTP status.
"""

from dataclasses import dataclass

from notifications.provider import Trouble


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code is about, and what an agent reads."""

    trouble: Trouble
    text: str


T = Trouble

CODES = {
    20003: Meaning(T.CONFIGURATION, "Twilio does not accept our credentials."),
    20429: Meaning(T.BUSY, "Too many calls at once."),
    21211: Meaning(T.CONTACT, "This is not a phone number."),
    21212: Meaning(T.CONFIGURATION, "Our sender number is not right."),
    21214: Meaning(T.CONTACT, "This number cannot be reached."),
    21217: Meaning(T.CONTACT, "This is not a phone number."),
    21408: Meaning(T.CONFIGURATION, "Texts to this country are not switched on."),
    21602: Meaning(T.CONTENT, "The text is empty."),
    21606: Meaning(T.CONFIGURATION, "Our sender number cannot send texts."),
    21610: Meaning(T.CONSENT, "The recipient answered STOP."),
    21611: Meaning(T.BUSY, "Our sender's queue is full."),
    21612: Meaning(T.ROUTE, "Our sender cannot reach this number."),
    21614: Meaning(T.CONTACT, "This is not a mobile number."),
    21617: Meaning(T.CONTENT, "The text is too long."),
    21635: Meaning(T.CONTACT, "This is a landline."),
    21703: Meaning(T.CONFIGURATION, "The messaging service has no sender."),
    30001: Meaning(T.BUSY, "Our sender's queue is full."),
    30002: Meaning(T.CONFIGURATION, "Our Twilio account is suspended."),
    30003: Meaning(T.CONTACT, "The phone is off or out of reach."),
    30004: Meaning(T.POLICY, "The phone network blocked the text."),
    30005: Meaning(T.CONTACT, "This number is not known any more."),
    30006: Meaning(T.CONTACT, "This is a landline, or its network cannot be reached."),
    30007: Meaning(T.POLICY, "The phone network took the text for spam."),
    30008: Meaning(T.OTHER, "The phone network gave no reason."),
    30034: Meaning(T.CONFIGURATION, "Our sender number is not registered for the US."),
    30410: Meaning(T.OTHER, "The phone network did not answer in time; a second text might arrive twice."),
    30450: Meaning(T.POLICY, "Twilio took it for SMS fraud."),
    30610: Meaning(T.POLICY, "It fell into quiet hours at the provider."),
    30640: Meaning(T.POLICY, "Twilio does not send to this number."),
}
