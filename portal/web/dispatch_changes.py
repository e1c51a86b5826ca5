"""Dispatch's doors for changes: read them in order, decide, and say whether they were done."""

from flask import Blueprint, Response, jsonify, request

from portal.domain.change import Change, TooLate
from portal.flows import change as changing
from portal.flows import outcome as outcomes
from portal.store import changes
from portal.web import guard
from portal.web.batches import one
from portal.web.clean import clean_line
from portal.web.errors import ApiError
from portal.web.schemas import DecisionIn, OutcomeIn
from portal.web.scope import key
from portal.wiring import kit

bp = Blueprint("dispatch_changes", __name__, url_prefix="/api/v1")


@bp.get("/changes")
@guard.api("changes:read")
def get_changes() -> Response:
    """Changes in order of `seq`; nothing is ever skipped."""
    after, limit = _number("after", 0, 2**53), _number("limit", 100, 1_000)
    with kit().reading() as session:
        entries = changes.feed(session, key().shipper_id, after, max(limit, 1))
    found = [
        {"seq": entry.seq, "type": entry.type, "timestamp": entry.at.isoformat(), "data": entry.data}
        for entry in entries
    ]
    return jsonify(changes=found, next=entries[-1].seq if entries else after)


def _number(name: str, usual: int, most: int) -> int:
    text = request.args.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal()) or len(text) > 20 or int(text) > most:
        detail = f"a whole number from 0 to {most} is needed"
        raise ApiError(422, f"{name} is not right.", [{"pointer": f"?{name}", "detail": detail}])
    return int(text)


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


def _decision(became: Change | TooLate | None) -> Response:
    match became:
        case None:
            raise ApiError(404, "There is no such change.")
        case TooLate():
            raise ApiError(409, became.because, state=became.life.value)
        case Change():
            return jsonify(change_id=became.id, state=became.life.value, honoured=became.honoured)
