"""The form for an address put right. The address on file is not shown: the link may be in other hands."""

from portal.domain.change import Kind
from portal.domain.kinds.address_correction import CorrectAddress
from portal.domain.kinds.base import No
from portal.web.kinds.base import SAME_TIME, Asking, Form, Meaning
from portal.web.language import N_

RISK = N_("It stays on your street. For another street, choose a locker or a neighbor, or ask the shop.")


def _described(wish: CorrectAddress, _asking: Asking) -> str:
    return ", ".join(filter(None, (wish.line, wish.addition)))


def _means(_wish: CorrectAddress | None, _asking: Asking) -> Meaning:
    return Meaning(SAME_TIME, RISK)


ADDRESS_CORRECTION = Form(
    Kind.ADDRESS_CORRECTION,
    N_("Correct the address"),
    "pages/tracking/_form_address_correction.html",
    wanted=N_("The address put right"),
    agreed=N_("The driver gets the address as you wrote it."),
    fields={No.ADDRESS_EMPTY: "line", No.ADDRESS_SAME: "line", No.ADDRESS_ELSEWHERE: "line"},
    # said to anybody, they would tell a stranger where somebody lives, guess by guess
    private=frozenset({No.ADDRESS_SAME, No.ADDRESS_ELSEWHERE}),
    described=_described,
    means=_means,
)
