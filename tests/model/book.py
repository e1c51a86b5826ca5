"""The model: what must become of a wish, in a few lines that know nothing of tables and messages."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from portal.domain.change import Kind, Life
from portal.domain.kinds.base import No
from portal.domain.shipment import Status

WHERE = {Kind.NEIGHBOR, Kind.LOCKER, Kind.SAFE_PLACE}
WHEN = {Kind.NEW_WINDOW, Kind.HOLD}
AT_ONCE = Kind.INSTRUCTIONS
WAITS = {Life.NOMINATED, Life.ASKED}
USES_ONE_UP = WAITS | {Life.ACCEPTED, Life.REPLACED}
TIMES, WISHES = 3, 20
CLOSED = {
    Status.DELIVERED: No.FINISHED,
    Status.RETURNED: No.FINISHED,
    Status.CANCELLED: No.FINISHED,
    Status.LOST: No.FINISHED,
    Status.RETURNING: No.ON_ITS_WAY_BACK,
    Status.READY_FOR_PICKUP: No.AT_PICKUP,
}
OVERTAKES = set(CLOSED) - {Status.READY_FOR_PICKUP}


def matter(kind: Kind) -> object:
    """Of what only one thing can hold: where, when, or each of the details."""
    return "where" if kind in WHERE else "when" if kind in WHEN else kind


@dataclass
class Wished:
    """A change as the model sees it."""

    id: str
    reference: str
    kind: Kind
    life: Life
    expires_at: datetime


@dataclass
class Book:
    """All that was wished of a few shipments."""

    wishes: dict[str, Wished] = field(default_factory=dict)

    def of(self, reference: str) -> list[Wished]:
        """The wishes of one shipment, oldest first."""
        return [one for one in self.wishes.values() if one.reference == reference]

    def refusal(self, reference: str, kind: Kind, status: Status) -> No | None:
        """Why a wish must be refused, whatever the hour and the places."""
        if status in CLOSED:
            return CLOSED[status]
        many = No.OFTEN if len(self.of(reference)) >= WISHES else None
        if kind is AT_ONCE:
            return many
        counted = [one for one in self.of(reference) if one.kind is not AT_ONCE]
        if any(one.life in WAITS for one in counted):
            return No.WAITING
        return No.OFTEN if sum(one.life in USES_ONE_UP for one in counted) >= TIMES else many

    def asked(self, id: str, reference: str, kind: Kind, expires_at: datetime) -> Life:
        """A wish was asked; returns how far it must have come."""
        life = Life.NOMINATED if kind is Kind.NEIGHBOR else Life.ASKED
        self.wishes[id] = Wished(id, reference, kind, life, expires_at)
        if kind is AT_ONCE:
            self.accept(id)
        return self.wishes[id].life

    def accept(self, id: str) -> None:
        """Dispatch or a rule agrees: what held of the same matter holds no longer."""
        new = self.wishes[id]
        for old in self.of(new.reference):
            if old.life is Life.ACCEPTED and matter(old.kind) == matter(new.kind):
                old.life = Life.REPLACED
        new.life = Life.ACCEPTED

    def answered(self, id: str, accepted: bool, now: datetime) -> bool:
        """Dispatch answers; whether its answer must stand."""
        wish = self.wishes[id]
        wanted = Life.ACCEPTED if accepted else Life.REFUSED
        if wish.life is wanted:
            return True
        if wish.life is not Life.ASKED or now >= wish.expires_at:
            return False
        if accepted:
            self.accept(id)
        else:
            wish.life = Life.REFUSED
        return True

    def lapse(self, now: datetime) -> None:
        """Nobody answered in time."""
        for wish in self.wishes.values():
            if wish.life is Life.ASKED and wish.expires_at <= now:
                wish.life = Life.LAPSED

    def moved(self, reference: str, status: Status) -> None:
        """The shipment is somewhere else: what waits is overtaken when it is over."""
        for wish in self.of(reference):
            if wish.life in WAITS and status in OVERTAKES:
                wish.life = Life.LAPSED

    def next_end(self, now: datetime) -> timedelta:
        """How long until somebody's time to answer is over; a minute where nobody has any."""
        ends = [one.expires_at - now for one in self.wishes.values() if one.life in WAITS]
        return max(min(ends, default=timedelta(minutes=1)), timedelta(minutes=1))
