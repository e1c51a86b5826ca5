"""What all that an operator does has in common: what is wrong with what was typed, and what is needed of the kit."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Protocol

from portal.flows.announce import Voice

LONGEST_NAME = 120


class Wrong(ValueError):
    """Something an operator typed does not fit; the sentence says what would, `field` where it was typed."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field

    @property
    def fields(self) -> dict[str, str]:
        """The sentences by field."""
        return {self.field: str(self)}


class Several(Wrong):
    """Several fields do not fit; `fields` has a sentence for each."""

    def __init__(self, sentences: Mapping[str, str]) -> None:
        super().__init__(" ".join(sentences.values()), next(iter(sentences)))
        self._sentences = dict(sentences)

    @property
    def fields(self) -> dict[str, str]:
        """The sentences by field."""
        return self._sentences


class Kit(Protocol):
    """What these need of the kit."""

    def transaction(self) -> Any: ...


class SpeakingKit(Kit, Protocol):
    """What a shipper needs of it: the time, and the languages it may speak."""

    @property
    def voice(self) -> Voice: ...
    def now(self) -> datetime: ...


def slug_of(name: str) -> str:
    """A short name made of a name: lower case, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60]


def label_of(text: str) -> str:
    """What something is for, as one printable line. Raises `Wrong`."""
    label = " ".join(text.split())
    if len(label) > LONGEST_NAME or not label.isprintable():
        raise Wrong(f"a label has at most {LONGEST_NAME} printable characters.", "label")
    return label
