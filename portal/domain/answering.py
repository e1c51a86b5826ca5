"""How pressing a change is that waits for an answer, and the reasons a dispatcher may give for a no."""

from datetime import datetime, timedelta

from portal.domain.change import Change
from portal.domain.timeline import Tone

SOON = timedelta(minutes=5)
HALF = 0.5

# Said to the recipient as they stand: short, kind, and true.
REFUSALS = {
    "too_late": "It is too late to change this round.",
    "no_room": "There is no room for this at that time.",
    "not_on_the_way": "The van does not come past there on this round.",
    "neighbor_not_found": "We could not find this neighbor.",
    "not_safe": "The parcel would not be safe there.",
    "not_allowed": "The sender does not allow this for your parcel.",
}
OWN_WORDS = "own_words"


def pressing(change: Change, now: datetime) -> Tone:
    """How pressing a waiting change is: red in its last minutes, amber after half its time."""
    left = change.expires_at - now
    if left <= SOON:
        return Tone.BAD
    used = (now - change.asked_at) / (change.expires_at - change.asked_at)
    return Tone.WARN if used >= HALF else Tone.PLAIN


def refusal(code: str, own_words: str) -> tuple[str, str] | None:
    """(reason code, sentence) of a no; None where neither a reason was chosen nor words were given."""
    if own_words:
        return OWN_WORDS, own_words
    return (code, REFUSALS[code]) if code in REFUSALS else None
