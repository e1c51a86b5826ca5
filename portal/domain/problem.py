"""A problem the recipient reports: of what kind, in how many words and pictures, and how often."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ProblemKind(StrEnum):
    """What went wrong."""

    DAMAGED = "damaged"
    MISSING_PART = "missing_part"
    WRONG_PARCEL = "wrong_parcel"
    NOT_RECEIVED = "not_received"
    WRONG_PLACE = "wrong_place"
    DRIVER = "driver"
    OTHER = "other"


LONGEST_WORDS = 1_000
MOST_PICTURES = 3
MOST_REPORTS = 5


class NotReported(StrEnum):
    """Why a report is not taken; the value is the sentence the page shows."""

    KIND = "Please choose what went wrong."
    NO_WORDS = "Please tell us in a few words what went wrong."
    WORDS = "Please use fewer words."
    PICTURES = "Please choose at most 3 pictures."
    OFTEN = "You have told us about this delivery several times. We have all of it and are looking into it."


@dataclass(frozen=True, slots=True)
class Problem:
    """A reported problem."""

    id: str
    shipment_id: int
    kind: ProblemKind
    words: str
    at: datetime


def wrong(kind: str, words: str, pictures: int, reported_before: int) -> NotReported | None:
    """Why this report is not taken; None when it is."""
    if reported_before >= MOST_REPORTS:
        return NotReported.OFTEN
    if kind not in list(ProblemKind):
        return NotReported.KIND
    if kind == ProblemKind.OTHER and not words:
        return NotReported.NO_WORDS
    if len(words) > LONGEST_WORDS:
        return NotReported.WORDS
    return NotReported.PICTURES if pictures > MOST_PICTURES else None
