"""The door at which lockers ask: somebody typed a code, which compartment opens?"""

import math

from flask import Blueprint, Response, jsonify

from portal.domain.delivery import Shipment
from portal.flows import pickup
from portal.flows.pickup import Opened, StaysShut
from portal.web import guard
from portal.web.batches import one
from portal.web.clean import clean_line
from portal.web.errors import ApiError, problem
from portal.web.schemas import OpenIn
from portal.web.scope import key
from portal.wiring import kit

bp = Blueprint("locker_api", __name__, url_prefix="/api/v1")

WRONG = "No compartment of this locker opens with this code."
OVER = "The time to collect it is over; the parcel goes back."
TOO_OFTEN = "Too many wrong codes were typed at this locker."


@bp.post("/lockers/<path:locker>/open")
@guard.api("lockers:write")
def open_locker(locker: str) -> Response:
    """Whose compartment a code opens. Wrong ones are counted, and after some of them the locker waits."""
    typed, now = one(OpenIn).code, kit().now()
    with kit().transaction() as session:
        became = pickup.open_locker(
            session, kit().voice, key().shipper_id, clean_line(locker), "".join(typed.split()), now
        )
    match became:
        case None:
            raise ApiError(404, "There is no such locker.")
        case StaysShut(until) if until is not None:
            answer = problem(429, TOO_OFTEN)
            answer.headers["Retry-After"] = str(max(math.ceil((until - now).total_seconds()), 1))
            return answer
        case StaysShut(over=True):
            raise ApiError(409, OVER, state="expired")
        case StaysShut():
            raise ApiError(404, WRONG)
        case Opened(shipment, booking, by):
            return jsonify(
                shipment=shipment.reference, shipper=_slug(shipment), size=booking.size, by=by.value
            )


def _slug(shipment: Shipment) -> str:
    with kit().reading() as session:
        return kit().shippers(session)[shipment.shipper_id].slug
