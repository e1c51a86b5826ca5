"""Spreads for a depot without a record of its own: by kind of town, level, phase and minutes left.

Each is told as for 40 minutes left in a round with two hours of work; SHAPES says how it changes with both.
Small town: `calibration.learn` from 29 real courier rounds. Dense van: chosen, wider than rounds made of real van
pieces would need (benchmarks/van_day.py), since nobody drove those. docs/windows.md says how such windows did.
"""

Row = tuple[tuple[float, float], ...]

# Powers of minutes left and of work left (spreads.Shape), by kind of town.
SHAPES = {"small_town": (0.13, 0.28, 0.0, 0.4), "dense_van": (0.11, 0.11, 0.17, 0.0)}

TOWN_90: dict[str, Row] = {
    "start": ((0.47, 3.52), (0.52, 5.21), (0.45, 4.50), (0.45, 3.94), (0.45, 3.60), (0.46, 3.51)),
    "stop_done": ((0.71, 3.12), (0.66, 2.68), (0.56, 2.71), (0.55, 2.59), (0.55, 2.52), (0.55, 2.56)),
    "underway": ((0.58, 3.87), (0.40, 4.00), (0.45, 3.19), (0.45, 2.96), (0.44, 2.90), (0.43, 3.00)),
    "overdue": ((0.44, 3.26), (0.45, 4.77), (0.38, 3.73), (0.45, 3.18), (0.44, 3.30), (0.44, 3.18)),
}
TOWN_80: dict[str, Row] = {
    "start": ((0.62, 2.37), (0.65, 2.43), (0.61, 2.68), (0.59, 2.44), (0.60, 2.40), (0.62, 2.36)),
    "stop_done": ((0.83, 1.75), (0.75, 1.77), (0.69, 1.95), (0.66, 1.91), (0.65, 1.92), (0.68, 1.92)),
    "underway": ((0.71, 1.90), (0.61, 2.27), (0.61, 2.10), (0.57, 2.08), (0.56, 2.09), (0.58, 2.09)),
    "overdue": ((0.58, 2.23), (0.52, 2.47), (0.55, 2.32), (0.57, 2.19), (0.58, 2.23), (0.55, 2.25)),
}
VAN_90: dict[str, Row] = {
    "start": ((0.60, 2.40),) * 6,
    "stop_done": ((0.62, 1.85),) * 6,
    "underway": ((0.60, 2.00),) * 6,
    "overdue": ((0.55, 2.30),) * 6,
}
VAN_80: dict[str, Row] = {
    "start": ((0.70, 1.90),) * 6,
    "stop_done": ((0.72, 1.55),) * 6,
    "underway": ((0.70, 1.65),) * 6,
    "overdue": ((0.66, 1.80),) * 6,
}

SPREADS: dict[tuple[str, int], dict[str, Row]] = {
    ("small_town", 90): TOWN_90,
    ("small_town", 80): TOWN_80,
    ("dense_van", 90): VAN_90,
    ("dense_van", 80): VAN_80,
}
