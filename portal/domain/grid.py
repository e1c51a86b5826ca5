"""A grid over the earth whose cells have one number each, so that an ordinary index finds what is near.

Cells are numbered along a Z-order curve (Morton, 1966): the bits of row and column take turns. A square of two by two,
four by four and so on is then one unbroken run of numbers, and a place with its surroundings nine runs, however large.
"""

import math

from portal.domain.geo import METERS_PER_DEGREE

# 131,072 rows and columns: a cell is 153 m from south to north and 306 m wide at the equator.
BITS = 17
SIDE = 1 << BITS
LAT_STEP, LNG_STEP = 180 / SIDE, 360 / SIDE
# Surroundings are searched outwards: squares of 4 cells a side first, of 256 last, each with the squares around it.
FIRST, LAST = 2, 8

Span = tuple[int, int]


def cell_of(lat: float, lng: float) -> int:
    """The number of the cell that holds this place."""
    return _number(*_row_and_column(lat, lng))


def around(lat: float, lng: float, level: int) -> tuple[Span, ...]:
    """The square of `2**level` cells that holds a place and the eight around it, as runs of cells (first, last)."""
    row, column = (place >> level for place in _row_and_column(lat, lng))
    squares = SIDE >> level
    numbers = {
        _number(south, west % squares)
        for south in range(max(row - 1, 0), min(row + 1, squares - 1) + 1)
        for west in range(column - 1, column + 2)
    }
    width = 1 << 2 * level
    return _joined(sorted((number * width, (number + 1) * width - 1) for number in numbers))


def part_of(lat: float, lng: float) -> int:
    """The number of the square of `LAST` level that holds this place: some forty kilometers a side."""
    return cell_of(lat, lng) >> 2 * LAST


def sure_m(lat: float, level: int) -> float:
    """How far from the place nothing can be missing from `around`, in meters: the shorter side of a square there."""
    cells = 1 << level
    farthest = min(abs(lat) + 2 * cells * LAT_STEP, 90.0)
    return METERS_PER_DEGREE * cells * min(LAT_STEP, LNG_STEP * math.cos(math.radians(farthest)))


def next_level(level: int, found: int, wanted: int) -> int:
    """How large the squares must be to hold so many, where nine of this level held only `found`.

    As many lie in a square as in any other, and a circle round the place is about a third of nine squares.
    """
    times = 3.5 * wanted / max(found, 0.7)
    return level + max(round(math.log(times, 4)), 1)


def _row_and_column(lat: float, lng: float) -> tuple[int, int]:
    row = min(int((lat + 90) / LAT_STEP), SIDE - 1)
    return row, int((lng + 180) / LNG_STEP) % SIDE


def _number(row: int, column: int) -> int:
    return _spread(row) << 1 | _spread(column)


def _spread(value: int) -> int:
    """The bits of a number below 2**32, each with an empty one before it."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        value = (value | value << shift) & mask
    return value


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    joined = spans[:1]
    for first, last in spans[1:]:
        if first == joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], last)
        else:
            joined.append((first, last))
    return tuple(joined)
