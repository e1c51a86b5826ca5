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
from markupsafe import escape

from notifications.notice import CODES, TO_NEIGHBORS, Notice
from notifications.readings import TooManyWays, readings


class Part(StrEnum):
    """Which words of a message: the whole text, an email's subject, its headline, or its paragraphs."""

    SMS = "sms"
    SUBJECT = "subject"
    HEADLINE = "headline"
    SAYS = "says"


# By language, notice and part.
Wordings = Mapping[tuple[str, str, str], str]
OURS_ALONE: Wordings = {}

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
    "by_phone": "that a caller asked our support for the change, for a condition",
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
# Phones read the first, people are warned by the second, agents say the next two in their own or the shipper's words,
# and to a neighbor the house speaks and no shop.
NOT_OURS_TO_CHANGE = {
    *CODES,
    Notice.CONTACT_CHANGED,
    Notice.AGENT_WRITES,
    Notice.MADE_GOOD,
    *TO_NEIGHBORS,
}

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
TAG = re.compile(r"(\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\})", re.DOTALL)
CONDITIONS_ONLY = re.compile(r"(\{%[^%]*%\}\s*)+")


def names_of(part: Part) -> dict[str, str]:
    """What the words of this part may name, with what each is."""
    return SPEAKS_OF if part is Part.SMS else SPEAKS_OF | ONLY_IN_EMAIL


def problems(notice: Notice, part: Part, text: str) -> list[Wrong]:
    """Everything that is wrong with a wording as it is written; what it reads like is the lint's to say."""
    if notice in NOT_OURS_TO_CHANGE:
        return [Wrong(1, "The words of this message cannot be changed.")]
    if not text.strip():
        return [Wrong(1, "There are no words. Take the wording away to use ours.")]
    if len(text) > LONGEST[part]:
        return [Wrong(1, f"This is too long: at most {LONGEST[part]} characters.")]
    if part in ONE_LINE and "\n" in text.strip():
        return [Wrong(2, "This must be one line.")]
    try:
        # what stands in a raw passage looks like a tag to us and is none
        raw = next((line for line, kind, _ in PARSER.lex(text) if kind == "raw_begin"), None)
        if raw is not None:
            return [Wrong(raw, "A raw passage is not possible here: only names and conditions are.")]
        tree = PARSER.parse(text)
        found = list(_found(tree, names_of(part)))
        _ = found or readings(tree)
    except TemplateSyntaxError as error:
        return [Wrong(error.lineno, f"This cannot be read: {error.message}.")]
    except RecursionError:
        return [Wrong(1, "This is nested too deep.")]
    except TooManyWays:
        return [Wrong(1, "There are too many conditions.")]
    return found


def reads(text: str) -> list[str]:
    """Every way in which a wording without problems can read."""
    return readings(PARSER.parse(text))


def _found(tree: nodes.Template, names: Mapping[str, str]) -> Iterator[Wrong]:
    for node in _all(tree):
        if not isinstance(node, ALLOWED):
            what = CALLED.get(type(node), f"{type(node).__name__} is something that")
            yield Wrong(node.lineno, f"{what} is not possible here: only names and conditions are.")
            return
        if isinstance(node, nodes.Const) and isinstance(node.value, str) and set(node.value) & set("{}%#"):
            yield Wrong(node.lineno, "A quoted word may not hold { } % or #.")
        if isinstance(node, nodes.Compare) and not all(map(_is_words, _compared(node))):
            yield Wrong(node.lineno, "Only names and quoted words can be compared.")
        if isinstance(node, nodes.Name) and node.name not in names:
            yield Wrong(node.lineno, f"There is no {node.name!r}. There is: {', '.join(names)}.")


def _compared(node: nodes.Compare) -> Iterator[nodes.Node]:
    yield node.expr
    yield from (operand.expr for operand in node.ops)


def _is_words(node: nodes.Node) -> bool:
    """Whether this is text for sure, so that no comparison fails when it is too late."""
    return isinstance(node, nodes.Name) or (isinstance(node, nodes.Const) and isinstance(node.value, str))


def _all(node: nodes.Node) -> Iterator[nodes.Node]:
    yield node
    for child in node.iter_child_nodes():
        yield from _all(child)


def own_words(wordings: Wordings, language: str, notice: str) -> dict[Part, str]:
    """The shipper's words for a notice in a language, by part; those that no longer fit are left out."""
    if not wordings:
        return {}
    found = ((part, wordings.get((language, notice, part))) for part in Part)
    return {part: text for part, text in found if text and is_sound(notice, part, text)}


def as_email(own: Mapping[Part, str], ours: str) -> str | None:
    """The template of an email whose headline or paragraphs are the shipper's; None if both are ours.

    `ours` is the file it stands on. Paragraphs are the lines of the text; markup in it is shown, not obeyed.
    Nothing of it can end the block it stands in: `problems` let it through.
    """
    blocks = [_block(part, own[part], ours) for part in (Part.HEADLINE, Part.SAYS) if part in own]
    return f'{{% extends "{ours}" %}}' + "".join(blocks) if blocks else None


def _block(part: Part, text: str, ours: str) -> str:
    said = as_data(text) if ours.endswith(".html") else text
    lines = [line.strip() for line in said.strip().splitlines() if line.strip()]
    if ours.endswith(".html") and part is Part.SAYS:
        lines = [line if CONDITIONS_ONLY.fullmatch(line) else f"<p>{line}</p>" for line in lines]
    return f"{{% block {part} %}}" + "\n".join(lines) + ("\n" if part is Part.SAYS else "") + "{% endblock %}"


def as_data(text: str) -> str:
    """The template with what it says escaped for HTML; its tags stay as they are."""
    pieces = TAG.split(text)
    return "".join(piece if number % 2 else str(escape(piece)) for number, piece in enumerate(pieces))


@lru_cache(maxsize=4096)
def is_sound(notice: str, part: str, text: str) -> bool:
    """Whether a stored wording may still be used: ours may have changed since it was saved."""
    return not problems(Notice(notice), Part(part), text)
