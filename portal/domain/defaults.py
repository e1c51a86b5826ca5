"""Spreads for a depot without a record of its own: by kind of town, level, phase and bucket of minutes left."""

from portal.domain.eta import Phase

Row = tuple[tuple[float, float], ...]
_TOWN_90: Row = ((0.62, 3.1), (0.50, 2.6), (0.53, 3.1), (0.58, 2.4), (0.61, 2.2), (0.72, 1.7))
_TOWN_80: Row = ((0.67, 2.6), (0.57, 2.05), (0.62, 2.05), (0.66, 1.9), (0.75, 1.8), (0.78, 1.4))
_VAN_90: Row = ((0.50, 2.9), (0.50, 2.5), (0.54, 2.1), (0.59, 1.8), (0.66, 1.65), (0.69, 1.55))
_VAN_80: Row = ((0.57, 2.2), (0.57, 2.0), (0.62, 1.75), (0.67, 1.55), (0.73, 1.45), (0.76, 1.4))

DEFAULT_SPREADS: dict[tuple[str, int], dict[Phase, Row]] = {
    ("small_town", 90): dict.fromkeys(Phase, _TOWN_90),
    ("small_town", 80): dict.fromkeys(Phase, _TOWN_80),
    ("dense_van", 90): dict.fromkeys(Phase, _VAN_90),
    ("dense_van", 80): dict.fromkeys(Phase, _VAN_80),
}
