"""Times as people at the door say them: local, in their language, absolute, never "in 5 minutes"."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_datetime, format_skeleton
from babel.numbers import format_decimal

from portal.web.language import N_, locale, words

WHOLE_DAY = timedelta(hours=10)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
# What some hours of tomorrow are called; between them there is no name.
PARTS = (
    (5, 13, N_("tomorrow morning")),
    (12, 20, N_("tomorrow afternoon")),
    (17, 24, N_("tomorrow evening")),
)
MILES = {"US", "GB", "LR", "MM"}
METERS_PER_MILE = 1609.344
METERS_PER_FOOT = 0.3048
# a tenth of a mile says nothing of what is nearer
FEET_BELOW_M = 150


@lru_cache(maxsize=256)
def _twelve_hours(language: str, country: str) -> bool:
    return "a" in locale(language, country).time_formats["short"].pattern


@lru_cache(maxsize=256)
def zone_of(name: str) -> ZoneInfo:
    """The zone of that IANA name; UTC for one this system does not know."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


@lru_cache(maxsize=20_000)
def _time(at: datetime, zone: str, language: str, country: str, half: bool = True) -> str:
    there = at.astimezone(zone_of(zone))
    if not _twelve_hours(language, country):
        return f"{there:%H:%M}"
    minutes = f":{there:%M}" if there.minute else ""
    return f"{there.hour % 12 or 12}{minutes}" + ((" am" if there.hour < 12 else " pm") if half else "")


@lru_cache(maxsize=5_000)
def _date(day: date, language: str, country: str, skeleton: str) -> str:
    at, place = datetime(day.year, day.month, day.day, tzinfo=UTC), locale(language, country)
    # Babel takes a bare weekday for a pattern of its own, not for a skeleton.
    return (
        format_datetime(at, skeleton, locale=place)
        if skeleton == "EEEE"
        else format_skeleton(skeleton, at, locale=place)
    )


def minute(at: datetime) -> datetime:
    """The minute a moment lies in: what is shown, and what is remembered."""
    return at.replace(second=0, microsecond=0) if at.second or at.microsecond else at


def opening(text: str) -> str:
    """The text as it begins a sentence."""
    return text[:1].upper() + text[1:]


@dataclass(frozen=True, slots=True)
class Local:
    """The clock on the recipient's wall: time zone (IANA), language, country and now. Words begin small."""

    zone: str
    language: str
    country: str
    now: datetime
    today: date = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "today", self.date(self.now))

    def date(self, at: datetime) -> date:
        """The day a moment falls on at the door."""
        return at.astimezone(zone_of(self.zone)).date()

    def time(self, at: datetime) -> str:
        """2:10 pm or 14:10, as the country writes it."""
        return _time(minute(at), self.zone, self.language, self.country)

    def day(self, at: datetime) -> str:
        """Today, tomorrow, yesterday, or the weekday with its date."""
        _ = words(self.language)
        day = self.date(at)
        match (day - self.today).days:
            case 0:
                return _("today")
            case 1:
                return _("tomorrow")
            case -1:
                return _("yesterday")
            case _:
                return _("%(weekday)s, %(date)s") % {
                    "weekday": _date(day, self.language, self.country, "EEEE"),
                    "date": _date(day, self.language, self.country, "MMMMd"),
                }

    def at(self, at: datetime) -> str:
        """A moment in full: today at 2:10 pm."""
        _ = words(self.language)
        return _("%(day)s at %(time)s") % {"day": self.day(at), "time": self.time(at)}

    def short(self, at: datetime) -> str:
        """A moment in a list: Today at 2:10 pm, or Fri, Jun 12 at 9:12 am."""
        return _short(minute(at), self.today, self.zone, self.language, self.country)

    def by(self, at: datetime) -> str:
        """A deadline: the time alone today, else with its short date."""
        _ = words(self.language)
        day, time = self.date(at), self.time(at)
        if day == self.today:
            return _("%(time)s today") % {"time": time}
        shown = _date(day, self.language, self.country, "MMMEd")
        return _("%(day)s, %(time)s") % {"day": shown, "time": time}

    def between(self, start: datetime, end: datetime) -> str:
        """A window: today between 2:10 and 2:50 pm; only its day when it takes most of one."""
        _ = words(self.language)
        first, last = self.date(start), self.date(end - MINUTE)
        if (last - first).days == 1 and end - start < DAY:
            return _("%(day)s from %(time)s on") % {"day": self.day(start), "time": self.time(start)}
        if first != last:
            days = (_date(day, self.language, self.country, "MMMEd") for day in (first, last))
            return _("%(first)s to %(last)s") % dict(zip(("first", "last"), days, strict=True))
        if end - start >= WHOLE_DAY:
            return _("%(day)s, during the day") % {"day": self.day(start)}
        return _("%(day)s between %(times)s") % {"day": self.day(start), "times": self.times(start, end)}

    def half_day(self, start: datetime, end: datetime) -> str:
        """A window of some hours: tomorrow morning between 8 am and 1 pm; another day is told as any window."""
        _, there = words(self.language), zone_of(self.zone)
        first, last = start.astimezone(there), (end - MINUTE).astimezone(there)
        if end - start >= WHOLE_DAY or (first.date() - self.today).days != 1 or first.date() != last.date():
            return self.between(start, end)
        parts = (name for begins, ends, name in PARTS if begins <= first.hour and last.hour < ends)
        if (part := next(parts, None)) is None:
            return self.between(start, end)
        return _("%(day)s between %(times)s") % {"day": _(part), "times": self.times(start, end)}

    def times(self, start: datetime, end: datetime) -> str:
        """Both ends of a window: 2:10 and 2:50 pm."""
        return _times(minute(start), minute(end), self.zone, self.language, self.country)

    def midnight(self) -> datetime:
        """When "today" ends at the door."""
        tomorrow = self.today + timedelta(days=1)
        return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=zone_of(self.zone))

    def distance(self, meters: float) -> str:
        """About how far: 350 m or 1.2 km; feet and miles where road signs say so."""
        place = locale(self.language, self.country)
        if self.country in MILES:
            if meters < FEET_BELOW_M:
                return f"{max(round(meters / METERS_PER_FOOT / 10) * 10, 10)} ft"
            return f"{format_decimal(max(round(meters / METERS_PER_MILE, 1), 0.1), locale=place)} mi"
        if meters < 950:
            return f"{max(round(meters / 50) * 50, 50)} m"
        return f"{format_decimal(round(meters / 1000, 1), locale=place)} km"


def weekday(at: datetime, local: Local) -> str:
    """The name of a day of the week."""
    return opening(_date(local.date(at), local.language, local.country, "EEEE"))


@lru_cache(maxsize=20_000)
def _short(at: datetime, today: date, zone: str, language: str, country: str) -> str:
    _ = words(language)
    day = at.astimezone(zone_of(zone)).date()
    match (day - today).days:
        case 0:
            shown = _("today")
        case 1:
            shown = _("tomorrow")
        case -1:
            shown = _("yesterday")
        case _:
            shown = _date(day, language, country, "MMMEd")
    return opening(_("%(day)s at %(time)s") % {"day": shown, "time": _time(at, zone, language, country)})


@lru_cache(maxsize=20_000)
def _times(begin: datetime, finish: datetime, zone: str, language: str, country: str) -> str:
    _, there = words(language), zone_of(zone)
    same_half = (begin.astimezone(there).hour < 12) == (finish.astimezone(there).hour < 12)
    first = _time(begin, zone, language, country, not same_half)
    last = _time(finish, zone, language, country)
    return _("%(start)s and %(end)s") % {"start": first, "end": last}
