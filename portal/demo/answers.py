"""How the demo's dispatcher answers a wish: mostly yes, sometimes no, and then with a reason."""

from collections.abc import Callable
from dataclasses import dataclass

HEAVY_G = 15_000
TOO_FAR_M = 1_800
TOO_CLOSE_STOPS = 1


@dataclass(frozen=True, slots=True)
class Wish:
    """What dispatch knows when a wish comes in; `stops_before` is None while the parcel is on no van."""

    kind: str
    heaviest_g: int
    stops_before: int | None = None
    headed_there: bool = False
    detour_m: float = 0.0
    same_day: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes, or no with a code for machines and a sentence for people."""

    accepted: bool
    reason_code: str = ""
    reason: str = ""


# The first line that fits is the answer.
REFUSALS: tuple[tuple[Callable[[Wish], bool], str, str], ...] = (
    (
        lambda wish: wish.headed_there,
        "driver_on_the_way",
        "The driver is already on the way to your door.",
    ),
    (
        lambda wish: wish.kind == "locker" and wish.detour_m > TOO_FAR_M,
        "not_on_the_round",
        "This locker is not on the driver's round today. Please choose one nearer to you.",
    ),
    (
        lambda wish: wish.kind == "locker" and (wish.stops_before or 9) <= TOO_CLOSE_STOPS,
        "too_close",
        "The van is only one stop away from you, and the locker lies behind it.",
    ),
    (
        lambda wish: wish.kind == "neighbor" and wish.heaviest_g > HEAVY_G,
        "too_heavy",
        "Your parcel is too heavy to hand to a neighbor.",
    ),
    (
        lambda wish: wish.kind == "new_window" and wish.same_day and wish.stops_before is not None,
        "already_loaded",
        "Your parcel is loaded on a van that is on the road all day. Please choose another day.",
    ),
)


def answer(wish: Wish) -> Answer:
    """What this dispatcher says."""
    for fits, code, sentence in REFUSALS:
        if fits(wish):
            return Answer(False, code, sentence)
    return Answer(True)
