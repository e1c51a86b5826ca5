"""The rights of a person from a dossier: what is held about its recipient, handed over or forgotten, with a reason."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.delivery import Shipment
from portal.domain.personal_tables import SAID_AS
from portal.domain.roles import Role, may
from portal.flows import erasing, exporting, person, quotas
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.erasing import REASONS, Request
from portal.flows.forgetting import CASE
from portal.flows.person import Found, Person
from portal.store import audit, person_find, shipments, sweeping
from portal.store.agents import Agent
from portal.store.person_find import Delivery, Part

# What a form has to hold to mean it: two words, so that no slip of a finger erases anybody.
WORDS = "erase for good"
# A page waits for so many deliveries; the others are erased in the next minute.
MOST_AT_ONCE = 100
WHAT_FOR = REASONS | {"copy": "They asked for a copy"}


@dataclass(frozen=True, slots=True)
class Held:
    """What is held about a shipment's recipient: rows by what they are called, and what keeps us from erasing."""

    shipment: Shipment
    found: Found
    rows: tuple[tuple[str, int], ...]
    why_not: str
    open: bool


def look(session: Session, agent: Agent, shipment_id: int) -> Held | None:
    """What is held, within the agent's scope. None: there is no such shipment there."""
    its = _of(session, agent, shipment_id)
    if its is None:
        return None
    shipment, _, found = its
    rows: Counter[str] = Counter()
    for table, number in found.rows.items():
        rows[SAID_AS.get(table, "other notes")] += number
    # what only says that it is under way may be overruled on the page, a hold may not
    why_not = person.why_not_erase(found, even_open=True)
    is_open = any(one.open for one in found.deliveries if one.part is not Part.FORMER)
    return Held(shipment, found, tuple(sorted(rows.items())), why_not, is_open)


def _of(session: Session, agent: Agent, shipment_id: int) -> tuple[Shipment, Person, Found] | None:
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    who = Person(
        frozenset(filter(None, (shipment.recipient.phone,))),
        frozenset(filter(None, (shipment.recipient.email.lower(),))),
    )
    found = person.find(session, agent.shipper_id, who)
    if all(one.shipment_id != shipment_id for one in found.deliveries):
        # without a number and an address it is still theirs
        deliveries = [*found.deliveries, _this(session, shipment)]
        found = person.with_deliveries(session, found.who, deliveries, found.others)
    return shipment, found.who, found


def _this(session: Session, shipment: Shipment) -> Delivery:
    held = shipment.id in person_find.on_hold(session, [shipment.id])
    its = (shipment.id, shipment.shipper_id, shipment.reference, Part.RECIPIENT)
    return Delivery(*its, open=not shipment.state.finished, on_hold=held)


def export(house: Any, agent: Agent, shipment_id: int, reason: str) -> tuple[str, BytesIO] | Sorry | None:
    """A zip with all that is held, and the name of its file; counted against the agent's exports."""
    if reason not in WHAT_FOR:
        return Sorry("Please say what it is for.")
    now = house.now()
    with house.transaction() as session:
        its = _of(session, agent, shipment_id)
        if its is None:
            return None
        if until := quotas.take(session, agent, "export", now):
            return Sorry(f"That were many exports. The next one is possible in {_minutes(until - now)}.")
        shipment, who, found = its
        about = {"deliveries": len(found.deliveries), "code": reason}
        _note(session, agent, shipment, "person_exported", now, about)
    return f"person-{shipment_id}.zip", exporting.packed(house, who, found, agent.shipper_id)


def erase(
    house: Any, agent: Agent, shipment_id: int, reason: str, case_ref: str, typed: str, even_open: bool
) -> Done | Sorry | None:
    """Forget the recipient of a shipment in the agent's scope, for good."""
    if not may(agent.role, Role.ADMIN):
        return Sorry("Only an admin can erase somebody.")
    if reason not in REASONS:
        return Sorry("Please say why.")
    if not CASE.fullmatch(case_ref):
        return Sorry("The number of the request is at most 40 letters, digits and -_/.# without a name.")
    if " ".join(typed.split()).lower() != WORDS:
        return Sorry(f"Please type “{WORDS}”. Nothing was erased.")
    with house.transaction() as session:
        its = _of(session, agent, shipment_id)
        if its is None:
            return None
        shipment, who, found = its
        if because := person.why_not_erase(found, even_open):
            return Sorry(because)
        about = {"deliveries": len(found.deliveries), "code": reason, "form": case_ref}
        _note(session, agent, shipment, "person_erased", house.now(), about)
    erasure = erasing.begin(house, who, found, Request(agent.shipper_id, reason, case_ref, actor(agent)))
    erasing.of_themselves(house, erasure, who)
    erasing.work(house, erasure, who, most=MOST_AT_ONCE)
    if house.database.is_sqlite:
        sweeping.swept(house.database, ())
    if len(found.deliveries) > MOST_AT_ONCE:
        return Done("They are being forgotten: it is done in a few minutes.")
    return Done("They are forgotten. That something was delivered, and when, is still known.")


def _note(
    session: Session, agent: Agent, shipment: Shipment, action: str, now: datetime, about: dict[str, Any]
) -> None:
    whose = {"shipper_id": shipment.shipper_id, "shipment_id": shipment.id}
    audit.record(session, actor(agent), action, now, **whose, **about)


def _minutes(time: timedelta) -> str:
    minutes = max(1, round(time.total_seconds() / 60))
    return "a minute" if minutes == 1 else f"{minutes} minutes"
