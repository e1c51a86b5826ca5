"""The form for what the driver should know. Gate code and words are never shown back to the link alone."""

from typing import Any

from portal.domain.change import Kind
from portal.domain.kinds.base import No
from portal.domain.kinds.instructions import GiveInstructions, Need
from portal.web.kinds.base import SAME_TIME, Asking, Form, Meaning
from portal.web.language import N_

NEEDS = {
    Need.MORE_TIME: N_("I need more time to come to the door"),
    Need.NO_STAIRS: N_("I cannot take stairs"),
    Need.LOWER_COMPARTMENT: N_("In a locker, I need a low compartment"),
    Need.TEXT_ONLY: N_("Write to me, please do not call"),
    Need.RING_LOUD: N_("Ring long or knock loudly"),
    Need.DO_NOT_RING: N_("Do not ring, somebody is asleep"),
}
TOLD = N_("Only the depot and the driver read it. It is erased when the delivery is long over.")
RISK = N_("Your parcel still comes to your own door.")


def _choices(asking: Asking) -> dict[str, Any]:
    return {"needs": [(need.value, asking.words(said)) for need, said in NEEDS.items()]}


def _described(wish: GiveInstructions, asking: Asking) -> str:
    _ = asking.words
    parts = (
        _("Gate code: %(code)s") % {"code": wish.gate_code} if wish.gate_code else "",
        _("Floor: %(floor)s") % {"floor": wish.floor} if wish.floor else "",
        *(_(NEEDS[Need(need)]) for need in wish.needs if need in set(Need)),
        wish.words,
    )
    return " · ".join(filter(None, parts))


def _means(_wish: GiveInstructions | None, _asking: Asking) -> Meaning:
    return Meaning(SAME_TIME, RISK, TOLD)


INSTRUCTIONS = Form(
    Kind.INSTRUCTIONS,
    N_("Tell the driver something"),
    "pages/tracking/_form_instructions.html",
    wanted=N_("What you told the driver"),
    agreed=N_("The driver gets what you wrote. We do not show it here, in case somebody else has this link."),
    fields={No.INSTRUCTIONS_EMPTY: "gate_code"},
    described=_described,
    means=_means,
    choices=_choices,
)
