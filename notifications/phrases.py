"""Days and hours as people of a language say them. Babel knows how; remembering makes it cheap."""

from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import format_interval, format_skeleton, format_time


@dataclass(frozen=True, slots=True)
class Phrases:
    """How a language in a place speaks of times at a door."""

    locale: str
    zone: ZoneInfo

    def window(self, start: datetime, end: datetime, at: datetime, today: str) -> str:
        """From when to when; `today` instead of the date if the door's calendar says so at `at`."""
        begins, ends = start.astimezone(self.zone), end.astimezone(self.zone)
        if begins.date() != ends.date():
            return f"{self.moment(start)} – {self.moment(end)}"
        day = today if begins.date() == at.astimezone(self.zone).date() else _day(self.locale, begins.date())
        return f"{day}, {_hours(self.locale, begins.time(), ends.time())}"

    def moment(self, at: datetime) -> str:
        """A day and a time of day."""
        local = at.astimezone(self.zone)
        return f"{_day(self.locale, local.date())}, {_clock(self.locale, local.time())}"


@lru_cache(maxsize=1024)
def phrases(language: str, wished: str, timezone: str) -> Phrases:
    """Phrases of a language we have, with the habits of the country in the tag (`en-GB`: 24 hours)."""
    return Phrases(_locale(language, wished), ZoneInfo(timezone))


@lru_cache(maxsize=1024)
def plural(language: str, count: int) -> str:
    """Which form a language gives to so many things: a CLDR category (`one`, `few`, `many`, `other`)."""
    form: str = Locale.parse(language, sep="-").plural_form(count)
    return form


def _locale(language: str, wished: str) -> str:
    tag = wished.replace("-", "_")
    if tag.split("_")[0].lower() == language.split("-")[0]:
        try:
            return str(Locale.parse(tag))
        except (UnknownLocaleError, ValueError):
            pass
    return language.replace("-", "_")


@lru_cache(maxsize=4096)
def _day(locale: str, day: date) -> str:
    return format_skeleton("MMMEd", day, locale=locale)


@lru_cache(maxsize=4096)
def _clock(locale: str, at: time) -> str:
    return format_time(at.replace(second=0, microsecond=0), "short", locale=locale)


@lru_cache(maxsize=8192)
def _hours(locale: str, start: time, end: time) -> str:
    skeleton = "hm" if "a" in Locale.parse(locale).time_formats["short"].pattern else "Hm"
    # thin spaces round the dash cost a text two characters and help nobody
    return format_interval(start, end, skeleton, locale=locale).replace("\u2009", "")
