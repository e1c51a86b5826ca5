"""How pressing a change is that waits for an answer, and the reasons a dispatcher may give for a no."""

from datetime import datetime, timedelta

from portal.domain.change import Change, Kind
from portal.domain.timeline import Tone

SOON = timedelta(minutes=5)
HALF = 0.5

# Said to the recipient as they stand: short, kind, and true.
REFUSALS = {
    "too_late": "It is too late to change this round.",
    "no_room": "There is no room for this at that time.",
    "not_on_the_way": "The van does not come past there on this round.",
    "neighbor_not_found": "We could not find this neighbor.",
    "neighbor_too_often": "This neighbor already takes many parcels this week.",
    "not_safe": "The parcel would not be safe there.",
    "place_unclear": "We could not find this place from the description.",
    "locker_full": "This locker has no free compartment any more.",
    "locker_broken": "This locker is out of order.",
    "too_big": "The parcel does not fit there.",
    "other_street": "We can only correct the address, not send the parcel to another one.",
    "address_unknown": "We could not find the new address.",
    "cannot_keep": "We cannot keep the parcel for so long.",
    "cannot_at_door": "The driver cannot do this at the door.",
    "not_allowed": "The sender does not allow this for your parcel.",
}
ALWAYS = ("too_late", "not_allowed")
# By kind, the likeliest first: their places are the keys that say them.
FITTING: dict[Kind, tuple[str, ...]] = {
    Kind.NEIGHBOR: ("neighbor_not_found", "not_on_the_way", "not_safe", "neighbor_too_often"),
    Kind.LOCKER: ("locker_full", "locker_broken", "too_big", "not_on_the_way"),
    Kind.SAFE_PLACE: ("not_safe", "place_unclear", "too_big"),
    Kind.NEW_WINDOW: ("no_room", "not_on_the_way"),
    Kind.INSTRUCTIONS: ("cannot_at_door", "place_unclear"),
    Kind.ADDRESS_CORRECTION: ("other_street", "address_unknown", "not_on_the_way"),
    Kind.HOLD: ("cannot_keep", "no_room"),
}
OWN_WORDS = "own_words"


def pressing(change: Change, now: datetime) -> Tone:
    """How pressing a waiting change is: red in its last minutes, amber after half its time."""
    left = change.expires_at - now
    if left <= SOON:
        return Tone.BAD
    used = (now - change.asked_at) / (change.expires_at - change.asked_at)
    return Tone.WARN if used >= HALF else Tone.PLAIN


def refusals(kind: Kind) -> dict[str, str]:
    """The standard reasons for a no to this kind of change, by code, in the order of their keys 1 to 9."""
    return {code: REFUSALS[code] for code in (*FITTING.get(kind, ()), *ALWAYS)}


def refusal(kind: Kind, code: str, own_words: str) -> tuple[str, str] | None:
    """(reason code, sentence) of a no; None where neither a fitting reason was chosen nor words were given."""
    if own_words:
        return OWN_WORDS, own_words
    fitting = refusals(kind)
    return (code, fitting[code]) if code in fitting else None
