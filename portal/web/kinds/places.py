"""A place or opening hours as a line of words, however dispatch sent them."""

import json


def in_words(text: str) -> str:
    """A place or opening hours as one line; dispatch may have sent it as an object, which is kept as JSON."""
    if not text.startswith(("{", "[")):
        return text
    try:
        return ", ".join(_leaves(json.loads(text)))
    except ValueError:
        return text


def _leaves(value: object) -> list[str]:
    match value:
        case dict():
            return [leaf for part in value.values() for leaf in _leaves(part)]
        case list():
            return [leaf for part in value for leaf in _leaves(part)]
        case None:
            return []
        case _:
            return [str(value)]
