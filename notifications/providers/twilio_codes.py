"""Twilio's error codes, what they are about, and the sentence an agent reads.

https://www.twilio.com/docs/api/errors. Codes are added over time: unknown ones are judged by HTTP status.
"""

from dataclasses import dataclass

from notifications.trouble import Trouble


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code is about, and what an agent reads."""

    trouble: Trouble
    text: str


T = Trouble

CODES = {
    20003: Meaning(T.CONFIGURATION, "Twilio does not accept our credentials."),
    20404: Meaning(T.CONFIGURATION, "Twilio does not know our account."),
    20429: Meaning(T.BUSY, "Too many calls at once."),
    21211: Meaning(T.CONTACT, "This is not a phone number."),
    21212: Meaning(T.CONFIGURATION, "Our sender number is not right."),
    21214: Meaning(T.CONTACT, "This number cannot be reached."),
    21217: Meaning(T.CONTACT, "This is not a phone number."),
    21408: Meaning(T.COUNTRY, "Texts to this country are not switched on."),
    21602: Meaning(T.CONTENT, "The text is empty."),
    21603: Meaning(T.CONFIGURATION, "No sender number is set."),
    21606: Meaning(T.SENDER, "Our sender number cannot send texts, or not to this country."),
    21608: Meaning(T.POLICY, "A trial account at Twilio writes to verified numbers only."),
    21609: Meaning(
        T.CONFIGURATION, "Twilio cannot call us back: PUBLIC_URL is not reachable from the internet."
    ),
    21610: Meaning(T.CONSENT, "The recipient answered STOP."),
    21611: Meaning(T.BUSY, "Our sender's queue is full."),
    21612: Meaning(T.ROUTE, "Our sender cannot reach this number."),
    21614: Meaning(T.CONTACT, "This is not a mobile number."),
    21617: Meaning(T.CONTENT, "The text is too long."),
    21635: Meaning(T.CONTACT, "This is a landline."),
    21659: Meaning(T.SENDER, "Our sender number is not one of Twilio's, or not good for this country."),
    21660: Meaning(T.CONFIGURATION, "Our sender number belongs to another account."),
    21701: Meaning(T.CONFIGURATION, "The messaging service does not exist."),
    21703: Meaning(T.CONFIGURATION, "The messaging service has no sender."),
    21705: Meaning(T.CONFIGURATION, "The messaging service's id is not right."),
    30001: Meaning(T.BUSY, "Our sender's queue is full."),
    30002: Meaning(T.CONFIGURATION, "Our Twilio account is suspended."),
    30003: Meaning(T.OUT_OF_REACH, "The phone is off or out of reach."),
    30004: Meaning(T.POLICY, "The phone network blocked the text."),
    30005: Meaning(T.CONTACT, "This number is not known any more."),
    30006: Meaning(T.CONTACT, "This is a landline, or its network cannot be reached."),
    30007: Meaning(T.POLICY, "The phone network took the text for spam."),
    30008: Meaning(T.HICCUP, "The phone network gave no reason."),
    30034: Meaning(T.CONFIGURATION, "Our sender number is not registered for the US."),
    30036: Meaning(T.OTHER, "It could not be delivered while it was still true."),
    30410: Meaning(
        T.NO_ANSWER, "The phone network did not answer in time; a second text might arrive twice."
    ),
    30450: Meaning(T.POLICY, "Twilio took it for SMS fraud."),
    30610: Meaning(T.POLICY, "It fell into quiet hours at the provider."),
    30640: Meaning(T.POLICY, "Twilio does not send to this number."),
}

BY_STATUS = {
    401: Meaning(T.CONFIGURATION, "Twilio does not accept our credentials."),
    403: Meaning(T.CONFIGURATION, "Twilio does not let our account do this."),
    404: CODES[20404],
    429: CODES[20429],
}
NOT_TAKEN = Meaning(T.OTHER, "Twilio does not take this message.")


def meaning_of(status: int, code: int | None) -> Meaning | None:
    """What a refusal means, by its code if we know it, else by its status; None: nobody knows what came of it."""
    # 408: they waited for the rest of our call, and may have had enough of it
    if not 400 <= status < 500 or status == 408:
        return None
    return CODES.get(code or 0) or BY_STATUS.get(status) or NOT_TAKEN
