"""A shipment as the house knows it: what dispatch told, what its events add up to, and what was promised."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from portal.domain.clue import folded
from portal.domain.parcel import Address, Parcel, Recipient, Restrictions, Service
from portal.domain.shipment import State


@dataclass(frozen=True, slots=True)
class Promise:
    """A window as told to the recipient: aware times, where it comes from, how sure it is, and why it moved.

    `level` is how many of 100 such windows are meant to hold (0: no claim); `expected_at` and `stops_before` are
    there only when live, and so is `minutes_ahead`: how long before, in minutes, the van is done at the stops before
    this one, the nearest first. `stage` names when in a parcel's life it is shown; from what it was worked out is told
    beside it (Replanned.origins), since only the ledger keeps that.
    """

    start: datetime
    end: datetime
    source: str
    updated_at: datetime
    confidence: str = ""
    level: int = 0
    because: str = ""
    expected_at: datetime | None = None
    stops_before: int | None = None
    minutes_ahead: tuple[int, ...] = ()
    stage: str = ""


@dataclass(frozen=True, slots=True)
class Shipment:
    """One door, one recipient, one or more parcels. `planned` and `live` windows stay apart.

    `parcels` are there where they were asked for, `parcel_count` always; `door` is the same for what goes from
    one shipper to the same person at the same address, empty where nobody could be told. `erased_at` is when its
    recipient was forgotten: nothing is written down of them any more.
    """

    id: int
    shipper_id: int
    reference: str
    service: Service
    recipient: Recipient
    address: Address
    depot: str
    restrictions: Restrictions
    state: State
    version: int
    link_nonce: str
    planned: Promise | None = None
    live: Promise | None = None
    parcels: tuple[Parcel, ...] = ()
    parcel_count: int = 1
    door: str = ""
    erased_at: datetime | None = None

    @property
    def window(self) -> Promise | None:
        """The window the recipient sees: the live one while there is one, else the planned one."""
        return self.live or self.planned

    @property
    def awaits_first_window(self) -> bool:
        """On demand, and no time is agreed: the recipient is to book the first window, unless the sender forbids it."""
        asked = self.service is Service.ON_DEMAND and self.restrictions.new_window is not False
        return asked and self.window is None


def search_text(who: Recipient, where: Address) -> str:
    """Name and address as agents find them."""
    return folded(" ".join((who.name, *where.lines, where.locality, where.postcode)))


def door_mark(shipper_id: int, who: Recipient, where: Address) -> str:
    """A mark of one person at one door, as one shipper knows them; empty if there is no way to tell them."""
    if not (who.phone or who.email):
        return ""
    says = (str(shipper_id), who.phone, who.email.lower(), where.country, where.postcode, *where.lines)
    folded = "\n".join(" ".join(part.split()).casefold() for part in says)
    return sha256(folded.encode("utf-8", "surrogatepass")).hexdigest()[:32]
