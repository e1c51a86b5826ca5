"""Which ways of OpenStreetMap a van drives, how fast, and in which direction."""

from collections.abc import Mapping
from dataclasses import dataclass

# What a van really drives on an ordinary day, lights and corners included; km/h by `highway`.
USUAL_KMH = {
    "motorway": 100, "motorway_link": 55, "trunk": 80, "trunk_link": 50, "primary": 60, "primary_link": 40,
    "secondary": 50, "secondary_link": 38, "tertiary": 42, "tertiary_link": 35, "unclassified": 34, "road": 30,
    "residential": 25, "living_street": 10, "service": 14, "track": 12, "pedestrian": 7,
}  # fmt: skip
# Where these may be driven only by some, nobody drives unless a tag lets vans in.
ONLY_WHEN_ALLOWED = {"pedestrian", "track"}
MAIN = {
    kind for kind in USUAL_KMH if kind.startswith(("motorway", "trunk", "primary", "secondary", "tertiary"))
}
# Ways that lead behind houses fill a map and tell nothing.
NOT_DRAWN = {"service", "track"}
# Nobody gets out here to ring at a door.
NO_STOPPING = ("motorway", "trunk_link")

# The most specific tag speaks last.
ACCESS = ("access", "vehicle", "motor_vehicle", "motorcar", "goods")
SHUT = {"no", "agricultural", "forestry", "military", "emergency", "discouraged", "use_sidepath"}
OPEN = {"yes", "permissive", "designated", "destination", "delivery", "private", "customers", "permit"}

# Of a limit that is signed, this much is driven; a high limit does not make a lane of a village a highway.
SHARE_OF_LIMIT = 0.85
ABOVE_USUAL = 1.3
KM_PER_MILE = 1.609
LIMITS = {"walk": 7.0, "living_street": 10.0, "urban": 50.0, "rural": 90.0, "motorway": 120.0, "zone30": 30.0}
SLOWEST_KMH, FASTEST_KMH = 5.0, 130.0

YES, BACK = {"yes", "true", "1"}, {"-1", "reverse"}


@dataclass(frozen=True, slots=True)
class Drive:
    """How a way is driven: km/h, whether with and against its direction, and how it is drawn (empty: not)."""

    kmh: float
    forward: bool
    backward: bool
    stopping: bool
    drawn: str


def drive_of(tags: Mapping[str, str]) -> Drive | None:
    """How a van drives a way with these tags; None where it may not."""
    kind = tags.get("highway", "")
    if kind not in USUAL_KMH or tags.get("area") == "yes" or not _may_drive(kind, tags):
        return None
    forward, backward = _directions(kind, tags)
    drawn = "" if kind in NOT_DRAWN else "main" if kind in MAIN else "street"
    stopping = not kind.startswith(NO_STOPPING) and tags.get("tunnel", "no") == "no"
    return Drive(kmh(kind, tags.get("maxspeed", "")), forward, backward, stopping, drawn)


def kmh(kind: str, maxspeed: str) -> float:
    """What is usually driven on this kind of way under this limit."""
    usual, limit = float(USUAL_KMH[kind]), limit_kmh(maxspeed)
    if limit is None:
        return usual
    return max(SLOWEST_KMH, min(limit * SHARE_OF_LIMIT, usual * ABOVE_USUAL))


def limit_kmh(maxspeed: str) -> float | None:
    """A `maxspeed` as km/h: `50`, `30 mph`, `DE:urban`, `walk`; None for what says nothing."""
    said = maxspeed.split(";")[0].strip().lower()
    number, _, unit = said.partition(" ")
    if not number.isascii():
        return None
    if number.endswith("mph"):
        number, unit = number.removesuffix("mph"), "mph"
    try:
        limit = float(number) * (KM_PER_MILE if unit.strip() == "mph" else 1)
    except ValueError:
        return LIMITS.get(said.rpartition(":")[2])
    # `not <=` also turns away what is no number at all
    return None if not 0 < limit <= FASTEST_KMH * 2 else min(max(limit, SLOWEST_KMH), FASTEST_KMH)


def _may_drive(kind: str, tags: Mapping[str, str]) -> bool:
    said = [tags[name] for name in ACCESS if name in tags]
    last = said[-1] if said else ""
    if kind in ONLY_WHEN_ALLOWED:
        return last in OPEN or (kind == "track" and not last and tags.get("tracktype") == "grade1")
    return last not in SHUT


def _directions(kind: str, tags: Mapping[str, str]) -> tuple[bool, bool]:
    said = tags.get("oneway:motor_vehicle") or tags.get("oneway", "")
    if said in BACK:
        return False, True
    implied = kind == "motorway" or tags.get("junction") in ("roundabout", "circular")
    return True, not (said in YES or (implied and said != "no"))
