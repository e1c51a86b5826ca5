"""What phones and trackers say, in their own units, as fixes in ours.

OwnTracks: https://owntracks.org/booklet/tech/json/ (km/h, seconds). Traccar Client: https://www.traccar.org/osmand/
(query and form: knots; JSON: m/s). Traccar server: `forward.type=json` (knots).
"""

import math
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from portal.domain.fixes import Fix
from portal.web.errors import ApiError

MOST_FIXES = 1_000
KNOT_MPS = 1852 / 3600
KMH_MPS = 1 / 3.6
FASTEST_MPS = 200.0
WORST_METERS = 100_000.0
FIRST_SECOND, LAST_SECOND = 946_684_800, 4_102_444_800
SECONDS_END_AT = 2**31


class Unread(ValueError):
    """What stands there is no position; the sentence says what would be one."""


def body_of(raw: bytes) -> Any:
    """The JSON of a body; an empty one is None."""
    if not raw.strip():
        return None
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError as error:
        raise ApiError(400, "The body is not JSON.") from error


def each(items: Any, read: Callable[[Any], Fix | None]) -> list[Fix]:
    """The fixes of one item or of a list; bad ones do not sink the others, but nothing good is told as an error."""
    several = items if isinstance(items, list) else [items]
    if len(several) > MOST_FIXES:
        raise ApiError(413, f"At most {MOST_FIXES} positions a call.", limit_items=MOST_FIXES)
    found, wrong = [], ""
    for item in several:
        try:
            fix = read(item)
        except Unread as error:
            wrong = wrong or str(error)
        else:
            found += [fix] if fix else []
    if wrong and not found:
        raise ApiError(422, wrong)
    return found


def owntracks(item: Any) -> Fix | None:
    """A message of OwnTracks; None for all that is no location (steps, waypoints, the app's last words)."""
    said = _object(item)
    if said.get("_type") != "location":
        return None
    return _fix(
        said,
        ("lat", "lon"),
        _moment(said, "tst"),
        accuracy=_number(said.get("acc"), 0, WORST_METERS),
        speed=_speed(said.get("vel"), KMH_MPS),
        heading=_number(said.get("cog"), 0, 360),
    )


def osmand_query(said: Mapping[str, str], now: datetime) -> Fix | None:
    """The query or form of Traccar Client; None when the phone itself says that it does not know where it is."""
    if said.get("valid", "true").lower() in ("false", "0"):
        return None
    if "location" in said:
        lat, _, lng = said["location"].partition(",")
        said = {**said, "lat": lat, "lon": lng}
    return _fix(
        said,
        ("lat", "lon"),
        _moment(said, "timestamp") if said.get("timestamp") else now,
        accuracy=_number(said.get("accuracy"), 0, WORST_METERS),
        speed=_speed(said.get("speed"), KNOT_MPS),
        heading=_number(said.get("bearing", said.get("heading")), 0, 360),
    )


def osmand_json(item: Any) -> Fix | None:
    """One `location` of Traccar Client 9 and later; None without coordinates, as it says when it is only alive."""
    said = _object(item)
    if said.get("coords") is None:
        return None
    place = _object(said["coords"])
    return _fix(
        place,
        ("latitude", "longitude"),
        _moment(said, "timestamp"),
        accuracy=_number(place.get("accuracy"), 0, WORST_METERS),
        speed=_speed(place.get("speed"), 1.0),
        heading=_number(place.get("heading"), 0, 360),
    )


def traccar(item: Any) -> Fix | None:
    """A position that a Traccar server forwards; None when the device had no satellites."""
    said = _object(_object(item).get("position"))
    if said.get("valid") is False:
        return None
    return _fix(
        said,
        ("latitude", "longitude"),
        _moment(said, "fixTime" if said.get("fixTime") is not None else "deviceTime"),
        accuracy=_number(said.get("accuracy"), 0, WORST_METERS),
        speed=_speed(said.get("speed"), KNOT_MPS),
        heading=_number(said.get("course"), 0, 360),
    )


def _fix(
    said: Mapping[str, Any],
    names: tuple[str, str],
    at: datetime,
    *,
    accuracy: float | None,
    speed: float | None,
    heading: float | None,
) -> Fix:
    lat, lng = (_number(said.get(name), -most, most) for name, most in zip(names, (90, 180), strict=True))
    if lat is None or lng is None:
        raise Unread(f"{names[0]} and {names[1]} are needed, in degrees.")
    # nobody knows a place to the millimeter: apps write 0 for an accuracy that they do not know
    return Fix(lat, lng, at, accuracy or None, speed, heading)


def _object(item: Any) -> Mapping[str, Any]:
    if not isinstance(item, dict):
        raise Unread("An object is needed here.")
    return item


def _number(value: Any, least: float, most: float) -> float | None:
    """The number, also as text; None when it is none or out of range, as apps write -1 for what they do not know."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and least <= number <= most else None


def _speed(value: Any, factor: float) -> float | None:
    found = _number(value, 0, FASTEST_MPS / factor)
    return None if found is None else found * factor


def _moment(said: Mapping[str, Any], name: str) -> datetime:
    """A time in seconds, milliseconds (from 2038 on, as Traccar reads it) or words; without offset it is UTC."""
    value = said.get(name)
    seconds = _number(value, -math.inf, math.inf)
    if seconds is not None:
        seconds = seconds if seconds < SECONDS_END_AT else seconds / 1000
        at = datetime.fromtimestamp(seconds, UTC) if FIRST_SECOND <= seconds < LAST_SECOND else None
    else:
        at = _written(value) if isinstance(value, str) else None
    if at is None:
        raise Unread(f"{name} is needed: a time of this century, as seconds, milliseconds or ISO 8601.")
    return at


def _written(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    if not 2000 < at.year < 2100:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
