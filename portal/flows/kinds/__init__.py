"""Every kind of change by its effect."""

from portal.domain.change import Kind
from portal.flows.kinds.address_correction import ADDRESS_CORRECTION
from portal.flows.kinds.base import Effect
from portal.flows.kinds.hold import HOLD
from portal.flows.kinds.locker import LOCKER
from portal.flows.kinds.neighbor import NEIGHBOR
from portal.flows.kinds.new_window import NEW_WINDOW
from portal.flows.kinds.plain import INSTRUCTIONS, SAFE_PLACE

EFFECTS: dict[Kind, Effect] = {
    Kind.NEIGHBOR: NEIGHBOR,
    Kind.LOCKER: LOCKER,
    Kind.NEW_WINDOW: NEW_WINDOW,
    Kind.SAFE_PLACE: SAFE_PLACE,
    Kind.INSTRUCTIONS: INSTRUCTIONS,
    Kind.ADDRESS_CORRECTION: ADDRESS_CORRECTION,
    Kind.HOLD: HOLD,
}
