"""Dispatch's doors for changes: read them in order, decide, and say whether they were seen and done."""

from uuid import UUID

import structlog
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from portal.domain.change import Change, TooLate
from portal.flows import attentions, unreached
from portal.flows import change as changing
from portal.flows import outcome as outcomes
from portal.store import changes
from portal.web import guard
from portal.web.batches import number, one
from portal.web.clean import clean_line
from portal.web.dispatch_api import in_future
from portal.web.errors import ApiError
from portal.web.schemas import DecisionIn, OutcomeIn, ReadIn, SeenIn
from portal.web.scope import key
from portal.wiring import kit

bp = Blueprint("dispatch_changes", __name__, url_prefix="/api/v1")
log = structlog.get_logger()


@bp.get("/changes")
@guard.api("changes:read")
def get_changes() -> Response:
    """Changes in order of `seq`; nothing is ever skipped."""
    after, limit = number("after", 0, 2**53), number("limit", 100, 1_000)
    with kit().reading() as session:
        entries = changes.feed(session, key().shipper_id, after, max(limit, 1))
        reads_on = unreached.reads_on(session, key().shipper_id, after)
    if reads_on:
        _note_read(after)
    found = [
        {"seq": entry.seq, "type": entry.type, "timestamp": entry.at.isoformat(), "data": entry.data}
        for entry in entries
    ]
    return jsonify(changes=found, next=entries[-1].seq if entries else after)


def _note_read(after: int) -> None:
    """An access record; whoever reads gets the answer also when it cannot be written."""
    try:
        with kit().transaction() as session:
            unreached.has_read(session, key().shipper_id, after, kit().now())
    except (DBAPIError, PoolTimeout) as error:
        log.warning("pull_not_noted", kind=type(error).__name__)


@bp.post("/changes/<change_id>/decision")
@guard.api("changes:write")
def decide(change_id: str) -> Response:
    """Dispatch accepts or refuses a change; too late is a 409 with the current state."""
    answer = one(DecisionIn)
    window = (answer.window.start, answer.window.end) if answer.window else None
    with kit().transaction() as session:
        became = changing.answer(
            session,
            kit().voice,
            key().shipper_id,
            change_id,
            answer.decision == "accepted",
            "api",
            kit().now(),
            reason_code=answer.reason_code or "",
            reason=answer.reason or "",
            window=window,
        )
    return _decision(became.change if isinstance(became, changing.Answered) else became)


@bp.post("/changes/<change_id>/seen")
@guard.api("changes:write")
def seen(change_id: str) -> Response:
    """The driver has seen an accepted change."""
    told, now = one(SeenIn), kit().now()
    at = told.at or now
    if late := in_future(at, now):
        raise ApiError(422, "Some values are not right.", [{"pointer": "/at", "detail": late}])
    with kit().transaction() as session:
        became = changing.seen(session, key().shipper_id, change_id, told.driver or "", min(at, now))
    return _decision(became)


@bp.post("/changes/<change_id>/outcome")
@guard.api("changes:write")
def outcome(change_id: str) -> Response:
    """Dispatch says whether an accepted change was done."""
    told = one(OutcomeIn)
    # The link alone shows the first line; where it was left and who signed is not for everybody who has the link.
    note = "\n".join((clean_line(told.note or ""), clean_line(told.proof or ""))).rstrip("\n")
    with kit().transaction() as session:
        became = outcomes.report(
            session, kit().voice, key().shipper_id, change_id, told.honoured, note, kit().now()
        )
    return _decision(became)


@bp.post("/attentions/<uuid:attention_id>/read")
@guard.api("changes:write")
def read(attention_id: UUID) -> Response:
    """Dispatch has read what an agent called its attention to; once is enough."""
    told = one(ReadIn)
    with kit().transaction() as session:
        known = attentions.read_by_api(
            session, key().shipper_id, str(attention_id), told.by or "", kit().now()
        )
    if known is None:
        raise ApiError(404, "There is no such thing.")
    read_at = known.read_at.isoformat() if known.read_at else None
    return jsonify(attention_id=known.id, state=known.state, read_at=read_at, read_by=known.read_by or None)


def _decision(became: Change | TooLate | None) -> Response:
    match became:
        case None:
            raise ApiError(404, "There is no such change.")
        case TooLate():
            raise ApiError(409, became.because, state=became.life.value)
        case Change():
            seen_at = became.seen_at.isoformat() if became.seen_at else None
            return jsonify(
                change_id=became.id, state=became.life.value, seen_at=seen_at, honoured=became.honoured
            )
