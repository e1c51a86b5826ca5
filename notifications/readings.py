"""Every way in which a shipper's own words can read: also what hides in a branch or is put together.

Conditions are taken to be independent of each other, so this is rather too much than too little.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from itertools import chain

from jinja2 import nodes

from notifications.sms_text import plain

# A message with more ways than this is nothing that anybody has read over.
MOST_WAYS = 200
NAMED = "\0"
# What a name may stand for: nothing, or a word.
STANDS_FOR = ("", "xx")


class TooManyWays(Exception):
    """There are too many conditions to look at."""


def readings(tree: nodes.Template) -> list[str]:
    """What a phone may show, in the alphabet that it shows. Raises TooManyWays."""
    ways = _ways(tree)
    return list(dict.fromkeys(_shown(way.replace(NAMED, word)) for way in ways for word in STANDS_FOR))


def _shown(text: str) -> str:
    return plain(unicodedata.normalize("NFKC", text))


def _ways(node: nodes.Node) -> list[str]:
    match node:
        case nodes.TemplateData():
            return [node.data]
        case nodes.Const():
            return [str(node.value)]
        case nodes.Name():
            return [NAMED]
        case nodes.Compare() | nodes.Not():
            return [""]
        case nodes.If():
            return _one_of([_row(node.body), *map(_ways, node.elif_), _row(node.else_)])
        case nodes.CondExpr():
            return _one_of([_ways(node.expr1), _ways(node.expr2) if node.expr2 else [""]])
        case nodes.And() | nodes.Or():
            return _one_of([_ways(node.left), _ways(node.right)])
        case _:
            return _row(node.iter_child_nodes())


def _one_of(found: Iterable[list[str]]) -> list[str]:
    return _few(chain.from_iterable(found))


def _row(children: Iterable[nodes.Node]) -> list[str]:
    """One after the other."""
    ways = [""]
    for child in children:
        more = _ways(child)
        ways = _few(way + another for way in ways for another in more)
    return ways


def _few(ways: Iterator[str]) -> list[str]:
    found: dict[str, None] = {}
    for way in ways:
        found[way] = None
        if len(found) > MOST_WAYS:
            raise TooManyWays
    return list(found)
