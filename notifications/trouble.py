"""What a failure is about, and so whom it concerns and what is done next."""

from datetime import timedelta
from enum import StrEnum


class Trouble(StrEnum):
    """What a failure is about.

    `configuration` concerns the whole account and stops it; `sender` our number, which cannot send this, perhaps only
    not there; `country` one destination that is not switched on; `away` means that the carrier could not be reached;
    `out_of_reach` that the phone is off for now; `hiccup` that the network gave no reason; `no_answer` that it may
    still arrive, so that a second text would be one too many.
    """

    CONTACT = "contact"
    CONSENT = "consent"
    CONTENT = "content"
    ROUTE = "route"
    POLICY = "policy"
    CONFIGURATION = "configuration"
    SENDER = "sender"
    COUNTRY = "country"
    BUSY = "busy"
    AWAY = "away"
    OUT_OF_REACH = "out_of_reach"
    HICCUP = "hiccup"
    NO_ANSWER = "no_answer"
    GONE = "gone"
    OTHER = "other"


# Failures that a receipt tells after the carrier had said yes, and that may pass: between which pauses the same
# channel tries once more. A phone that was off is on again within half an hour or not today (Twilio's advice for
# 30003); what failed for the account's sake waits until an account works.
ONCE_MORE_AFTER = {
    Trouble.OUT_OF_REACH: (timedelta(minutes=15), timedelta(minutes=30)),
    Trouble.HICCUP: (timedelta(minutes=1), timedelta(minutes=3)),
    Trouble.BUSY: (timedelta(minutes=2), timedelta(minutes=10)),
    Trouble.CONFIGURATION: (timedelta(0), timedelta(0)),
}
