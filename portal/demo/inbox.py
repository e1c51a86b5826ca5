"""Wishes that wait: first a person at the desk may answer, after a while the demo's dispatcher does."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from portal.clock import Clock
from portal.demo import agreed, answers
from portal.demo.agreed import Asked
from portal.demo.depot import Depot
from portal.demo.dispatch import Dispatch, DispatchError
from portal.demo.papers import Paper

REQUESTED = "delivery_change.requested"
OVER = {"delivery_change.withdrawn", "delivery_change.lapsed"}
BY_THE_DESK = {"delivery_change.accepted", "delivery_change.refused"}
WITHDRAWN = "delivery_change.withdrawn"
# The dispatcher leaves these to a person, and answers only what would otherwise lapse.
LEFT_TO_THE_DESK = {"address_correction", "hold"}
# How long a person at the desk may answer first, in real time.
PATIENCE = timedelta(seconds=20)
LATE = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Inbox:
    """Wishes by change id, each with the real moment at which the dispatcher answers.

    `margin` is how long before it would be too late, on the day's clock, an answer is given in any case.
    """

    real: Clock
    margin: timedelta
    patience: timedelta = PATIENCE
    after: int = 0
    waiting: dict[str, tuple[Asked, datetime]] = field(default_factory=dict)
    withdrawn: list[tuple[str, str]] = field(default_factory=list)

    def fetch(self, dispatch: Dispatch) -> list[Asked]:
        """Read the feed from where we stopped; returns the new wishes."""
        entries, self.after = dispatch.changes(self.after)
        return self.put(entries)

    def put(self, entries: Iterable[Paper]) -> list[Asked]:
        """Take entries of the feed."""
        new = []
        for entry in entries:
            if entry["type"] == REQUESTED:
                asked = agreed.read(entry["data"])
                self.waiting[asked.change_id] = (asked, self._answer_at(entry["data"]))
                new.append(asked)
            elif entry["type"] in BY_THE_DESK:
                self._hurry(entry["data"]["change_id"])
            elif entry["type"] in OVER:
                self._over(entry)
        return new

    def _answer_at(self, data: Paper) -> datetime:
        if "state" in data:
            # a rule agreed at once: only the driver is to be told
            return self.real()
        return LATE if data["kind"] in LEFT_TO_THE_DESK else self.real() + self.patience

    def _hurry(self, change_id: str) -> None:
        """A person at the desk was first: the drivers are told now."""
        if change_id in self.waiting:
            self.waiting[change_id] = (self.waiting[change_id][0], self.real())

    def _over(self, entry: Paper) -> None:
        data = entry["data"]
        self.waiting.pop(data.get("change_id", ""), None)
        if (
            entry["type"] == WITHDRAWN
            and data.get("state", "withdrawn") == "withdrawn"
            and "shipment" in data
        ):
            self.withdrawn.append((data["shipment"], data.get("change_id", "")))

    def taken_back(self) -> list[tuple[str, str]]:
        """Shipments and changes that recipients took back, taken out."""
        found, self.withdrawn = self.withdrawn, []
        return found

    def due(self, now: datetime) -> list[Asked]:
        """Wishes whose time has come, taken out."""
        real = self.real()
        ready = [
            asked
            for asked, answer_at in self.waiting.values()
            if answer_at <= real or asked.expires_at - self.margin <= now
        ]
        for asked in ready:
            del self.waiting[asked.change_id]
        return ready


def settle(depot: Depot, dispatch: Dispatch, asked: Asked, now: datetime) -> str:
    """Answer a wish, or follow what a person at the desk said before; returns what to print."""
    delivery = depot.deliveries[asked.reference]
    answer = answers.answer(agreed.seen_by_office(depot, asked))
    decision = {"decision": "accepted" if answer.accepted else "refused"}
    if not answer.accepted:
        decision |= {"reason_code": answer.reason_code, "reason": answer.reason}
    try:
        state, by = dispatch.decide(asked.change_id, decision)["state"], "Dispatch"
    except DispatchError as late:
        if late.status != 409:
            raise
        state, by = _state_of(dispatch, asked, delivery.brand.slug), "The desk"
    if state == "accepted":
        agreed.agree(depot, asked, now)
        return f"{by} agrees to {delivery.person.name}'s wish ({asked.kind.replace('_', ' ')})."
    because = f": {answer.reason}" if by == "Dispatch" else "."
    return f"{by} says no to {delivery.person.name} ({asked.kind.replace('_', ' ')}){because}"


def _state_of(dispatch: Dispatch, asked: Asked, shipper: str) -> str:
    known = dispatch.shipment(asked.reference, shipper)["changes"]
    return next((str(one["state"]) for one in known if one["change_id"] == asked.change_id), "")
