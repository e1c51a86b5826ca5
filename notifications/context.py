"""What templates are given: facts made harmless, and times, counts and names as a language says them."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from notifications.notice import Facts
from notifications.phrases import Phrases, phrases, plural
from notifications.sms_text import one_line

COLOR = re.compile(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?\Z")
NAMES = tuple(field.name for field in fields(Facts))
VALUES = attrgetter(*NAMES)
# French sets a colon apart from the word before it
COLONS = {"fr": "\u00a0:"}
PLAIN_COLORS = {field.name: field.default for field in fields(Facts) if field.name in ("color", "text_color")}


def context_of(
    facts: Facts, spoken: str, wished: str, words: Mapping[str, Any], at: datetime
) -> dict[str, Any]:
    """The names a template may use, in the language `spoken` with the habits of the tag `wished`."""
    context = dict(zip(NAMES, map(_clean, VALUES(facts)), strict=True))
    for name, usual in PLAIN_COLORS.items():
        if not COLOR.match(context[name]):
            context[name] = usual
    context |= _times(facts, phrases(spoken, wished, facts.timezone), words["today"], at)
    context |= {"language": spoken, "words": words, "host": _host(facts.link)}
    context |= _sender(context["shipper"], facts.parcels, spoken, words)
    return context


def _sender(shipper: str, parcels: int, spoken: str, words: Mapping[str, Any]) -> dict[str, str]:
    """Who speaks, with how many parcels if several: `Fern & Kettle (3 parcels)`."""
    if parcels <= 1:
        return {"sender": shipper, "how_many": ""}
    how_many = words["parcels"][plural(spoken, parcels)] % {"count": parcels}
    return {"sender": f"{shipper} ({how_many})", "how_many": how_many}


def small_print(said: Mapping[str, Any]) -> dict[str, str]:
    """What stands below an email: why it came, and who helps."""
    return {
        "why": said["words"]["why"] % said,
        "colon": COLONS.get(said["language"], ":"),
        "support": ", ".join(filter(None, (said["support_email"], said["support_phone"]))),
    }


def preview(text: str) -> str:
    """What an inbox shows beside the subject: the paragraph after the headline, which says more than the subject."""
    return text.partition("\n\n")[2].partition("\n\n")[0]


def _clean(value: Any) -> Any:
    return one_line(value) if isinstance(value, str) and not value.isprintable() else value


def _times(facts: Facts, says: Phrases, today: str, at: datetime) -> dict[str, str]:
    window = ""
    if facts.window_start and facts.window_end:
        window = says.window(facts.window_start, facts.window_end, at, today)
    moments = {name: getattr(facts, name) for name in ("happened_at", "pickup_until", "change_until")}
    return {"window": window} | {name: says.moment(value) if value else "" for name, value in moments.items()}


@cache
def _host_of(link_base: str) -> str:
    return urlsplit(link_base).hostname or ""


def _host(link: str) -> str:
    """The host alone, as one-time codes are bound to it; kept per site, not per link."""
    return _host_of("/".join(link.split("/", 3)[:3]))
