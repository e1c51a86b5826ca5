"""How long what is known of people is kept, by shipper, and the moment before which it goes."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta

# A delivery of which nobody reported anything for so long is over, whatever became of it.
SILENT_FOR = timedelta(days=180)
# A yes is asked for anew after five years; a choice that long untouched is made anew.
CONSENT_LASTS = timedelta(days=5 * 365)
# A stop that was taken back is evidence for as long as an audit is.
STARTED_AGAIN_FOR = timedelta(days=2 * 365)
HABITS_LAST = timedelta(days=2 * 365)
DAYS_A_MONTH = 30.4375


@dataclass(frozen=True, slots=True)
class Keep:
    """How long a shipper keeps what; each counts from the end of the delivery, or from the call or the act itself.

    `messages_days`: the words of messages, and the numbers they went to. `contacts_days`: name, contact, address, and
    whatever else names somebody. `proof_days`: pictures, places and signers of hand-overs; 0: as PROOF_DAYS says.
    `webhooks_days`: bodies of calls to dispatch. `audit_months`: who did what. `provider_copies`: 1 asks the SMS
    provider to erase its copy with the words, 0 leaves it to the provider's own rules.
    """

    messages_days: int = 7
    contacts_days: int = 30
    proof_days: int = 0
    webhooks_days: int = 7
    audit_months: int = 24
    provider_copies: int = 1


# From and to: nobody keeps for ever, and a link lives for some days after the end.
LIMITS: dict[str, tuple[int, int]] = {
    "messages_days": (1, 365),
    "contacts_days": (1, 730),
    "proof_days": (0, 730),
    "webhooks_days": (1, 365),
    "audit_months": (1, 120),
    "provider_copies": (0, 1),
}
NAMES = tuple(field.name for field in fields(Keep))


def days_before(now: datetime, days: int) -> datetime:
    """What ended before this moment is no longer kept."""
    return now - timedelta(days=days)


def months_before(now: datetime, months: int) -> datetime:
    """The same in months."""
    return now - timedelta(days=months * DAYS_A_MONTH)
