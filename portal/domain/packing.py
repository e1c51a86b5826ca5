"""Whether boxes fit into a box: found by putting them in, so that a yes is never a guess."""

from collections.abc import Callable
from functools import lru_cache
from itertools import permutations

Sides = tuple[int, int, int]
# More than these in one compartment is nothing a driver tries.
MOST_TOGETHER = 20


@lru_cache(maxsize=4096)
def fit_together(boxes: tuple[Sides, ...], room: Sides) -> bool:
    """Whether all boxes go into the room at once, turned as needed; sides in millimeters, 0 where unknown.

    The largest goes into a corner first, then the longest; what is left of the room is cut into three, the smallest
    piece is tried first. Cautious: it may miss a clever arrangement, but what it says fits does fit.
    """
    if len(boxes) > MOST_TOGETHER or sum(map(_volume, boxes)) > _volume(room):
        return False
    return any(_fit(sorted(boxes, key=order, reverse=True), room) for order in ORDERS)


def _fit(boxes: list[Sides], room: Sides) -> bool:
    rooms = [room]
    for box in boxes:
        found = _place(box, rooms)
        if found is None:
            return False
        rooms = found
    return True


def _place(box: Sides, rooms: list[Sides]) -> list[Sides] | None:
    """The rooms that are left once the box is in the tightest one, lying so that the largest piece stays whole."""
    best: tuple[int, list[Sides]] | None = None
    for place in sorted(range(len(rooms)), key=lambda one: _volume(rooms[one])):
        for x, y, z in set(permutations(box)):
            for left in _cuts((x, y, z), rooms[place]):
                largest = max(map(_volume, left), default=0)
                if best is None or largest > best[0]:
                    best = largest, rooms[:place] + left + rooms[place + 1 :]
        if best:
            return best[1]
    return None


def _cuts(box: Sides, room: Sides) -> list[list[Sides]]:
    """The ways to cut what is left of a room beside, behind and above a box in its corner; none if it is too large."""
    (x, y, z), (a, b, c) = box, room
    if x > a or y > b or z > c:
        return []
    ways = [
        [(a - x, b, c), (x, b - y, c), (x, y, c - z)],
        [(a - x, b, c), (x, b, c - z), (x, b - y, z)],
        [(a, b - y, c), (a - x, y, c), (x, y, c - z)],
        [(a, b - y, c), (a, y, c - z), (a - x, y, z)],
        [(a, b, c - z), (a - x, b, z), (x, b - y, z)],
        [(a, b, c - z), (a, b - y, z), (a - x, y, z)],
    ]
    return [[piece for piece in way if all(piece)] for way in ways]


def _volume(sides: Sides) -> int:
    return sides[0] * sides[1] * sides[2]


ORDERS: tuple[Callable[[Sides], tuple[int, ...]], ...] = (
    lambda box: (_volume(box), max(box)),
    lambda box: tuple(sorted(box, reverse=True)),
)
