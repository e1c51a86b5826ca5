"""Every text at its longest: the longest brand, link, date and choice of words that a language has."""

from datetime import datetime, timedelta
from functools import cache

from notifications.message import Channel
from notifications.notice import Notice
from notifications.render import REPLY_VALUES, Rendered
from notifications.sms_text import plain
from portal.domain.change import Kind
from portal.domain.events import How
from tests.messages.limits import ALLOWED, EVERYWHERE
from tests.messages.samples import LINK, NOON, NOW, RENDERER, facts

# a name of 20 characters is the longest a shipper may have in a text
NAME = "Kettle & Nordlicht Co"[:20]
# nobody gets more at once; two digits are as long as it gets
PARCELS = 12
HOWS = [how.value for how in How]
KINDS = [kind.value for kind in Kind]
INSTANCES: dict[str, list[dict[str, object]]] = {
    Notice.DELIVERED: [{"how": how} for how in HOWS],
    Notice.CHANGE_ASKED: [
        {"change_kind": kind, "by_phone": by_phone} for kind in KINDS for by_phone in (False, True)
    ],
    Notice.CHANGE_ACCEPTED: [{"change_kind": kind} for kind in KINDS],
    Notice.CHANGE_REFUSED: [{"change_kind": kind} for kind in KINDS],
    Notice.CHANGE_LAPSED: [{"change_kind": kind} for kind in KINDS],
    Notice.CHANGE_NOT_HONOURED: [{"change_kind": "hold", "how": how} for how in ("", *HOWS)],
}


@cache
def day(language: str) -> datetime:
    """The day of the year, with two digits, whose date is longest; ten to twelve o'clock is the longest time."""
    year = (NOON.replace(month=1, day=1, hour=8) + timedelta(days=number) for number in range(366))
    later = [day for day in year if day.day > 20 and day.date() != NOW.date()]
    return max(later, key=lambda day: len(plain(window(language, day))))


def window(language: str, start: datetime) -> str:
    """Two hours from `start`, as this language says them."""
    return RENDERER.window(language, start, start + timedelta(hours=2), "Europe/Berlin", NOW)


def text(language: str, notice: Notice, parcels: int = 1) -> Rendered:
    """The SMS of a notice at its longest."""
    start = day(language)
    usual: dict[str, object] = {
        "shipper": NAME,
        "parcels": parcels,
        "window_start": start,
        "window_end": start + timedelta(hours=2),
        "pickup_until": start + timedelta(hours=2),
    }
    said = (
        RENDERER.render(notice, Channel.SMS, language, facts(notice, **(usual | more)), NOW)
        for more in INSTANCES.get(notice, [{}])
    )
    return max(said, key=lambda one: (one.segments, len(one.text)))


def reply(language: str, name: str) -> Rendered:
    """The answer to a text at its longest."""
    words, start = RENDERER.words(RENDERER.language(language)), day(language)
    choices = ", ".join(f"{number} {window(language, start)}" for number in (1, 2, 3))
    values = {
        "window": window(language, start),
        "link": LINK,
        "code": "380751",
        "choices": choices,
        "wish": max(words["changes"].values(), key=lambda one: len(plain(one))),
        "handed": max(words["handed"].values(), key=lambda one: len(plain(one))),
    }
    if name == "reply_confirm":
        # what exactly is to be confirmed is said in brackets
        values["wish"] = f"{values['wish']} ({window(language, start)})"
    return RENDERER.reply(name, language, NAME, **{key: values[key] for key in REPLY_VALUES[name]})


def allowed(language: str, name: str) -> int:
    """How many segments this text may take."""
    return ALLOWED.get((language, name), EVERYWHERE.get(name, 1))
