"""All rules there are, as a page shows them: what each means, its bounds, its usual value, and what a shipper set."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from portal.domain import rule_words
from portal.domain.kinds import KINDS
from portal.domain.rules import ShipperRules
from portal.domain.visibility import DEFAULT_RULES, Element, Measure, Rule
from portal.flows.shipper_rules import NONE, RULES, Setter, setter_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A rule in words: `says` is what would be right, `usual` what it is where nobody set it."""

    name: str
    group: str
    label: str
    meaning: str
    says: str
    usual: str
    choices: tuple[str, ...]


def all_rules(stored: Mapping[str, str]) -> list[Shown]:
    """Every rule; of a family all its parts, and those that are stored."""
    found = [_shown(name, setter) for name in _names(stored) if (setter := setter_of(name)) is not None]
    order = list(dict.fromkeys(one.group for one in found))
    return sorted(found, key=lambda one: order.index(one.group))


def _names(stored: Mapping[str, str]) -> Iterator[str]:
    for name, setter in RULES.items():
        family, dot, _ = name.partition(".")
        if not dot:
            yield name
            continue
        parts = tuple(getattr(setter, "parts", ()))
        kept = [one.partition(".")[2] for one in stored if one.partition(".")[0] == family]
        for part in dict.fromkeys((*parts, *kept)):
            yield f"{family}.{part}"


def _shown(name: str, setter: Setter) -> Shown:
    part = name.partition(".")[2]
    says, choices = setter.says_of(part), tuple(getattr(setter, "choices", ()))
    group, label, meaning = (tell(name) for tell in (rule_words.group, rule_words.label, rule_words.meaning))
    return Shown(name, group, label, meaning, says, usual(name), choices)


def usual(name: str) -> str:
    """What a rule is where nobody set it, in the words that would set it; empty where that is not known."""
    family, _, part = name.partition(".")
    if family in ("notice_minutes", "notice_stops"):
        kinds = {kind.value: rule for kind, rule in KINDS.items()}
        return str(getattr(kinds[part], family)) if part in kinds else ""
    if family == "map" and part in set(Element):
        return _appears(DEFAULT_RULES[Element(part)])
    value: Any = getattr(ShipperRules(), family, None)
    if part:
        value = value.get(part) if isinstance(value, Mapping) else getattr(value, part, None)
    return _words(value)


def _appears(rule: Rule) -> str:
    always = rule.measure in (Measure.NEVER, Measure.ALWAYS)
    return rule.measure.value if always else f"{rule.measure.value}:{rule.limit:g}"


def _words(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, frozenset | set | tuple | list):
        return ",".join(sorted(map(str, value))) or NONE
    return f"{value:g}" if isinstance(value, float) else str(value)
