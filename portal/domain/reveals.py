"""Why an agent may see a recipient's number and email in full, for how long, and how often."""

from datetime import timedelta
from enum import StrEnum

LASTS = timedelta(minutes=15)
WITHIN = timedelta(hours=1)
# An agent who takes call after call needs a dozen an hour. Beyond these, leads are told, and then it stops.
ALARM_AFTER, STOPS_AFTER = 50, 100
LONGEST_WORDS = 200
LOOKS_ARE_KEPT_FOR = timedelta(days=365)


class Reason(StrEnum):
    """The short list; a new one needs its words in `REASONS`."""

    CONTACT = "contact"
    COMPARE = "compare"
    CORRECT = "correct"
    DRIVER = "driver"
    OTHER = "other"


REASONS: dict[Reason, str] = {
    Reason.CONTACT: "I call or write to the recipient",
    Reason.COMPARE: "I compare it with what a caller says",
    Reason.CORRECT: "It has to be corrected",
    Reason.DRIVER: "The driver or the depot needs it",
    Reason.OTHER: "Something else",
}


def flaw(reason: str, words: str) -> str:
    """What is wrong with a reason, as a sentence; empty when nothing is."""
    if reason not in list(Reason):
        return "Please choose why you need to see it."
    if len(words) > LONGEST_WORDS:
        return f"Please say it in up to {LONGEST_WORDS} characters."
    if reason == Reason.OTHER and not words.strip():
        return "Please say in a few words what you need it for."
    return ""


def raises_alarm(looks: int) -> bool:
    """Whether leads are told, `looks` being those of the last hour with this one."""
    return looks > ALARM_AFTER
