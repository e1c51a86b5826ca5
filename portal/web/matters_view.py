"""Matters as rows with their buttons, in the queue and at the top of a dossier."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import g, url_for
from prometheus_client import CollectorRegistry, Gauge
from sqlalchemy.orm import Session

from portal.domain.follow_up import FollowUp, Matter
from portal.domain.masking import in_text
from portal.domain.roles import Role, may
from portal.domain.work_list import Age
from portal.flows import queue, work
from portal.flows.queue import Item
from portal.flows.work import Called
from portal.store.colleagues import Colleague
from portal.web.dossier_view import Clock, clock
from portal.wiring import kit

UNTIL = {"15": "15 min", "60": "1 hour", "240": "4 hours", "morning": "8 in the morning"}


@dataclass(frozen=True, slots=True)
class Buttons:
    """What a row needs wherever it stands. `act_on` is where its form goes, and leads back."""

    now: datetime
    may_act: bool
    may_take_away: bool
    act_on: Callable[[FollowUp], str]
    colleagues: list[Colleague]
    until: dict[str, str]
    masked: Callable[[str], str] = in_text


@dataclass(frozen=True, slots=True)
class Panel:
    """What is open of one shipment, for its dossier."""

    matters: list[Called]
    buttons: Buttons | None


def panel(session: Session, shipment_id: int) -> Panel:
    """The open matters of a shipment in the agent's scope, with their buttons."""
    matters = work.of_shipment(session, g.agent, shipment_id, kit().now())
    return Panel(matters, buttons(session, dossier=shipment_id) if matters else None)


def buttons(session: Session, **back: Any) -> Buttons:
    """For this agent; `back` is what stands in the address so that the answer leads back."""
    return Buttons(
        kit().now(),
        may(g.agent.role, Role.AGENT),
        may(g.agent.role, Role.LEAD),
        lambda matter: url_for("console_queue.act", matter_id=matter.id, **back),
        queue.colleagues_of(session, g.agent),
        UNTIL,
    )


def clock_of(item: Item) -> Clock:
    """The clock at the door, or for a matter without one the agent's own."""
    if item.found is None:
        return clock(g.agent.timezone or "UTC", "", kit().now())
    return clock(item.found.timezone, item.found.country, kit().now())


def gauges(waiting: work.Ages, registry: CollectorRegistry) -> None:
    """How many matters are open, and for how long the oldest, for Prometheus."""
    kinds = Gauge("doorstep_open_matters", "Open matters of the queue by kind", ["kind"], registry=registry)
    for kind in Matter:
        kinds.labels(kind.value).set(waiting.kinds.get(kind, 0))
    by_age = Gauge(
        "doorstep_open_matters_by_age", "Open matters by how long they wait", ["age"], registry=registry
    )
    for age in Age:
        by_age.labels(age.value).set(waiting.ages.get(age, 0))
    oldest = Gauge(
        "doorstep_oldest_open_matter_seconds", "Age of the oldest open matter of the queue", registry=registry
    )
    oldest.set(waiting.oldest_seconds)
