"""What a shipper allows, set by an operator as words like `hold_days=7`; every value is looked at first."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.change import IfUnanswered, Kind
from portal.domain.visibility import Element, Measure
from portal.flows.operate import Kit, Wrong
from portal.store import shippers

# As browsers name them; the header that carries them has no room for anything else. Without TLS only on this computer.
ORIGIN = re.compile(
    r"https://(?:[a-z0-9-]{1,63}\.)+[a-z0-9-]{2,63}(?::[0-9]{1,5})?|http://(?:localhost|127\.0\.0\.1)(?::[0-9]{1,5})?"
)
MOST_ORIGINS = 10

Setter = Callable[[dict[str, Any], str, str], None]


def _number(least: int, most: int) -> Setter:
    def put(rules: dict[str, Any], name: str, text: str) -> None:
        rules[name] = _whole(name, text, least, most)

    return put


def _whole(name: str, text: str, least: int, most: int) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9 or not least <= int(text) <= most:
        raise Wrong(f"{name} is a whole number from {least} to {most:,}, not {text!r}.")
    return int(text)


def _kinds(rules: dict[str, Any], name: str, text: str) -> None:
    rules[name] = [_kind(word).value for word in text.split(",") if word]


def _kind(word: str) -> Kind:
    try:
        return Kind(word)
    except ValueError:
        raise Wrong(f"{word!r} is no kind of change; there are {', '.join(Kind)}.") from None


def _silence(rules: dict[str, Any], name: str, text: str) -> None:
    if text not in set(IfUnanswered):
        raise Wrong(f"{name} is {' or '.join(IfUnanswered)}, not {text!r}.")
    rules[name] = text


def _level(rules: dict[str, Any], name: str, text: str) -> None:
    if text not in ("0", "80", "90"):
        raise Wrong(f"{name} is 80 or 90, or 0 for the house's own, not {text!r}.")
    rules[name] = int(text)


def _origins(rules: dict[str, Any], name: str, text: str) -> None:
    origins = [origin.strip().rstrip("/").lower() for origin in text.split(",") if origin.strip()]
    for origin in origins:
        if not ORIGIN.fullmatch(origin):
            raise Wrong(f"{name} are origins such as https://shop.example, by commas, not {origin!r}.")
    if len(origins) > MOST_ORIGINS:
        raise Wrong(f"{name} are at most {MOST_ORIGINS}.")
    rules[name] = sorted(set(origins))


def _by_kind(most: int) -> Setter:
    def put(rules: dict[str, Any], name: str, text: str) -> None:
        family, _, kind = name.partition(".")
        value = {_kind(kind).value: _whole(name, text, 0, most)}
        rules[family] = rules.get(family, {}) | value

    return put


# The most of each measure by which an element may appear.
FARTHEST = {Measure.STOPS: 200, Measure.MINUTES: 600, Measure.METERS: 50_000}
# From and to how many meters; a finer map would show at whose door a van stands.
MAP_METERS = {"blur_m": (100, 2_000), "near_blur_m": (25, 2_000), "near_m": (0, 2_000)}


def _map(rules: dict[str, Any], name: str, text: str) -> None:
    part = name.partition(".")[2]
    if part in MAP_METERS:
        value: Any = _whole(name, text, *MAP_METERS[part])
    elif part in set(Element):
        value = _appears(name, text)
    else:
        raise Wrong(f"{name!r} is no rule of the map; there are {', '.join((*Element, *MAP_METERS))}.")
    rules["map"] = rules.get("map", {}) | {part: value}


def _appears(name: str, text: str) -> str | dict[str, int]:
    """`never`, `always`, or `stops:10`."""
    measure, colon, limit = text.partition(":")
    if measure in FARTHEST and colon:
        return {measure: _whole(name, limit, 1, FARTHEST[Measure(measure)])}
    if text in (Measure.NEVER, Measure.ALWAYS):
        return text
    raise Wrong(f"{name} is never, always, or one like stops:10, minutes:30, meters:2000, not {text!r}.")


RULES: dict[str, Setter] = {
    "forbids": _kinds,
    "at_once": _kinds,
    "if_unanswered": _silence,
    "answer_minutes": _number(0, 10_080),
    "changes_per_shipment": _number(0, 20),
    "neighbor_minutes": _number(5, 1_440),
    "hold_days": _number(1, 60),
    "extend_hours": _number(0, 168),
    "keep_days": _number(1, 60),
    "overflow_m": _number(0, 50_000),
    "level": _level,
    "embed_origins": _origins,
    "notice_minutes.KIND": _by_kind(10_080),
    "notice_stops.KIND": _by_kind(8),
    "map.PART": _map,
}


def set_rules(kit: Kit, slug: str, words: Sequence[str]) -> list[str]:
    """Set rules given as NAME=VALUE, or none; returns the shipper's rules to print. Raises `Wrong`."""
    with kit.transaction() as session:
        rules = _stored(session, slug)
        for word in words:
            name, given, text = word.partition("=")
            setter = _setter(name)
            if not given or setter is None:
                raise Wrong(f"{word!r} is no rule; give NAME=VALUE, where NAME is {', '.join(RULES)}.")
            setter(rules, name, text.strip())
        if words:
            known = shippers.by_slug(session, slug)
            shippers.set_rules(session, known.id if known else 0, rules)
    if not rules:
        return [f"{slug} has the usual rules."]
    return [f"{name}={_shown(value)}" for name, value in sorted(_flat(rules).items())]


def _setter(name: str) -> Setter | None:
    family, dot, _ = name.partition(".")
    if not dot:
        return RULES.get(name)
    return RULES.get(f"{family}.KIND") or RULES.get(f"{family}.PART")


def _stored(session: Session, slug: str) -> dict[str, Any]:
    rules = shippers.stored_rules(session, slug)
    if rules is None:
        raise Wrong(f"there is no shipper {slug!r}.")
    return dict(rules)


def _flat(rules: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in rules.items():
        flat |= (
            {f"{name}.{kind}": one for kind, one in value.items()}
            if isinstance(value, dict)
            else {name: value}
        )
    return flat


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ",".join(f"{measure}:{limit}" for measure, limit in value.items())
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
