"""A caller, an agent and a lead for tests: Acme Books' Ann calls, Sam answers, Lea looks twice."""

import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from portal.domain.kinds.base import Wish
from portal.domain.kinds.locker import LeaveInLocker
from portal.flows import approvals, caller_change, calls
from portal.store import approvals as approval_store
from portal.store import changes, outbox, shipments, shippers
from portal.store.agents import Agent
from tests.dispatch import Dispatch, locker, new_dispatch, shipment, slot
from tests.office import Office
from tests.recipient import Recipient

KNEW = "Said the reference and the street unasked"
STATION = LeaveInLocker("station")


@dataclass
class Desk:
    """The people around one shipment, and what they do in transactions of their own."""

    app: Any
    clock: Any
    dispatch: Dispatch = field(init=False)
    office: Office = field(init=False)
    ann: Recipient = field(init=False)

    def __post_init__(self) -> None:
        self.kit = self.app.extensions["doorstep"]
        self.dispatch = new_dispatch(self.app)
        self.dispatch.offers(slots=[slot()], lockers=[locker(), locker("mill", name="Mill")])
        (told,) = self.dispatch.ships(shipment("A-1"))
        self.ann = Recipient(self.app.test_client(), urlsplit(told["link"]).path, self.app)
        self.office = Office(self.app, self.clock)
        with self.kit.reading() as session:
            self.shop = shippers.by_slug(session, "acme-books")
        assert self.shop is not None
        self.sam = self.office.agent("sam@example.com", "agent", self.shop)
        self.lea = self.office.agent("lea@example.com", "lead", self.shop)

    def door(self, reference: str = "A-1") -> Any:
        """A shipment as it stands now."""
        with self.kit.reading() as session:
            return shipments.by_references(session, [(1, reference)])[1, reference].shipment

    def sends_code(self, agent: Agent | None = None, reference: str = "A-1") -> Any:
        """The agent sends the caller a code."""
        door = self.door(reference)
        with self.kit.transaction() as session:
            return calls.send_code(session, self.kit.voice, agent or self.sam, door.id, self.clock())

    def types(self, code: str, agent: Agent | None = None, reference: str = "A-1") -> Any:
        """The agent types what the caller read out."""
        door, tries = self.door(reference), self.kit.settings.code_tries
        with self.kit.transaction() as session:
            who = agent or self.sam
            return calls.check_code(session, self.kit.voice, who, door.id, code, tries, self.clock())

    def code(self) -> str:
        """The code on the caller's phone."""
        with self.kit.reading() as session:
            words = next(one.text for one in outbox.latest(session) if one.notice == "caller_code")
        found = re.search(r"\b\d{6}\b", words)
        assert found
        return found[0]

    def knows_by_code(self, agent: Agent | None = None, reference: str = "A-1") -> None:
        """The caller read out the code."""
        self.sends_code(agent, reference)
        self.types(self.code(), agent, reference)

    def knows_by_reason(self, agent: Agent | None = None, reference: str = "A-1", words: str = KNEW) -> Any:
        """The agent writes down how they know the caller."""
        door = self.door(reference)
        with self.kit.transaction() as session:
            return calls.take_reason(session, agent or self.sam, door.id, "knows", words, self.clock())

    def proof(self, agent: Agent | None = None, reference: str = "A-1") -> Any:
        """How the agent knows who is on the line, if they do."""
        door = self.door(reference)
        with self.kit.reading() as session:
            return calls.proof_of_call(session, agent or self.sam, door.id, self.clock())

    def asks(self, wish: Wish = STATION, agent: Agent | None = None, reference: str = "A-1") -> Any:
        """The agent asks what the caller wants."""
        door = self.door(reference)
        with self.kit.transaction() as session:
            who = agent or self.sam
            return caller_change.ask(session, self.kit.voice, who, door.id, wish, self.clock())

    def decides(self, agent: Agent, number: int, agrees: bool = True, why: str = "") -> Any:
        """Somebody decides an approval."""
        with self.kit.transaction() as session:
            return approvals.decide(session, self.kit.voice, agent, number, agrees, why, self.clock())

    def approval(self, number: int) -> Any:
        """An approval as it stands now."""
        with self.kit.reading() as session:
            return approval_store.find(session, None, number)

    def changes(self, reference: str = "A-1") -> list[Any]:
        """What dispatch was asked about a shipment."""
        door = self.door(reference)
        with self.kit.reading() as session:
            return changes.of_shipments(session, [door.id]).get(door.id, [])

    def told(self, notice: str) -> list[Any]:
        """Messages of one notice, newest first."""
        with self.kit.reading() as session:
            return [one for one in outbox.latest(session) if one.notice == notice]
