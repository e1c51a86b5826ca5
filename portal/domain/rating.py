"""Rating a delivery: 1 to 5 stars and a few words, once, and changeable for a day."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from portal.domain.shipment import Status

FEWEST, MOST = 1, 5
LONGEST_WORDS = 500
CHANGEABLE_FOR = timedelta(days=1)


class NotRated(StrEnum):
    """Why a rating is not taken; the value is the sentence the page shows."""

    NOT_YET = "You can rate the delivery once your parcel is there."
    NO_STARS = "Please choose between 1 and 5 stars."
    TOO_LATE = "Your rating can no longer be changed. Thank you for it."
    WORDS = "Please use fewer words."


@dataclass(frozen=True, slots=True)
class Rating:
    """Stars and words of a recipient; `at` is when they first rated."""

    stars: int
    words: str
    at: datetime

    def changeable_until(self) -> datetime:
        """The last moment to change it."""
        return self.at + CHANGEABLE_FOR


def rated(
    status: Status, before: Rating | None, stars: int | None, words: str, now: datetime
) -> Rating | NotRated:
    """The rating to keep, or why there is none."""
    if status is not Status.DELIVERED:
        return NotRated.NOT_YET
    if before and now >= before.changeable_until():
        return NotRated.TOO_LATE
    if stars is None or not FEWEST <= stars <= MOST:
        return NotRated.NO_STARS
    if len(words) > LONGEST_WORDS:
        return NotRated.WORDS
    return Rating(stars, words, before.at if before else now)
