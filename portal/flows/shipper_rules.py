"""What a shipper allows, set by an operator as words like `hold_days=7`; every value is looked at first."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session

from portal.domain.change import IfUnanswered, Kind
from portal.domain.retention import LIMITS
from portal.domain.visibility import Element, Measure
from portal.flows import set_up
from portal.flows.operate_terms import Several, SpeakingKit, Wrong
from portal.store import shippers

# As browsers name them; the header that carries them has no room for anything else. Without TLS only on this computer.
ORIGIN = re.compile(
    r"https://(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}(?::[0-9]{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?"
)
MOST_ORIGINS = 10
# The word that takes a rule back.
USUAL = "usual"
# The word for a list that is empty on purpose.
NONE = "none"


class Setter(Protocol):
    """Reads a rule's words into the rules; `says_of` tells what is right, `parts` what a family's names end in."""

    def says_of(self, part: str) -> str: ...
    @property
    def parts(self) -> tuple[str, ...]: ...
    def __call__(self, rules: dict[str, Any], name: str, text: str) -> None: ...


@dataclass(frozen=True)
class Read:
    """A rule whose words one function makes into its value."""

    read: Callable[[str, str], Any]
    says: str
    parts: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    bounds: Mapping[str, tuple[int, int]] = field(default_factory=dict)

    def says_of(self, part: str) -> str:
        """What would be right for one part of a family; some are numbers where others are not."""
        return _between(*self.bounds[part]) if part in self.bounds else self.says

    def __call__(self, rules: dict[str, Any], name: str, text: str) -> None:
        """Put the value of these words in the rule's place."""
        family, dot, part = name.partition(".")
        value = self.read(name, text)
        rules[family] = rules.get(family, {}) | {part: value} if dot else value


def whole(least: int, most: int, parts: tuple[str, ...] = ()) -> Read:
    """A rule that is a whole number, or a family of such rules."""

    def read(name: str, text: str) -> int:
        if parts and name.partition(".")[2] not in parts:
            family, _, part = name.partition(".")
            raise Wrong(f"{part!r} is no part of {family}; there are {', '.join(parts)}.", name)
        return _whole(name, text, least, most)

    return Read(read, _between(least, most), parts)


def _between(least: int, most: int) -> str:
    return f"a whole number from {least} to {most:,}"


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or not least <= int(text) <= most:
        raise Wrong(f"{name} is {_between(least, most)}, not {text!r}.", name)
    return int(text)


def _kinds(name: str, text: str) -> list[str]:
    words = [word.strip() for word in text.split(",") if word.strip()]
    return [] if words == [NONE] else [_kind(word, name).value for word in words]


def _kind(word: str, name: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise Wrong(f"{word!r} is no kind of change; there are {', '.join(Kind)}.", name) from None


def _silence(name: str, text: str) -> str:
    if text not in set(IfUnanswered):
        raise Wrong(f"{name} is {' or '.join(IfUnanswered)}, not {text!r}.", name)
    return text


def _level(name: str, text: str) -> int:
    if text not in ("0", "80", "90"):
        raise Wrong(f"{name} is 80 or 90, or 0 for the house's own, not {text!r}.", name)
    return int(text)


def _origins(name: str, text: str) -> list[str]:
    origins = [origin.strip().rstrip("/").lower() for origin in text.split(",") if origin.strip()]
    if origins == [NONE]:
        return []
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise Wrong(f"{name} are origins such as https://shop.example, by commas, not {origin!r}.", name)
    if len(origins) > MOST_ORIGINS:
        raise Wrong(f"{name} are at most {MOST_ORIGINS}.", name)
    return sorted(set(origins))


def _by_kind(most: int) -> Read:
    def read(name: str, text: str) -> int:
        _kind(name.partition(".")[2], name)
        return _whole(name, text, 0, most)

    return Read(read, _between(0, most), tuple(Kind))


# The most of each measure by which an element may appear.
FARTHEST = {Measure.STOPS: 200, Measure.MINUTES: 600, Measure.METERS: 50_000}
# From and to how many meters; a finer map would show at whose door a van stands.
MAP_METERS = {"blur_m": (100, 2_000), "near_blur_m": (25, 2_000), "near_m": (0, 2_000)}


def _map(name: str, text: str) -> Any:
    part = name.partition(".")[2]
    if part in MAP_METERS:
        return _whole(name, text, *MAP_METERS[part])
    if part in set(Element):
        return _appears(name, text)
    raise Wrong(f"{name!r} is no rule of the map; there are {', '.join((*Element, *MAP_METERS))}.", name)


def _appears(name: str, text: str) -> str | dict[str, int]:
    """`never`, `always`, or `stops:10`."""
    measure, colon, limit = text.partition(":")
    if measure in FARTHEST and colon:
        return {measure: _whole(name, limit, 1, FARTHEST[Measure(measure)])}
    if text in (Measure.NEVER, Measure.ALWAYS):
        return text
    raise Wrong(
        f"{name} is never, always, or one like stops:10, minutes:30, meters:2000, not {text!r}.", name
    )


def _keep(name: str, text: str) -> int:
    part = name.partition(".")[2]
    if part not in LIMITS:
        raise Wrong(f"{name!r} is no rule of keeping; there are {', '.join(LIMITS)}.", name)
    return _whole(name, text, *LIMITS[part])


KEEP_SAID = "a whole number"
KINDS_SAID = f"kinds of change, by commas: {', '.join(Kind)}; or {NONE}"
MAP_SAID = "never, always, or one like stops:10, minutes:30, meters:2000"
# What a shipper may set, by name; a family's names end in one of its parts. The page of rules shows all of them.
RULES: dict[str, Setter] = {
    "forbids": Read(_kinds, KINDS_SAID),
    "at_once": Read(_kinds, KINDS_SAID),
    "if_unanswered": Read(_silence, "refuse or accept", choices=tuple(IfUnanswered)),
    "answer_minutes": whole(0, 10_080),
    "changes_per_shipment": whole(0, 20),
    "neighbor_minutes": whole(5, 1_440),
    "hold_days": whole(1, 60),
    "extend_hours": whole(0, 168),
    "keep_days": whole(1, 60),
    "overflow_m": whole(0, 50_000),
    "late_minutes": whole(0, 240),
    "stalled_hours": whole(1, 336),
    "unanswered_percent": whole(1, 100),
    "pickup_hours": whole(1, 168),
    "far_m": whole(50, 50_000),
    "level": Read(_level, "80 or 90, or 0 for the house's own", choices=("0", "80", "90")),
    "embed_origins": Read(
        _origins, f"at most {MOST_ORIGINS} origins such as https://shop.example, by commas"
    ),
    "notice_minutes.KIND": _by_kind(10_080),
    "notice_stops.KIND": _by_kind(8),
    "map.PART": Read(_map, MAP_SAID, (*Element, *MAP_METERS), bounds=MAP_METERS),
    "keep.PART": Read(_keep, KEEP_SAID, tuple(LIMITS), bounds=LIMITS),
}


def set_rules(kit: SpeakingKit, slug: str, words: Sequence[str]) -> list[str]:
    """Set rules given as NAME=VALUE, or none; returns the shipper's rules to print. Raises `Wrong`."""
    wanted = {}
    for word in words:
        name, given, text = word.partition("=")
        if not given or setter_of(name) is None:
            raise Wrong(f"{word!r} is no rule; give NAME=VALUE, where NAME is {', '.join(RULES)}.")
        wanted[name] = text.strip()
    with kit.transaction() as session:
        shipper = shippers.by_slug(session, slug)
        if shipper is None:
            raise Wrong(f"there is no shipper {slug!r}.")
        rules = put_rules(session, set_up.OPERATOR, shipper.id, wanted, kit.now())
    if not rules:
        return [f"{slug} has the usual rules."]
    return [f"{name}={value}" for name, value in sorted(rules.items())]


def put_rules(
    session: Session, by: str, shipper_id: int, wanted: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """Put these words in place of a shipper's rules of the same names; `usual` takes a rule back.

    Returns all its rules as words. Raises `Wrong` that names every rule which does not fit, and then keeps none.
    """
    before = shippers.stored_rules(session, shipper_id, hold=True) or {}
    rules = {name: dict(value) if isinstance(value, dict) else value for name, value in before.items()}
    wrong = {}
    for name, text in wanted.items():
        try:
            _put(rules, name, text)
        except Wrong as error:
            wrong[name] = str(error)
    if wrong:
        raise Several(wrong)
    if rules != before:
        shippers.set_rules(session, shipper_id, rules)
        set_up.note(session, by, shipper_id, "rules", now, before=in_words(before), after=in_words(rules))
    return in_words(rules)


def _put(rules: dict[str, Any], name: str, text: str) -> None:
    setter = setter_of(name)
    if setter is None:
        raise Wrong(f"{name!r} is no rule; there are {', '.join(RULES)}.", name)
    if text != USUAL:
        setter(rules, name, text)
        return
    family, dot, part = name.partition(".")
    if not dot:
        rules.pop(name, None)
    elif isinstance(rules.get(family), dict):
        rules[family].pop(part, None)
        if not rules[family]:
            del rules[family]


def in_words(rules: Mapping[str, Any]) -> dict[str, str]:
    """Stored rules by name, each in the words that set it."""
    return {name: shown(value) for name, value in flat(rules).items()}


def setter_of(name: str) -> Setter | None:
    """Who reads the rule of this name; None where there is no such rule."""
    family, dot, _ = name.partition(".")
    if not dot:
        return RULES.get(name)
    return RULES.get(f"{family}.KIND") or RULES.get(f"{family}.PART")


def flat(rules: Mapping[str, Any]) -> dict[str, Any]:
    """The rules as stored, each family's by its own name: `notice_stops.locker`."""
    flat: dict[str, Any] = {}
    for name, value in rules.items():
        flat |= (
            {f"{name}.{kind}": one for kind, one in value.items()}
            if isinstance(value, dict)
            else {name: value}
        )
    return flat


def shown(value: Any) -> str:
    """A stored value in the words that set it."""
    if isinstance(value, dict):
        return ",".join(f"{measure}:{limit}" for measure, limit in value.items())
    return (",".join(map(str, value)) or NONE) if isinstance(value, list) else str(value)
