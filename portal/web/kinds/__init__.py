"""Every kind of change by its form."""

from portal.domain.change import Kind
from portal.web.kinds.address_correction import ADDRESS_CORRECTION
from portal.web.kinds.base import Form
from portal.web.kinds.hold import HOLD
from portal.web.kinds.instructions import INSTRUCTIONS
from portal.web.kinds.locker import LOCKER
from portal.web.kinds.neighbor import NEIGHBOR
from portal.web.kinds.new_window import NEW_WINDOW
from portal.web.kinds.safe_place import SAFE_PLACE

FORMS: dict[Kind, Form] = {
    form.kind: form
    for form in (NEW_WINDOW, NEIGHBOR, LOCKER, SAFE_PLACE, HOLD, INSTRUCTIONS, ADDRESS_CORRECTION)
}
