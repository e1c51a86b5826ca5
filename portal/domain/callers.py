"""How an agent knows who is calling: by a code read out, or by a reason that is written down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Who asked, as changes and webhooks name it.
AGENT = "agent"
# As long as a call takes, and not as long as the next one.
PROOF_LASTS = timedelta(minutes=15)
# A caller who waits for a code is on the line no longer than it is good.
CALL_LASTS = timedelta(hours=1)
FEWEST_WORDS, LONGEST_WORDS = 8, 200


class Way(StrEnum):
    """How the caller is known. All but CODE are an agent's own judgment."""

    CODE = "code"
    KNOWS = "knows"
    NUMBER = "number"
    SHIPPER = "shipper"
    BEFORE = "before"


# In the agents' form: what to say of it in a few words.
REASONS: dict[Way, tuple[str, str]] = {
    Way.KNOWS: ("Knows reference, name and street", "Which of them did they say by themselves?"),
    Way.NUMBER: ("Calls from the number on file", "Which display or call log shows it?"),
    Way.SHIPPER: ("The shipper vouches for them", "Who at the shipper, and where is it written?"),
    Way.BEFORE: ("Proved it on a call before", "When, and with whom?"),
}
SAID = {Way.CODE: "Read out the one-time code"} | {way: words[0] for way, words in REASONS.items()}


@dataclass(frozen=True, slots=True)
class Proof:
    """How the caller is known, in whose words, and until when that counts; `by_code` is more than a judgment."""

    way: Way
    words: str
    until: datetime

    @property
    def by_code(self) -> bool:
        """They hold a phone or mailbox that is on file."""
        return self.way is Way.CODE

    @property
    def method(self) -> str:
        """What dispatch reads as `requested_by.method`."""
        return "agent_code" if self.by_code else "agent_reason"

    @property
    def said(self) -> str:
        """What colleagues read."""
        return SAID[self.way]


def wrong_words(words: str) -> str:
    """Why these words do not do as a reason; empty when they do."""
    if FEWEST_WORDS <= len(words) <= LONGEST_WORDS:
        return ""
    return f"Please say in {FEWEST_WORDS} to {LONGEST_WORDS} characters how you know them."
