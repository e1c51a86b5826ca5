"""What is told as one: news that replaces what still waits, and the same news of several parcels for one door."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

from notifications.message import Channel
from notifications.notice import RULES, Facts, Notice
from notifications.policy import PREFERENCE

N = Notice

# How far along a delivery each milestone is. Damage is news of its own: nothing replaces it.
STEPS = {
    N.ANNOUNCED: 1,
    N.AT_DEPOT: 2,
    N.CHOOSE_WINDOW: 2,
    N.WINDOW_PROMISED: 3,
    N.REMINDER: 4,
    N.OUT_FOR_DELIVERY: 5,
    N.DELAYED: 6,
    N.NEXT_STOP: 7,
    N.NEARBY: 8,
    N.NO_LONGER_HEADING: 9,
    N.ATTEMPT_FAILED: 10,
    N.HELD: 10,
    N.READY_FOR_PICKUP: 11,
    N.PICKUP_EXPIRING: 12,
    N.COLLECTED: 13,
    N.DELIVERED: 13,
    N.LOST: 13,
    # the end of a delivery that was not as asked: "delivered" alone does not make it old
    N.CHANGE_NOT_HONOURED: 14,
    N.RETURNING: 14,
    N.RETURNED: 15,
    N.CANCELLED: 15,
    N.CORRECTED: 16,
}
# A new visit is planned or begins: what waits of the one before is no news any more.
BEGINS_ANEW = {N.WINDOW_PROMISED, N.OUT_FOR_DELIVERY}
OF_A_VISIT = {N.REMINDER, N.DELAYED, N.NEXT_STOP, N.NEARBY, N.NO_LONGER_HEADING, N.ATTEMPT_FAILED, N.HELD}

# A van that is near waits for nobody; the other news may wait for the scan of the next parcel.
SOON, SHORTLY = timedelta(seconds=10), timedelta(seconds=45)
GATHERED_WITHIN = {
    N.ANNOUNCED: SHORTLY,
    N.AT_DEPOT: SHORTLY,
    N.WINDOW_PROMISED: SHORTLY,
    N.REMINDER: SHORTLY,
    N.OUT_FOR_DELIVERY: SHORTLY,
    N.DELAYED: SHORTLY,
    N.NEXT_STOP: SOON,
    N.NEARBY: SOON,
    N.NO_LONGER_HEADING: SHORTLY,
    N.ATTEMPT_FAILED: SHORTLY,
    N.READY_FOR_PICKUP: SHORTLY,
    N.PICKUP_EXPIRING: SHORTLY,
    N.COLLECTED: SHORTLY,
    N.DELIVERED: SHORTLY,
    N.CHANGE_NOT_HONOURED: SHORTLY,
}


def _replaced_by(newer: Notice) -> frozenset[Notice]:
    step = STEPS.get(newer)
    if step is None:
        return frozenset()
    older = {notice for notice, other in STEPS.items() if other <= step}
    return frozenset(older | OF_A_VISIT if newer in BEGINS_ANEW else older)


REPLACES: Mapping[Notice, frozenset[Notice]] = {notice: _replaced_by(notice) for notice in Notice}


def makes_old(newer: Notice, older: str, channel: Channel) -> bool:
    """Whether what was said on this channel is old by `newer`; news by email alone leaves texts as they are."""
    return older in REPLACES[newer] and channel in PREFERENCE[RULES[newer].reach]


def gather_key(notice: Notice, shipper_id: int, door: str, facts: Facts) -> str:
    """The same for news that one message can tell; empty for news that is always told alone.

    `door` names recipient and place; what the words would say differently keeps messages apart.
    """
    if notice not in GATHERED_WITHIN:
        return ""
    day = facts.window_end.date().isoformat() if facts.window_end else ""
    says = (
        facts.reason,
        facts.refusal,
        facts.how,
        facts.place,
        facts.neighbor,
        facts.locker,
        facts.change_kind,
        day,
    )
    return sha256("\n".join((notice, str(shipper_id), door, *map(str, says))).encode()).hexdigest()


def together(told: Facts, more: Facts) -> Facts:
    """The facts of `told`, speaking of the parcels of `more` too: all of them counted, from first hour to last.

    It happened when the last of them did: news is true as long as the newest of it.
    """
    starts = [at for at in (told.window_start, more.window_start) if at]
    ends = [at for at in (told.window_end, more.window_end) if at]
    happened = [at for at in (told.happened_at, more.happened_at) if at]
    return replace(
        told,
        parcels=told.parcels + more.parcels,
        window_start=min(starts, default=None),
        window_end=max(ends, default=None),
        happened_at=max(happened, default=None),
    )
