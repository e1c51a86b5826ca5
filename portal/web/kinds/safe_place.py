"""The form for a safe place at the recipient's own door. Where it is, the link alone never shows."""

from typing import Any

from portal.domain.change import Kind
from portal.domain.kinds.base import No
from portal.domain.kinds.safe_place import LeaveInSafePlace, Spot
from portal.web.kinds.base import SAME_TIME, Asking, Form, Meaning
from portal.web.language import N_

SPOTS = {
    Spot.PORCH: N_("On the porch or at the door"),
    Spot.GARAGE: N_("In the garage"),
    Spot.SHED: N_("In the shed"),
    Spot.TERRACE: N_("On the terrace, behind the house"),
    Spot.STAIRWELL: N_("In the stairwell"),
    Spot.MAILBOX: N_("In or on the mailbox"),
    Spot.OTHER: N_("Somewhere else"),
}
RISK = N_(
    "Once it lies there it counts as delivered, and the risk is yours. The driver takes a picture of it."
)


def _choices(asking: Asking) -> dict[str, Any]:
    return {"spots": [(spot.value, asking.words(said)) for spot, said in SPOTS.items()]}


def _described(wish: LeaveInSafePlace, asking: Asking) -> str:
    _ = asking.words
    spot = _(SPOTS[Spot(wish.spot)]) if wish.spot in set(Spot) else ""
    bell = _("The driver rings first.") if wish.ring else _("The driver does not ring.")
    return ". ".join(filter(None, (": ".join(filter(None, (spot, wish.words))), bell)))


def _means(_wish: LeaveInSafePlace | None, _asking: Asking) -> Meaning:
    return Meaning(SAME_TIME, RISK)


SAFE_PLACE = Form(
    Kind.SAFE_PLACE,
    N_("Leave it in a safe place"),
    "pages/tracking/_form_safe_place.html",
    wanted=N_("To a safe place"),
    agreed=N_("The driver leaves it in the place you named."),
    fields={No.PLACE_WHERE: "spot", No.PLACE_WORDS: "words"},
    described=_described,
    means=_means,
    choices=_choices,
)
