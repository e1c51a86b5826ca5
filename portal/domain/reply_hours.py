"""Times of the day in somebody's text, and which half of the day was meant."""

from datetime import time

from portal.domain.reply_intents import MIDDLES, Hours, Part

DAY_BEGINS, DAY_ENDS = time(0), time(23, 59)
# "after 5" is said of the afternoon
EARLIEST_HOUR = 8

# from, until, in minutes; whether the half of the day is sure
Span = tuple[int | None, int | None, bool]


class Unclear(Exception):
    """The words about time can mean more than one thing."""


def read_clock(raw: str, language: str, is_hour: bool) -> tuple[int, bool]:
    """`18:30`, `18h30`, `6pm`: minutes, and whether the half of the day is sure."""
    written = raw.lower().replace(" ", "")
    half = written[-2] if written.endswith("m") else ""
    digits = written.rstrip("apm")
    separator = next((char for char in digits if not char.isdecimal()), "")
    hour, _, minute = digits.partition(separator) if separator else (digits, "", "")
    hours, minutes = int(hour), int(minute or 0)
    # "17.06" is a date to some and a time to others
    if hours > 24 or minutes > 59 or (separator == "." and 1 <= minutes <= 12 and not (half or is_hour)):
        raise Unclear
    if half:
        if not 1 <= hours <= 12:
            raise Unclear
        return (hours % 12 + (12 if half == "p" else 0)) * 60 + minutes, True
    return hours * 60 + minutes, language != "en" or hour.startswith("0") or hours > 12


def pair(raw: str) -> tuple[int, int] | None:
    """`14-16` as minutes; None where it is something else."""
    first, dash, last = raw.replace(" ", "").replace("–", "-").partition("-")
    if dash and first.isdecimal() and last.isdecimal() and int(first) <= 24 and int(last) <= 24:
        return int(first) * 60, int(last) * 60
    return None


def hours_of(span: Span, part: Part | None) -> Hours:
    """The hours that were meant: a bare number below eight is one of the afternoon."""
    earliest, latest, sure = span
    late = part in (Part.AFTERNOON, Part.EVENING)

    def meant(minutes: int) -> int:
        if sure or minutes >= 12 * 60:
            return minutes
        afternoon = late or (minutes < EARLIEST_HOUR * 60 and part is not Part.MORNING)
        return minutes + 12 * 60 if afternoon else minutes

    begin = meant(earliest) if earliest is not None else None
    end = meant(latest) if latest is not None else None
    if begin is not None and end is not None and end < begin:
        end += 12 * 60
    hours = Hours(_time(begin, DAY_BEGINS), _time(end, DAY_ENDS))
    if part and not any(
        MIDDLES[part][0] <= one <= MIDDLES[part][1] for one in (hours.earliest, hours.latest)
    ):
        raise Unclear
    return hours


def _time(minutes: int | None, otherwise: time) -> time:
    if minutes is None or minutes >= 24 * 60:
        return otherwise if minutes is None else DAY_ENDS
    return time(minutes // 60, minutes % 60)
