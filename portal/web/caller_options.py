"""A recipient's options as an agent reads them out: open until when, or closed by whom and why."""

from dataclasses import dataclass

from portal.domain.approvals import needs_second
from portal.domain.callers import Proof
from portal.domain.change_policy import Option, needs_code
from portal.domain.kinds.base import No
from portal.web.choosing import answered
from portal.web.kinds import FORMS
from portal.web.kinds.base import Asking

# Who closes an option, as the caller may be told; what is missing here is wrong with a single wish.
CLOSED_BY: dict[No, str] = {
    **dict.fromkeys((No.SENDER, No.AGE, No.SIGNATURE, No.PIN, No.VALUABLE), "The sender"),
    No.SHIPPER: "The shop",
    **dict.fromkeys((No.TOO_LATE, No.NEXT_STOP, No.LOADED, No.ON_VAN), "The round"),
    **dict.fromkeys((No.FINISHED, No.ON_ITS_WAY_BACK, No.AT_PICKUP), "How far the parcel is"),
    **dict.fromkeys((No.WAITING, No.OFTEN), "Earlier changes"),
    **dict.fromkeys((No.TOO_BIG, No.TOO_HEAVY), "The size of the parcel"),
    **dict.fromkeys((No.LOCKERS_FULL, No.NO_LOCKERS, No.NO_SLOTS), "There is no place"),
}


@dataclass(frozen=True, slots=True)
class CallerOption:
    """One option. `until` is the last moment in words; `closed_by` who closes it; `says` what the recipient would read:
    why it is closed, or when the answer comes; `second` why a second person has to agree."""

    kind: str
    title: str
    open: bool
    until: str
    closed_by: str = ""
    says: str = ""
    second: str = ""


def caller_options(asking: Asking, proof: Proof | None, answer_minutes: int) -> tuple[CallerOption, ...]:
    """Every option; how the caller is known decides whether a second person is needed."""
    by_code = proof is not None and proof.by_code
    return tuple(_option(one, asking, by_code, answer_minutes) for one in asking.offer.options)


def _option(option: Option, asking: Asking, by_code: bool, answer_minutes: int) -> CallerOption:
    title = FORMS[option.kind].invitation(asking.situation)
    until = asking.local.by(option.until) if option.until else ""
    if option.because is not None:
        by = CLOSED_BY.get(option.because, "")
        return CallerOption(option.kind.value, title, False, until, by, option.because.value)
    takes_code = needs_code(option.kind, asking.situation)
    need = needs_second(option.kind, takes_code, by_code)
    says = answered(option.kind, asking, answer_minutes)
    return CallerOption(option.kind.value, title, True, until, "", says, need.value if need else "")
