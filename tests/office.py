"""The office for tests: two shops, their agents, and shipments that came in through the real flows."""

import re
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from portal import jobs
from portal.domain.access import fingerprint
from portal.domain.change import Change
from portal.domain.delivery import Shipment
from portal.domain.events import DispatchEvent, Happening
from portal.domain.kinds.base import Wish
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.domain.neighbors import Answer
from portal.domain.parcel import Address, Parcel, Recipient, Restrictions, Service
from portal.flows import agents, change, ingest, intake, neighbors, sign_in
from portal.flows.ingest import Reported
from portal.flows.intake import Told
from portal.flows.sign_in import House
from portal.store import agents as agent_store
from portal.store import browsers, changes, positions, routes, shipments, shippers
from portal.store import neighbors as neighbor_store
from portal.store.agents import Agent
from portal.store.shippers import Shipper

BERLIN = "Europe/Berlin"
# made once: a hash takes its time on purpose
PASSWORD = "corn lantern orbit 7"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$gf/JrC41QbPn37Vkwyhl7w$auY18qeiQexTFHokBOvvg7KdN5iClrMTgNAPBuIJ8ZA"


@dataclass
class Office:
    """Everything a test of console or desk needs; `app` is the test's app."""

    app: Any
    clock: Any
    passwords: dict[str, str] = field(default_factory=dict)

    @property
    def kit(self) -> Any:
        return self.app.extensions["doorstep"]

    def shop(self, slug: str, name: str = "", **more: Any) -> Shipper:
        """A shipper."""
        with self.kit.transaction() as session:
            shop = shippers.add(session, slug, name or slug.title(), timezone=BERLIN, country="DE", **more)
        self.kit.shippers.forget()
        return shop

    def agent(
        self, email: str = "ann@example.com", role: str = "agent", shop: Shipper | None = None
    ) -> Agent:
        """An agent without a password, who comes in by `enter`: a hash takes its time on purpose."""
        with self.kit.transaction() as session:
            name = email.partition("@")[0].title()
            agent_store.add(session, email, name, "", role, shop.id if shop else None, self.clock())
            found = agent_store.by_email(session, email)
        assert found is not None
        return found

    def enter(self, client: Any, agent: Agent, browser: str = "") -> Any:
        """Give a client the session of an agent, in a browser of this name; returns the client."""
        token, now = f"token-of-{agent.email}{browser}", self.clock()
        with self.kit.transaction() as session:
            until = now + timedelta(hours=12)
            browsers.open_session(session, fingerprint(token), agent.id, now, until, browser=browser)
        client.set_cookie("doorstep-agent", token)
        return client

    def knows(self, agent: Agent) -> Agent:
        """The agent's password is `PASSWORD` from now on; its hash was made beforehand."""
        self.passwords[agent.email] = PASSWORD
        with self.kit.transaction() as session:
            agent_store.set_password(session, agent.id, HASH)
        return replace(agent, password=HASH)

    def arrives(self, client: Any, agent: Agent) -> Any:
        """Go as far as the password takes an agent, without typing it; returns the client."""
        settings = self.kit.settings
        house = House(settings.secret_key.get_secret_value().encode(), settings.code_required)
        known = sign_in.Try(agent, "", "192.0.2.0/24", self.clock())
        with self.kit.transaction() as session:
            opened = sign_in.admit(session, house, known, PASSWORD, "A browser", "", self.clock())
        client.set_cookie("doorstep-agent", opened.token)
        return client

    def hire(self, email: str = "ann@example.com", role: str = "agent", shop: str | None = None) -> Agent:
        """An agent as the operator adds one; the password is kept in `passwords`."""
        with self.kit.transaction() as session:
            name = email.partition("@")[0].title()
            self.passwords[email] = agents.add_agent(session, email, name, role, shop, self.clock())
            found = agent_store.by_email(session, email)
        assert found is not None
        return found

    def shipment(
        self,
        shop: Shipper,
        reference: str = "A-1",
        name: str = "Jürgen Weiß",
        phone: str = "+4917012345678",
        email: str = "juergen@example.com",
        lines: tuple[str, ...] = ("Lindenstraße 12",),
        postcode: str = "10969",
        depot: str = "north",
        codes: tuple[str, ...] = ("PC-0001",),
        window_in_hours: tuple[float, float] | None = (3, 5),
    ) -> Shipment:
        """A shipment as dispatch tells it."""
        now = self.clock()
        window = tuple(now + timedelta(hours=hours) for hours in window_in_hours) if window_in_hours else None
        told = Told(
            shipper_id=shop.id,
            reference=reference,
            service=Service.STANDARD,
            recipient=Recipient(name, phone, email, "de"),
            address=Address(lines, "Berlin", postcode, "DE", 52.5, 13.4, BERLIN),
            depot=depot,
            restrictions=Restrictions(),
            parcels=tuple(Parcel(code, 900, 300, 200, 100) for code in codes),
            window=window,  # type: ignore[arg-type]
        )
        with self.kit.transaction() as session:
            (kept,) = intake.take_shipments(session, self.kit.voice, [told], now)
            found = shipments.by_id(session, shop.id, kept.id)
        assert found is not None
        return found

    def event(self, of: Shipment, happening: str, at: datetime | None = None, **more: Any) -> str:
        """Dispatch reports something; returns the event's id."""
        name = more.pop("event_id", f"{of.reference}-{happening}")
        event = DispatchEvent(name, Happening(happening), at or self.clock(), **more)
        with self.kit.transaction() as session:
            reported = [Reported(of.shipper_id, of.reference, event)]
            ingest.ingest(session, self.kit.voice, reported, self.clock())
        return name

    def wish(self, of: Shipment, neighbor: str = "Ada Cole", number: str = "14") -> Change:
        """The recipient asks to leave it with a neighbor, who says yes: now dispatch is asked."""
        asked = self.asks(of, LeaveWithNeighbor(neighbor, number))
        with self.kit.transaction() as session:
            question = neighbor_store.of_changes(session, [asked])[asked.id]
            neighbors.answer(session, self.kit.voice, question, Answer.YES, self.clock())
        return self.known(asked)

    def asks(self, of: Shipment, wish: Wish) -> Change:
        """The recipient asks for something."""
        with self.kit.transaction() as session:
            asked = change.ask(session, self.kit.voice, of, wish, self.clock())
        assert isinstance(asked, change.Asked), asked
        return asked.change

    def known(self, of: Change) -> Change:
        """A change as it stands now."""
        with self.kit.reading() as session:
            found = changes.find(session, None, of.id)
        assert found is not None
        return found

    def route(self, name: str, *doors: Shipment, owner: int = 0) -> int:
        """A van that goes to these doors in three hours, ten minutes apart; returns the route's id."""
        now = self.clock()
        with self.kit.transaction() as session:
            van = routes.van_named(session, owner, f"van of {name}")
            stops = [
                routes.Stop(seq, door.id, now + timedelta(hours=3, minutes=10 * seq), 60)
                for seq, door in enumerate(doors, 1)
            ]
            positions.move(session, {van.id: routes.Fix(52.51, 13.41, now)})
            return routes.save(session, owner, name, van, doors[0].depot, now + timedelta(hours=2), [], stops)

    def desk_ticks(self, seconds: float = 9) -> None:
        """So many seconds later, answers given on the desk count."""
        self.clock.forward(seconds=seconds)
        jobs.answers(self.kit)

    def sign_in(self, client: Any, email: str = "ann@example.com", password: str = "") -> Any:
        """Sign in through the form, as a browser does."""
        form = {
            "email": email,
            "password": password or self.passwords[email],
            "csrf_token": token_of(client.get("/console/login").text),
        }
        return client.post("/console/login", data=form)


def token_of(html: str) -> str:
    """The form token in a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', html)
    assert found, html
    return found[1]
