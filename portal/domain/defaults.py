"""Spreads for a depot without a record of its own: by kind of town, level, phase and minutes left.

Small town: learned by `calibration.learn` from 29 real courier rounds; on rounds not learned from, windows
with such spreads held 87 to 91 % of the time in every bucket. Dense van: from real van pieces, with
three unknown breaks; the phases between two stops are widened as in the small town.
"""

from portal.domain.first_leg import Phase

Row = tuple[tuple[float, float], ...]

TOWN_90: dict[Phase, Row] = {
    Phase.START: ((0.49, 5.9), (0.49, 5.9), (0.39, 5.5), (0.45, 4.1), (0.50, 3.4), (0.45, 3.0)),
    Phase.STOP_DONE: ((0.71, 3.3), (0.58, 2.7), (0.56, 3.2), (0.60, 2.55), (0.59, 2.25), (0.56, 2.2)),
    Phase.UNDERWAY: ((0.35, 3.7), (0.31, 4.5), (0.45, 3.35), (0.52, 2.7), (0.56, 2.4), (0.48, 2.2)),
    Phase.OVERDUE: ((0.28, 6.6), (0.28, 6.9), (0.37, 4.6), (0.58, 3.2), (0.59, 2.8), (0.58, 2.3)),
}
TOWN_80: dict[Phase, Row] = {
    Phase.START: ((0.65, 2.55), (0.63, 2.55), (0.55, 3.2), (0.56, 2.45), (0.66, 2.2), (0.74, 1.85)),
    Phase.STOP_DONE: ((0.79, 2.7), (0.64, 2.0), (0.66, 2.0), (0.68, 1.9), (0.69, 1.8), (0.75, 1.7)),
    Phase.UNDERWAY: ((0.41, 2.3), (0.46, 2.65), (0.56, 2.1), (0.62, 2.05), (0.67, 1.95), (0.74, 1.7)),
    Phase.OVERDUE: ((0.37, 4.5), (0.37, 4.5), (0.48, 3.2), (0.64, 2.3), (0.74, 2.15), (0.60, 2.05)),
}
_VAN_90: Row = ((0.50, 2.9), (0.50, 2.5), (0.54, 2.1), (0.59, 1.8), (0.66, 1.65), (0.69, 1.55))
_VAN_80: Row = ((0.57, 2.2), (0.57, 2.0), (0.62, 1.75), (0.67, 1.55), (0.73, 1.45), (0.76, 1.4))


def _van(row: Row) -> dict[Phase, Row]:
    wider = tuple((round(low * 0.75, 2), round(high * 1.25, 2)) for low, high in row)
    widest = tuple((round(low * 0.6, 2), round(high * 1.6, 2)) for low, high in row)
    return {Phase.START: row, Phase.STOP_DONE: row, Phase.UNDERWAY: wider, Phase.OVERDUE: widest}


DEFAULT_SPREADS: dict[tuple[str, int], dict[Phase, Row]] = {
    ("small_town", 90): TOWN_90,
    ("small_town", 80): TOWN_80,
    ("dense_van", 90): _van(_VAN_90),
    ("dense_van", 80): _van(_VAN_80),
}
