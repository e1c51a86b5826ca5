"""What other systems say becomes our events: their shipment is found, repeats are seen, what is unknown is counted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.domain.events import DispatchEvent
from portal.domain.shipment import LEADS_TO
from portal.flows.announce import Voice
from portal.flows.ingest import Outcome, Reported, Taken, ingest
from portal.store import parcels, shipments, sources
from portal.store.sources import Source

CLOCKS_MAY_DIFFER = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Said:
    """One thing that another system says. `names` are what it may call our shipment, the surest first.

    `event` None: a word that we do not tell; `word` is what it was. `as_before`: the event only takes back another,
    and what was true before that one holds again. `shared`: the same is said of several shipments, so that its name
    is made their own.
    """

    names: tuple[str, ...]
    event: DispatchEvent | None
    word: str = ""
    as_before: bool = False
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one thing said; `because` when it was not taken, `unknown` when we could not even read it."""

    said: Said
    outcome: Outcome
    because: str = ""
    unknown: bool = False


def hear(session: Session, voice: Voice, shipper_id: int, told: Sequence[Said], now: datetime) -> list[Heard]:
    """Take what another system says about a shipper's shipments; one answer each, in order."""
    known = _references(session, shipper_id, told)
    reports: list[tuple[int, Reported]] = []
    heard: dict[int, Heard] = {}
    for place, said in enumerate(told):
        reference = next((known[name] for name in said.names if name in known), None)
        if because := _useless(said, reference, now):
            heard[place] = Heard(said, Outcome.IGNORED, because, unknown=True)
        elif reference and said.event:
            event = _own(said.event, reference) if said.shared else said.event
            if said.as_before:
                event = _as_before(session, shipper_id, reference, event)
            reports.append((place, Reported(shipper_id, reference, event)))
    taken, _ = ingest(session, voice, [report for _, report in reports], now)
    for (place, _report), became in zip(reports, taken, strict=True):
        heard[place] = Heard(told[place], *_outcome(became))
    return [heard[place] for place in range(len(told))]


def hear_from(
    session: Session, voice: Voice, source: Source, told: Sequence[Said], now: datetime
) -> list[Heard]:
    """The same for a source, which keeps count."""
    told = [_named_for(source, said) for said in told]
    heard = hear(session, voice, source.shipper_id, told, now)
    taken = sum(one.outcome is Outcome.TAKEN for one in heard)
    unknown = [one.because for one in heard if one.unknown]
    sources.note(session, source, taken, unknown, now)
    return heard


def _named_for(source: Source, said: Said) -> Said:
    """Two systems may use the same names for their events."""
    if said.event is None:
        return said
    return replace(
        said, event=replace(said.event, event_id=f"{source.kind}-{source.id}:{said.event.event_id}")
    )


def _references(session: Session, shipper_id: int, told: Iterable[Said]) -> Mapping[str, str]:
    """Our reference for each name: itself, or that of the newest shipment with a parcel of this code."""
    names = {name for said in told if said.event for name in said.names if name}
    references = shipments.shippers_of(session, [shipper_id], names)
    return parcels.references(session, shipper_id, names - set(references)) | {one: one for one in references}


def _as_before(session: Session, shipper_id: int, reference: str, event: DispatchEvent) -> DispatchEvent:
    """What was true before the event that this one takes back; told again, the same holds, whatever came since."""
    story = shipments.by_references(session, [(shipper_id, reference)])[
        shipper_id, reference
    ].shipment.state.story
    if again := next((one for one in story if one.event_id == event.event_id), None):
        return again
    others = [one for one in story if one.event_id != event.corrects and one.happening in LEADS_TO]
    if not others:
        return event
    last = max(others, key=lambda one: one.order)
    return replace(last, event_id=event.event_id, note="", corrects=event.corrects)


def _own(event: DispatchEvent, reference: str) -> DispatchEvent:
    corrects = _own_name(event.corrects, reference) if event.corrects else ""
    return replace(event, event_id=_own_name(event.event_id, reference), corrects=corrects)


def _own_name(name: str, reference: str) -> str:
    return f"{name}:{fingerprint(reference)[:12]}"


def _useless(said: Said, reference: str | None, now: datetime) -> str:
    if said.event is None:
        return f"{said.word!r} is nothing that we tell."
    if reference is None:
        return f"There is no shipment {said.names[0] if said.names else ''!r}."
    if said.event.happened_at > now + CLOCKS_MAY_DIFFER:
        return f"{said.event.happened_at.isoformat()} lies in the future."
    return ""


def _outcome(became: Taken) -> tuple[Outcome, str]:
    """A system that tells its whole story each time may put it in other words: the first ones count."""
    repeated = became.outcome is Outcome.REJECTED and became.field == "event_id"
    return (Outcome.SEEN if repeated else became.outcome), became.because
