"""Lines with fewer places that look the same."""

from math import cos, hypot, radians

METERS_PER_E7 = 0.011119

Place = tuple[int, int]


def simplified(places: list[Place], tolerance_m: float) -> list[Place]:
    """The line without the places (ten-millionths of a degree) that lie within the tolerance of what is left."""
    if len(places) < 3:
        return places
    shrink = cos(radians(places[0][0] / 1e7))
    flat = [(lat * METERS_PER_E7, lng * METERS_PER_E7 * shrink) for lat, lng in places]
    keep = {0, len(places) - 1}
    waiting = [(0, len(places) - 1)]
    while waiting:
        start, end = waiting.pop()
        if end - start < 2:
            continue
        farthest = max(range(start + 1, end), key=lambda n: _off(flat[n], flat[start], flat[end]))
        if _off(flat[farthest], flat[start], flat[end]) > tolerance_m:
            keep.add(farthest)
            waiting += [(start, farthest), (farthest, end)]
    return [places[n] for n in sorted(keep)]


def _off(point: tuple[float, float], start: tuple[float, float], end: tuple[float, float]) -> float:
    """Meters from the stretch between two places."""
    along = (end[0] - start[0], end[1] - start[1])
    here = (point[0] - start[0], point[1] - start[1])
    length = along[0] ** 2 + along[1] ** 2
    share = 0.0 if not length else max(0.0, min(1.0, (here[0] * along[0] + here[1] * along[1]) / length))
    return hypot(here[0] - share * along[0], here[1] - share * along[1])
