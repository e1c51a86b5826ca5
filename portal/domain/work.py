"""When something needs an agent before anybody calls: from facts to matters, each with its reason and its deadline.

Every rule is asked again while its matter is open: None then says that its cause went away.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from portal.domain.change import Change, IfUnanswered, Life
from portal.domain.delivery import Promise
from portal.domain.follow_up import LONGEST_KEY, Matter
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.standing import BEFORE_THE_DOOR
from portal.domain.telling import length
from portal.domain.telling_changes import wished

# A window is looked at so long before it ends; what is not on a van by then will not be at the door in it.
BEFORE_THE_END = timedelta(minutes=45)
# After so long a window that is over is no news any more; then it counts that nothing is heard.
AFTER_THE_END = timedelta(hours=12)
# Held parcels and those that wait to be collected stand still because somebody wants it so.
SHOULD_MOVE = {*BEFORE_THE_DOOR, Status.MISSED, Status.DAMAGED, Status.RETURNING}
LIES_THERE = {Status.READY_FOR_PICKUP, Status.DELIVERED, Status.RETURNING}


@dataclass(frozen=True, slots=True)
class Found:
    """Something for the queue: `key` names it within its shipment, `words` say why, `due_at` is when it breaks."""

    matter: Matter
    shipper_id: int
    shipment_id: int
    key: str
    words: str
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """What is known of a shipment that has not ended. `promised` is the end of the window that was promised,
    `heard_at` when its last event came; None: there is none."""

    shipper_id: int
    shipment_id: int
    status: Status
    timezone: str
    promised: datetime | None
    live: Promise | None
    heard_at: datetime | None


@dataclass(frozen=True, slots=True)
class Sent:
    """One message of a notice. `came` is None while that is not known."""

    channel: str
    came: bool | None


@dataclass(frozen=True, slots=True)
class Stay:
    """A parcel in a locker, until when, and whether its locker still waits for somebody to collect it."""

    shipper_id: int
    shipment_id: int
    key: str
    name: str
    timezone: str
    until: datetime
    waits: bool


@dataclass(frozen=True, slots=True)
class Handed:
    """Where a parcel was handed over; `counts`: the shipment is delivered by this event still."""

    shipper_id: int
    shipment_id: int
    event_id: str
    meters: float
    counts: bool


def window(door: Door, rules: ShipperRules, now: datetime) -> Found | None:
    """The window that was promised will not be kept, or was not."""
    ends = door.promised
    if ends is None or door.status not in BEFORE_THE_DOOR or now - ends > AFTER_THE_END:
        return None
    because = _why_it_breaks(door, ends, rules, now)
    if not because:
        return None
    verb = "ended" if ends <= now else "ends"
    words = f"The window {verb} {at(ends, door.timezone, now)}{because}"
    return Found(Matter.WINDOW, door.shipper_id, door.shipment_id, _key(ends), words, ends)


def _why_it_breaks(door: Door, ends: datetime, rules: ShipperRules, now: datetime) -> str:
    expected = door.live.expected_at if door.live else None
    on_van = door.status is Status.ON_VAN
    if on_van and door.live and expected and expected > ends + timedelta(minutes=rules.late_minutes):
        return f"; the van is {_how_far(door.live, expected, now)} away."
    if ends <= now:
        return " and nothing was reported since." if on_van else " and it has not left for the door."
    if ends - now > BEFORE_THE_END:
        return ""
    if not on_van:
        return " and it is not on a van."
    return "" if expected else " and no van is known to head there."


def _how_far(live: Promise, expected: datetime, now: datetime) -> str:
    left = f"about {length(max(expected - now, timedelta(minutes=1)))}"
    if not live.stops_before:
        return left
    return f"{live.stops_before} {'stop' if live.stops_before == 1 else 'stops'} and {left}"


def stalled(door: Door, rules: ShipperRules, now: datetime) -> Found | None:
    """Nothing was heard for too long of something that should move; not before its day is over."""
    if door.status not in SHOULD_MOVE or (door.promised and now - door.promised <= AFTER_THE_END):
        return None
    if door.heard_at is None:
        if door.promised is None:
            return None  # the sender has it, and nobody said when it is to come
        words = f"It was to come {at(door.promised, door.timezone, now, 'by ')}; nothing was ever reported."
        return Found(Matter.STALLED, door.shipper_id, door.shipment_id, "announced", words)
    quiet = now - door.heard_at
    if quiet < timedelta(hours=rules.stalled_hours):
        return None
    words = f"Nothing was reported since {at(door.heard_at, door.timezone, now, '')}."
    return Found(Matter.STALLED, door.shipper_id, door.shipment_id, _key(door.heard_at), words)


def unanswered(
    shipper_id: int, change: Change, timezone: str, rules: ShipperRules, now: datetime
) -> Found | None:
    """Dispatch was asked, and much of the time to answer is gone."""
    if change.life is not Life.ASKED:
        return None
    whole, gone = change.expires_at - change.asked_at, now - change.asked_at
    if gone < whole * rules.unanswered_percent / 100:
        return None
    then = "counts as agreed" if change.if_unanswered is IfUnanswered.ACCEPT else "lapses"
    words = (
        f"Asked {at(change.asked_at, timezone, now)}: {wished(change)}. "
        f"Nobody has answered; it {then} {at(change.expires_at, timezone, now)}."
    )
    return Found(Matter.UNANSWERED, shipper_id, change.shipment_id, change.id, words, change.expires_at)


def unreached(shipper_id: int, shipment_id: int, notice: str, sent: tuple[Sent, ...]) -> Found | None:
    """A message failed, and no other way brought the same news."""
    if not sent or any(one.came is not False for one in sent):
        return None
    channels = sorted({CHANNELS.get(one.channel, one.channel) for one in sent})
    words = f"“{notice.replace('_', ' ').capitalize()}” reached nobody: {' and '.join(channels)} failed."
    return Found(Matter.UNREACHED, shipper_id, shipment_id, notice, words)


CHANNELS = {"sms": "text", "email": "email"}


def locker(stay: Stay, rules: ShipperRules, now: datetime) -> Found | None:
    """It lies in a locker, and the time to collect it runs out."""
    if not stay.waits or stay.until - now > timedelta(hours=rules.pickup_hours):
        return None
    until = at(stay.until, stay.timezone, now, "")
    over = "The time to collect it was over" if stay.until <= now else "It waits to be collected until"
    words = f"{over} {until}, {stay.name}."
    return Found(
        Matter.LOCKER, stay.shipper_id, stay.shipment_id, f"{stay.key}:{_key(stay.until)}", words, stay.until
    )


def far_away(handed: Handed, rules: ShipperRules) -> Found | None:
    """It was handed over where its door is not."""
    if not handed.counts or handed.meters <= rules.far_m:
        return None
    far = f"{handed.meters / 1000:.1f} km" if handed.meters >= 1000 else f"{handed.meters:.0f} m"
    words = f"Reported as delivered {far} from the door's place on the map."
    key = handed.event_id[:LONGEST_KEY]
    return Found(Matter.FAR_AWAY, handed.shipper_id, handed.shipment_id, key, words)


def at(moment: datetime, timezone: str, now: datetime, on: str = "at ") -> str:
    """A moment on the door's clock: `at 14:30`, with the day where that is not today."""
    zone = _zone(timezone)
    local, today = moment.astimezone(zone), now.astimezone(zone).date()
    if local.date() == today:
        return f"{on}{local:%H:%M}"
    return f"{on}{local:%H:%M} on {local:%a} {local.day} {local:%b}"


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return UTC


def _key(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M}"
