"""What a word in somebody's answer can stand for. A word that stands for nothing here is not understood."""

from enum import StrEnum


class Concept(StrEnum):
    """One meaning. Everything a text says must have one, or nothing is done."""

    # words that change nothing
    FILLER = "filler"
    POLITE = "polite"
    ITEM = "item"
    HOME = "home"
    # what somebody wants
    WHERE = "where"
    ASKS = "asks"
    MAY = "may"
    REQUEST = "request"
    LEAVE = "leave"
    NEIGHBOR = "neighbor"
    NUMBER = "number"
    TITLE = "title"
    LOCKER = "locker"
    AWAY = "away"
    NOT_TODAY = "not_today"
    LATER = "later"
    UNDO = "undo"
    CODE = "code"
    YES = "yes"
    NO = "no"
    THANKS = "thanks"
    PRAISE = "praise"
    ONE = "1"
    TWO = "2"
    THREE = "3"
    # what forbids to act: a negation, a condition, a report of what somebody did
    NOT = "not"
    # days and hours
    TODAY = "today"
    TOMORROW = "tomorrow"
    IN_TWO_DAYS = "in_two_days"
    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"
    NEXT = "next"
    MONTH = "month"
    MORNING = "morning"
    NOON = "noon"
    AFTERNOON = "afternoon"
    EVENING = "evening"
    AT = "at"
    AFTER = "after"
    BEFORE = "before"
    BETWEEN = "between"
    AND = "and"
    HOUR = "hour"
    # what is no word of a language
    FIGURE = "figure"
    PAIR = "pair"
    CLOCK = "clock"
    DATE = "date"
    UNKNOWN = "unknown"


# Words and phrases after each meaning, or several meanings at once ("tonight"), parted by commas, spelled as in a
# dictionary: accents and umlauts are taken off where people leave them off. Months stand in their order.
Table = dict[Concept | tuple[Concept, ...], str]

WEEKDAYS = (
    Concept.MONDAY,
    Concept.TUESDAY,
    Concept.WEDNESDAY,
    Concept.THURSDAY,
    Concept.FRIDAY,
    Concept.SATURDAY,
    Concept.SUNDAY,
)
