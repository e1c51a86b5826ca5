"""An agent opens a shipment: the answer first, then one timeline of everything; the look is audited."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.change import Change, Kind
from portal.domain.delivery import Shipment
from portal.domain.standing import Standing, standing
from portal.domain.telling import of_events, plain
from portal.domain.telling_changes import of_changes
from portal.domain.telling_replies import of_replies
from portal.domain.telling_windows import Promised, of_windows
from portal.domain.timeline import LOOKED, Entry, Step, Strand, Timeline, Tone, weave
from portal.flows import after_dossier, told
from portal.flows.agents import actor
from portal.flows.announce import Voice
from portal.flows.handover import at_the_door
from portal.store import audit, changes, follow_ups, inbound, neighbors, outbox, promises, shipments
from portal.store import dossier as store
from portal.store.agents import Agent
from portal.store.shippers import Shipper


@dataclass(frozen=True, slots=True)
class Dossier:
    """All that is known of a shipment, for an agent on the phone. `link` opens the recipient's own page."""

    shipment: Shipment
    shipper: Shipper
    standing: Standing
    timeline: Timeline
    changes: tuple[Change, ...]
    link: str


def open_dossier(
    session: Session, voice: Voice, agent: Agent, shipment_id: int, now: datetime, only: Strand | None = None
) -> Dossier | None:
    """The dossier; None: no such shipment in the agent's scope. Whoever shows it calls `note_look`."""
    shipment = shipments.by_id(session, agent.shipper_id, shipment_id)
    if shipment is None:
        return None
    known = tuple(changes.of_shipments(session, [shipment.id]).get(shipment.id, ()))
    line = weave(_strands(session, shipment, known, now), only)
    return Dossier(
        shipment=shipment,
        shipper=voice.shippers(session)[shipment.shipper_id],
        standing=standing(shipment, known, now, follow_ups.of_shipments(session, [shipment.id])),
        timeline=line,
        changes=known,
        link=voice.link(shipment),
    )


def note_look(session: Session, agent: Agent, shipment: Shipment, now: datetime) -> None:
    """Write down who looked."""
    audit.record(
        session, actor(agent), "looked", now, shipper_id=shipment.shipper_id, shipment_id=shipment.id
    )


def _strands(
    session: Session, shipment: Shipment, known: tuple[Change, ...], now: datetime
) -> Iterator[Iterable[Entry]]:
    yield of_events(store.events(session, shipment.id))
    shown = promises.of_shipments(session, [shipment.id])
    yield of_windows(
        [Promised(one.promise, one.outcome, one.delivered_at, one.origin or {}) for one in shown]
    )
    asks = neighbors.of_changes(session, (one for one in known if one.kind is Kind.NEIGHBOR))
    yield of_changes(known, _told_dispatch(session, shipment.id), asks, _door_proof(session, shipment, now))
    yield (told.entry(one, now) for one in outbox.of_shipment(session, shipment.shipper_id, shipment.id))
    yield after_dossier.entries(session, shipment, now)
    yield of_replies(inbound.of_shipment(session, shipment.id))
    yield _codes(session, shipment.id)
    yield _views(session, shipment.id)
    yield _notes(session, shipment.id)
    yield _acts(session, shipment.id)


def _told_dispatch(session: Session, shipment_id: int) -> dict[str, tuple[Step, ...]]:
    steps: dict[str, tuple[Step, ...]] = {}
    for one in store.told_dispatch(session, shipment_id):
        if one.change_id:
            number = f" as no. {one.seq}" if one.seq else ""
            text = f"Dispatch was told: {plain(one.type.rpartition('.')[2])}{number}"
            steps[one.change_id] = (*steps.get(one.change_id, ()), Step(text, one.at))
    return steps


def _door_proof(session: Session, shipment: Shipment, now: datetime) -> tuple[str, ...]:
    """What the hand-over left as proof, in sentences."""
    door = at_the_door(session, shipment, now)
    if door is None:
        return ()
    sorts = sorted({plain(picture.sort) for picture in door.pictures})
    said = [f"From the door: {', '.join(sorts)}."] if sorts else []
    if door.handover and door.handover.distance_m is not None:
        said.append(f"Handed over {door.handover.distance_m:.0f} m from the door's place on the map.")
    if door.missing:
        said.append(f"Nobody sent: {', '.join(plain(one.value) for one in door.missing)}.")
    return tuple(said)


def _codes(session: Session, shipment_id: int) -> Iterator[Entry]:
    for number, code in enumerate(store.codes(session, shipment_id), 1):
        tried = f"Guessed {code.tries} times." if code.tries != 1 else "Guessed once."
        yield Entry(
            code.sent_at,
            Strand.CODE,
            "One-time code asked for",
            key=f"code-{number}",
            facts=(tried if code.tries else "Not used so far.",),
            tone=Tone.WARN if code.tries > 3 else Tone.PLAIN,
        )


def _views(session: Session, shipment_id: int) -> Iterator[Entry]:
    for number, seen in enumerate(audit.views(session, shipment_id), 1):
        times = "once" if seen.views == 1 else f"{seen.views} times"
        yield Entry(
            seen.last_at,
            Strand.VIEW,
            f"Recipient's page opened {times} while {plain(seen.status)}",
            key=f"view-{number}",
            span=(seen.first_at, seen.last_at) if seen.views > 1 else None,
        )


def _notes(session: Session, shipment_id: int) -> Iterator[Entry]:
    for number, note in enumerate(audit.notes(session, shipment_id), 1):
        yield Entry(note.at, Strand.NOTE, "Note", key=f"note-{number}", words=note.text, by=note.agent)


ACTS = {
    "looked": LOOKED,
    "looked_at_picture": "Looked at a picture",
    "resent": "Sent a message again",
    "answered": "Answered a change on the desk",
    "answer_undone": "Took an answer on the desk back",
    "answer_overtaken": "Somebody was faster than the desk",
    "contact_replaced": "Replaced a contact",
    "followed_up": "Looked after a follow-up",
    "looked_after_text": "Looked after a text",
}
TOLD_APART = {"noted"}
SHOWN = ("channel", "notice", "why", "answer", "became", "matter")


def _acts(session: Session, shipment_id: int) -> Iterator[Entry]:
    for number, act in enumerate(audit.of_shipment(session, shipment_id), 1):
        if act.action not in TOLD_APART:
            yield Entry(
                act.at,
                Strand.AGENT,
                ACTS.get(act.action, plain(act.action).capitalize()),
                key=f"act-{number}",
                by=act.actor,
                facts=tuple(
                    plain(act.detail[name]) for name in SHOWN if isinstance(act.detail.get(name), str)
                ),
            )
