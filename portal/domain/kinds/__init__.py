"""Every kind of change by its rule. The order is the one in which the page offers them."""

from datetime import datetime

from portal.domain.change import Change, Kind, Life
from portal.domain.events import How
from portal.domain.kinds.address_correction import ADDRESS_CORRECTION
from portal.domain.kinds.base import KindRule
from portal.domain.kinds.hold import HOLD
from portal.domain.kinds.instructions import INSTRUCTIONS
from portal.domain.kinds.locker import LOCKER
from portal.domain.kinds.neighbor import NEIGHBOR
from portal.domain.kinds.new_window import NEW_WINDOW
from portal.domain.kinds.safe_place import SAFE_PLACE

KINDS: dict[Kind, KindRule] = {
    rule.kind: rule
    for rule in (NEW_WINDOW, NEIGHBOR, LOCKER, SAFE_PLACE, HOLD, INSTRUCTIONS, ADDRESS_CORRECTION)
}


def was_honoured(change: Change, how: How | None, delivered_at: datetime) -> bool | None:
    """Whether a delivery did what an accepted change asked; None where it was not accepted or nobody can tell."""
    if change.life is not Life.ACCEPTED:
        return None
    if wanted := KINDS[change.kind].handed_as:
        return how in wanted
    if change.window_start is not None and change.window_end is not None:
        return change.window_start <= delivered_at <= change.window_end
    return None
