"""A recipient reports a problem, with pictures: kept once, told to dispatch and to the agents."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.claim import Found, reconciled
from portal.domain.delivery import Shipment
from portal.domain.follow_up import Matter
from portal.domain.pictures import Sort
from portal.domain.problem import NotReported, Problem, ProblemKind, wrong
from portal.flows import claiming, files
from portal.flows.announce import Voice
from portal.flows.pictures import Picture
from portal.store import claims, follow_ups, problems, shipments
from portal.store.claims import Claim
from portal.store.drawer import Drawer


def report(
    session: Session,
    voice: Voice,
    drawer: Drawer,
    shipment: Shipment,
    kind: str,
    words: str,
    pictures: Sequence[Picture],
    form: str,
    days: int,
    now: datetime,
) -> Problem | NotReported:
    """Keep a problem and tell those who have to know. `form` names the form it came from: sent twice, it is one."""
    shipment = shipments.by_id(session, shipment.shipper_id, shipment.id, lock=True) or shipment
    name = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{shipment.id}:{form}"))
    known = problems.of_shipment(session, shipment.id)
    if again := next((one for one in known if one.id == name), None):
        return again
    if because := wrong(kind, words, len(pictures), len(known)):
        return because
    problem = Problem(name, shipment.id, ProblemKind(kind), words, now)
    problems.add(session, shipment.shipper_id, problem)
    for picture in pictures:
        files.keep(session, drawer, shipment, Sort.PROBLEM, picture, now, days, problem_id=problem.id)
    _follow_up(session, shipment, problem, len(pictures), now)
    claiming.tell_of_problem(session, voice, shipment, _data(shipment, problem, len(pictures)), now)
    shipments.touch(session, [shipment.id])
    return problem


def refused(session: Session, shipment: Shipment, kind: str, words: str, pictures: int) -> NotReported | None:
    """Why a report will not be taken, before its pictures are looked at: they cost more than all else."""
    return wrong(kind, words, pictures, len(problems.of_shipment(session, shipment.id)))


def _data(shipment: Shipment, problem: Problem, pictures: int) -> dict[str, Any]:
    return {
        "shipment": shipment.reference,
        "problem_id": problem.id,
        "kind": problem.kind.value,
        "state": "open",
        "words": problem.words,
        "pictures": pictures,
        "reported_by": "recipient",
        "reported_at": problem.at.isoformat(),
    }


def _follow_up(session: Session, shipment: Shipment, problem: Problem, pictures: int, now: datetime) -> None:
    """What nobody got is one matter with "I do not have it"; everything else is one of its own."""
    seen = f" ({pictures} {'picture' if pictures == 1 else 'pictures'})" if pictures else ""
    facts = {"words": f"{problem.kind.value.replace('_', ' ').capitalize()}{seen}: {problem.words}"[:300]}
    missing = reconciled(shipment.state.status, False) is Found.NOT_RECEIVED
    matter, key = Matter.PROBLEM, problem.id
    if problem.kind is ProblemKind.NOT_RECEIVED and missing:
        claims.put(session, shipment.id, Claim(False, now))
        matter, key = Matter.NOT_RECEIVED, claiming.KEY
    follow_ups.open(session, shipment.shipper_id, shipment.id, matter, key, facts, now)
