"""The parts of a shipment that dispatch tells once: parcels, recipient, address, restrictions, service."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Service(StrEnum):
    """How a shipment is to be delivered."""

    STANDARD = "standard"
    SAME_DAY = "same_day"
    ON_DEMAND = "on_demand"
    WHITE_GLOVE = "white_glove"


@dataclass(frozen=True, slots=True)
class Parcel:
    """One box; grams and millimeters, 0 where dispatch does not know."""

    code: str
    weight_g: int = 0
    length_mm: int = 0
    width_mm: int = 0
    height_mm: int = 0

    @property
    def sides_mm(self) -> tuple[int, int, int]:
        """The three sides, shortest first."""
        a, b, c = sorted((self.length_mm, self.width_mm, self.height_mm))
        return a, b, c


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person at the door; phone in E.164, language as a BCP 47 tag, channels None where they did not say."""

    name: str
    phone: str = ""
    email: str = ""
    language: str = ""
    channels: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody said of texts at `at`, where (`source`) and to which words, if dispatch knows them."""

    given: bool
    at: datetime
    source: str
    wording: str = ""


@dataclass(frozen=True, slots=True)
class Address:
    """The door; `timezone` is the IANA zone in which its times are told."""

    lines: tuple[str, ...]
    locality: str
    postcode: str
    country: str
    lat: float | None = None
    lng: float | None = None
    timezone: str = "UTC"

    @property
    def street(self) -> str:
        """The line with street and number: the first one."""
        return self.lines[0] if self.lines else ""


@dataclass(frozen=True, slots=True)
class Restrictions:
    """What the sender asks or forbids: False forbids the change, None leaves it to the shipper's rules."""

    neighbor: bool | None = None
    locker: bool | None = None
    safe_place: bool | None = None
    new_window: bool | None = None
    hold: bool | None = None
    instructions: bool | None = None
    address_correction: bool | None = None
    high_value: bool = False
    signature: bool = False
    min_age: int = 0
    pin: bool = False
