"""A shipper's own words for a notice: what they may hold, what is wrong with them and on which line.

They are templates of the same sandbox as ours, but smaller: names and conditions only. So none can loop for ever,
call anything, reach into values or read a file.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from jinja2 import Environment, TemplateSyntaxError, nodes

from notifications.notice import Notice


class Part(StrEnum):
    """Which words of a message: the whole text, an email's subject, its headline, or its paragraphs."""

    SMS = "sms"
    SUBJECT = "subject"
    HEADLINE = "headline"
    SAYS = "says"


Wordings = Mapping[tuple[str, str, str], str]

LONGEST = {Part.SMS: 500, Part.SUBJECT: 200, Part.HEADLINE: 200, Part.SAYS: 3000}
ONE_LINE = {Part.SUBJECT, Part.HEADLINE, Part.SMS}

# What words may name, and what each is. Names of neighbors and places stay out of texts: phones show them to anybody.
SPEAKS_OF = {
    "sender": "the brand, with how many parcels if several",
    "shipper": "the brand",
    "link": "the recipient's page",
    "window": "from when to when",
    "happened_at": "when it happened",
    "reference": "the shipment's reference",
    "pickup_until": "until when it can be picked up",
    "change_until": "until when the depot answers",
    "how": "who or what got it: recipient, household, neighbor, safe_place, mailbox, locker, reception",
    "change_kind": "the kind of change: neighbor, locker, new_window ...",
    "reason": "dispatch's reason, such as consignee_not_home",
    "how_many": "how many parcels, in words; empty for one",
}
ONLY_IN_EMAIL = {
    "neighbor": "the neighbor",
    "locker": "the locker's name",
    "locker_address": "where the locker is",
    "place": "the spot",
    "refusal": "dispatch's own sentence",
}
# Their words are bound by a browser's rule and must stay as they are.
NOT_OURS_TO_CHANGE = {Notice.ONE_TIME_CODE}

ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
)
CALLED = {
    nodes.For: "A loop",
    nodes.Call: "A call",
    nodes.Filter: "A filter",
    nodes.Getattr: "A dot",
    nodes.Getitem: "A bracket",
    nodes.Include: "An include",
    nodes.Extends: "An extends",
    nodes.Block: "A block",
    nodes.Assign: "A set",
    nodes.Macro: "A macro",
    nodes.Import: "An import",
    nodes.FromImport: "An import",
}


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a wording, on which line (from 1), and what would be right."""

    line: int
    because: str


PARSER = Environment(autoescape=True)
CONDITIONS_ONLY = re.compile(r"(\{%[^%]*%\}\s*)+")


def names_of(part: Part) -> dict[str, str]:
    """What the words of this part may name, with what each is."""
    return SPEAKS_OF if part is Part.SMS else SPEAKS_OF | ONLY_IN_EMAIL


def problems(notice: Notice, part: Part, text: str) -> list[Wrong]:
    """Everything that is wrong with a wording as it is written; what it reads like is the lint's to say."""
    if notice in NOT_OURS_TO_CHANGE:
        return [Wrong(1, "The words of one-time codes cannot be changed: phones read them.")]
    if not text.strip():
        return [Wrong(1, "There are no words. Take the wording away to use ours.")]
    if len(text) > LONGEST[part]:
        return [Wrong(1, f"This is too long: at most {LONGEST[part]} characters.")]
    if part in ONE_LINE and "\n" in text.strip():
        return [Wrong(2, "This must be one line.")]
    try:
        tree = PARSER.parse(text)
    except TemplateSyntaxError as error:
        return [Wrong(error.lineno, f"This cannot be read: {error.message}.")]
    except RecursionError:
        return [Wrong(1, "This is nested too deep.")]
    return list(_found(tree, names_of(part)))


def _found(tree: nodes.Template, names: Mapping[str, str]) -> Iterator[Wrong]:
    for node in _all(tree):
        if not isinstance(node, ALLOWED):
            what = CALLED.get(type(node), f"{type(node).__name__} is something that")
            yield Wrong(node.lineno, f"{what} is not possible here: only names and conditions are.")
            return
        if isinstance(node, nodes.Name) and node.name not in names:
            yield Wrong(node.lineno, f"There is no {node.name!r}. There is: {', '.join(names)}.")


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def as_template(part: Part, text: str, ours: str) -> str:
    """The template of an email whose headline or paragraphs are the shipper's; `ours` is the one it stands on.

    Paragraphs are the lines of the text. Nothing of it can end the block it stands in: `problems` let it through.
    """
    lines = [line.strip() for line in text.strip().splitlines() if line.strip()]
    if ours.endswith(".html") and part is Part.SAYS:
        lines = [line if CONDITIONS_ONLY.fullmatch(line) else f"<p>{line}</p>" for line in lines]
    said = "\n".join(lines)
    return f'{{% extends "{ours}" %}}{{% block {part} %}}{said}\n{{% endblock %}}'


@lru_cache(maxsize=4096)
def is_sound(notice: str, part: str, text: str) -> bool:
    """Whether a stored wording may still be used: ours may have changed since it was saved."""
    return not problems(Notice(notice), Part(part), text)
