"""Dispatch's door for pictures: a photo or a signature that belongs to an event."""

from flask import Blueprint, Response, jsonify, request

from portal.domain.pictures import PROOF_BYTES, NoPicture, Sort
from portal.flows import handover
from portal.flows.handover import NotSent
from portal.flows.pictures import Picture, developed
from portal.web import guard, uploads
from portal.web.clean import clean_line
from portal.web.errors import ApiError
from portal.web.scope import Owners
from portal.wiring import kit

bp = Blueprint("proof_api", __name__, url_prefix="/api/v1")

SORTS = (Sort.PHOTO, Sort.SIGNATURE)
# What is wrong with a file in the language of HTTP.
STATUS = {NoPicture.TOO_LARGE: 413, NoPicture.TOO_MANY_PIXELS: 413, NoPicture.NOT_ONE: 415}


@bp.post("/proofs")
@guard.api("events:write")
def put_proof() -> Response:
    """A picture of a hand-over; sending it again changes nothing."""
    uploads.allow(PROOF_BYTES, 1)
    if request.mimetype != "multipart/form-data":
        raise ApiError(415, "Send `multipart/form-data` with shipment, event_id, sort and file.")
    if uploads.too_large():
        raise ApiError(413, "A picture has at most 5 MB.", limit_bytes=PROOF_BYTES)
    sort, reference, event_id = _fields()
    house = kit()
    with house.reading() as session:
        owner = Owners(session, [reference]).of(request.form.get("shipper") or None, reference)
        if isinstance(owner, str):
            raise _wrong(NotSent(owner, "shipment", unknown=True))
        shipment = handover.find_event(session, owner.id, reference, event_id)
    if isinstance(shipment, NotSent):
        raise _wrong(shipment)
    picture, now = _picture(), house.now()
    with house.transaction() as session:
        days = owner.rules.keep.proof_days or house.settings.proof_days
        try:
            sent = handover.keep_picture(session, house.drawer, shipment, event_id, sort, picture, days, now)
        except OSError as error:
            raise ApiError(503, "The picture could not be kept just now. Please send it again.") from error
    if isinstance(sent, NotSent):
        raise _wrong(sent)
    return jsonify(
        event_id=event_id,
        sort=sort.value,
        outcome="seen" if sent.again else "taken",
        expires_at=sent.file.expires_at.isoformat(),
    )


def _fields() -> tuple[Sort, str, str]:
    form = {name: clean_line(request.form.get(name, "")) for name in ("shipment", "event_id", "sort")}
    errors = [{"pointer": f"/{name}", "detail": "this field is needed"} for name in form if not form[name]]
    if form["sort"] and form["sort"] not in SORTS:
        errors.append({"pointer": "/sort", "detail": "one of photo, signature"})
    if "file" not in request.files:
        errors.append({"pointer": "/file", "detail": "this field is needed"})
    if errors:
        raise ApiError(422, "Some values are not right.", errors)
    return Sort(form["sort"]), form["shipment"], form["event_id"]


def _picture() -> Picture:
    found = developed(uploads.body_of(request.files["file"], PROOF_BYTES), PROOF_BYTES)
    if isinstance(found, Picture):
        return found
    limit = {"limit_bytes": PROOF_BYTES} if found is NoPicture.TOO_LARGE else {}
    raise ApiError(
        STATUS.get(found, 422), found.value, [{"pointer": "/file", "detail": found.value}], **limit
    )


def _wrong(not_sent: NotSent) -> ApiError:
    pointer = {"pointer": f"/{not_sent.field}", "detail": not_sent.because}
    return ApiError(404 if not_sent.unknown else 422, not_sent.because, [pointer])
