"""What can be told, how long each stays true, which channels carry it, and the facts its words need."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Notice(StrEnum):
    """A piece of news for a person."""

    ANNOUNCED = "announced"
    AT_DEPOT = "at_depot"
    CHOOSE_WINDOW = "choose_window"
    WINDOW_PROMISED = "window_promised"
    REMINDER = "reminder"
    OUT_FOR_DELIVERY = "out_for_delivery"
    NEXT_STOP = "next_stop"
    NEARBY = "nearby"
    DELAYED = "delayed"
    NO_LONGER_HEADING = "no_longer_heading"
    ATTEMPT_FAILED = "attempt_failed"
    READY_FOR_PICKUP = "ready_for_pickup"
    PICKUP_EXPIRING = "pickup_expiring"
    COLLECTED = "collected"
    DELIVERED = "delivered"
    HELD = "held"
    DAMAGED = "damaged"
    LOST = "lost"
    RETURNING = "returning"
    RETURNED = "returned"
    CANCELLED = "cancelled"
    CORRECTED = "corrected"
    CHANGE_ASKED = "change_asked"
    CHANGE_ACCEPTED = "change_accepted"
    CHANGE_REFUSED = "change_refused"
    CHANGE_LAPSED = "change_lapsed"
    CHANGE_NOT_HONOURED = "change_not_honoured"
    CHANGE_WITHDRAWN = "change_withdrawn"
    CONTACT_CHANGED = "contact_changed"
    HOUSEHOLD_HELD = "household_held"
    NEIGHBOR_ASKED = "neighbor_asked"
    NEIGHBOR_COMING = "neighbor_coming"
    NEIGHBOR_OFF = "neighbor_off"
    NEIGHBOR_RECEIPT = "neighbor_receipt"
    NEIGHBOR_DECLINED = "neighbor_declined"
    NEIGHBOR_SILENT = "neighbor_silent"
    ONE_TIME_CODE = "one_time_code"
    CALLER_CODE = "caller_code"
    AGENT_WRITES = "agent_writes"
    LINK_RENEWED = "link_renewed"
    MADE_GOOD = "made_good"


class Reach(StrEnum):
    """Which of a person's channels carry a notice. Texts cost money; two alarms for small news, patience."""

    BOTH = "both"
    ALL_KNOWN = "all_known"
    TEXT_FIRST = "text_first"
    EMAIL_FIRST = "email_first"
    EMAIL_ONLY = "email_only"


class Topic(StrEnum):
    """Kinds of news that a recipient may decline; what asks something of them cannot be declined."""

    BEFORE = "before"
    ON_THE_DAY = "on_the_day"
    NEARBY = "nearby"
    OUTCOME = "outcome"


@dataclass(frozen=True, slots=True)
class NoticeRule:
    """`valid`: how long it helps to hear it; `urgent`: also at night; `in_window`: not after the window."""

    valid: timedelta
    reach: Reach
    urgent: bool = False
    in_window: bool = False


N, R = Notice, Reach


def _rule(reach: Reach, *, urgent: bool = False, in_window: bool = False, **valid: float) -> NoticeRule:
    return NoticeRule(timedelta(**valid), reach, urgent, in_window)


# A late "you are next" is worse than none; what should be heard next morning outlasts the eleven quiet hours.
RULES = {
    N.ANNOUNCED: _rule(R.EMAIL_FIRST, hours=48),
    N.AT_DEPOT: _rule(R.EMAIL_ONLY, hours=14),
    # it waits for the recipient: nothing goes on before they have chosen
    N.CHOOSE_WINDOW: _rule(R.TEXT_FIRST, hours=24),
    N.WINDOW_PROMISED: _rule(R.EMAIL_FIRST, hours=24, in_window=True),
    N.REMINDER: _rule(R.TEXT_FIRST, hours=20, in_window=True),
    N.OUT_FOR_DELIVERY: _rule(R.BOTH, hours=4, in_window=True),
    N.NEXT_STOP: _rule(R.TEXT_FIRST, minutes=15, urgent=True),
    N.NEARBY: _rule(R.TEXT_FIRST, minutes=10, urgent=True),
    N.DELAYED: _rule(R.TEXT_FIRST, hours=2, in_window=True),
    N.NO_LONGER_HEADING: _rule(R.TEXT_FIRST, hours=14),
    N.ATTEMPT_FAILED: _rule(R.BOTH, hours=14),
    N.READY_FOR_PICKUP: _rule(R.BOTH, hours=48),
    N.PICKUP_EXPIRING: _rule(R.BOTH, hours=14),
    N.COLLECTED: _rule(R.EMAIL_FIRST, hours=24),
    N.DELIVERED: _rule(R.BOTH, hours=24),
    N.HELD: _rule(R.EMAIL_FIRST, hours=24),
    N.DAMAGED: _rule(R.EMAIL_FIRST, hours=48),
    N.LOST: _rule(R.EMAIL_FIRST, hours=48),
    N.RETURNING: _rule(R.EMAIL_FIRST, hours=48),
    N.RETURNED: _rule(R.EMAIL_FIRST, hours=48),
    N.CANCELLED: _rule(R.EMAIL_FIRST, hours=48),
    N.CORRECTED: _rule(R.BOTH, hours=24),
    # Everyone on file hears at once that somebody asked to move the parcel: it may not have been them.
    N.CHANGE_ASKED: _rule(R.ALL_KNOWN, hours=14, urgent=True),
    N.CHANGE_ACCEPTED: _rule(R.BOTH, hours=14),
    N.CHANGE_REFUSED: _rule(R.BOTH, hours=14),
    N.CHANGE_LAPSED: _rule(R.BOTH, hours=14),
    N.CHANGE_NOT_HONOURED: _rule(R.BOTH, hours=24),
    N.CHANGE_WITHDRAWN: _rule(R.ALL_KNOWN, hours=14, urgent=True),
    # to the number or address that was replaced: by the one channel that it is
    N.CONTACT_CHANGED: _rule(R.ALL_KNOWN, hours=24, urgent=True),
    N.HOUSEHOLD_HELD: _rule(R.BOTH, hours=24),
    # To the neighbor: one channel, the one by which they were asked.
    N.NEIGHBOR_ASKED: _rule(R.TEXT_FIRST, hours=14),
    N.NEIGHBOR_COMING: _rule(R.TEXT_FIRST, hours=14, in_window=True),
    N.NEIGHBOR_OFF: _rule(R.TEXT_FIRST, hours=14),
    N.NEIGHBOR_RECEIPT: _rule(R.TEXT_FIRST, hours=24),
    # To the recipient, who has to choose something else.
    N.NEIGHBOR_DECLINED: _rule(R.BOTH, hours=14),
    N.NEIGHBOR_SILENT: _rule(R.BOTH, hours=14),
    N.ONE_TIME_CODE: _rule(R.TEXT_FIRST, minutes=10, urgent=True),
    # read out to an agent, and good for nothing else
    N.CALLER_CODE: _rule(R.TEXT_FIRST, minutes=10, urgent=True),
    # In an agent's own words; and what an agent did for whoever called.
    N.AGENT_WRITES: _rule(R.TEXT_FIRST, hours=24),
    # somebody is on the line and waits for it
    N.LINK_RENEWED: _rule(R.TEXT_FIRST, hours=24, urgent=True),
    N.MADE_GOOD: _rule(R.EMAIL_FIRST, hours=48),
}

# Somebody asks for it themselves and waits for it.
CODES = {N.ONE_TIME_CODE, N.CALLER_CODE}

# Said to somebody who is not the recipient, in the carrier's name: no shop is named, and none words it.
TO_NEIGHBORS = {N.NEIGHBOR_ASKED, N.NEIGHBOR_COMING, N.NEIGHBOR_OFF, N.NEIGHBOR_RECEIPT}


# Notices that are absent are told to everybody: they ask something, or guard against a stranger.
TOPICS = {
    N.ANNOUNCED: Topic.BEFORE,
    N.AT_DEPOT: Topic.BEFORE,
    N.WINDOW_PROMISED: Topic.BEFORE,
    N.REMINDER: Topic.BEFORE,
    N.OUT_FOR_DELIVERY: Topic.ON_THE_DAY,
    N.DELAYED: Topic.ON_THE_DAY,
    N.NO_LONGER_HEADING: Topic.ON_THE_DAY,
    N.NEXT_STOP: Topic.NEARBY,
    N.NEARBY: Topic.NEARBY,
    N.COLLECTED: Topic.OUTCOME,
    N.DELIVERED: Topic.OUTCOME,
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What the words of a message are made of. Plain values; an empty one is simply not mentioned.

    `shipper` is the brand, first in every text; `color` and `text_color` are CSS hex colors of its
    button. `window_start` and `window_end` are the promise, `happened_at` is when the news happened,
    `pickup_until` a locker's deadline, `change_until` the time by which dispatch answers: all aware.
    `reason` is one of Karrio's incident names (its sentence is in `words.toml`), `refusal` dispatch's
    own sentence. `how` says who or what got it (`recipient` to `reception`), `neighbor` their name,
    `place` the spot. `change_kind` is a kind of change (`neighbor`, `locker`, `new_window` ...), `agreed`
    that a rule agreed to it at once, `by_phone` that an agent was asked for it by phone, `code` the one-time code.
    `preferences` is the page where a recipient chooses messages, `unsubscribe` where a mail program ends the
    shipper's emails by one POST (RFC 8058), `parcels` how many parcels for one door the message speaks of.
    `calendar_uid` is the visit's name in the recipient's calendar (empty: none is sent along), and `revision` grows
    whenever the visit changes. `page` is what an email's button opens below `link`, such as `/change`. `said` are an
    agent's own words, or what is made good; `amount` is what is given for it, with its unit.
    """

    shipper: str
    link: str
    reference: str = ""
    timezone: str = "UTC"
    color: str = "#0b57d0"
    text_color: str = "#ffffff"
    window_start: datetime | None = None
    window_end: datetime | None = None
    happened_at: datetime | None = None
    stops_before: int | None = None
    reason: str = ""
    refusal: str = ""
    how: str = ""
    place: str = ""
    neighbor: str = ""
    locker: str = ""
    locker_address: str = ""
    pickup_until: datetime | None = None
    change_kind: str = ""
    change_until: datetime | None = None
    agreed: bool = False
    by_phone: bool = False
    code: str = ""
    code_minutes: int = 10
    support_phone: str = ""
    support_email: str = ""
    email_name: str = ""
    sms_sender: str = ""
    preferences: str = ""
    unsubscribe: str = ""
    parcels: int = 1
    calendar_uid: str = ""
    revision: int = 0
    page: str = ""
    said: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class Occasion:
    """Something that may be worth a message. `occurrence` makes it unique for its shipment (an event's id).

    `because` is shown to agents; `happened_at` is when it became true (None: now). `gather_key` is what other
    parcels' news must have to be told in the same message, which therefore waits for `gathers_for`; `told_with`
    names the message's shipment when this news is told by another one's.
    """

    notice: Notice
    shipper_id: int
    shipment_id: int
    occurrence: str
    because: str
    facts: Facts
    happened_at: datetime | None = None
    gather_key: str = ""
    gathers_for: timedelta = timedelta()
    told_with: str = ""
