"""Doors for phones in vans: OwnTracks, Traccar Client, Traccar servers. The secret in the address says whose it is."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, abort, g, jsonify, request

from portal.domain.fixes import Fix, Judged
from portal.flows import devices
from portal.store.devices import Device
from portal.web import device_formats as formats
from portal.web import guard
from portal.web.errors import ApiError
from portal.wiring import kit

bp = Blueprint("device_api", __name__, url_prefix="/devices")

NOTHING = "ignored: there is no position in it."


@bp.post("/<secret>/owntracks")
@guard.device
def owntracks() -> Response:
    """OwnTracks in HTTP mode. Whatever it says, it waits for a list of messages to itself; we have none."""
    said = formats.body_of(request.get_data())
    _take(formats.each([] if said is None else said, formats.owntracks))
    return jsonify([])


@bp.get("/<secret>/osmand")
@guard.keeps_on_get("Traccar Client and hardware that can only ask tell by asking; no page leads here")
@guard.device
def osmand_query() -> Response:
    """Traccar Client as it was until version 9, and hardware of its kind: all is in the query."""
    if request.method == "HEAD":
        abort(405)
    if not request.args.keys() & {"lat", "location"}:
        raise ApiError(422, "Traccar Client tells here where a van is: scan or type this address in the app.")
    return _answered(_take(_of_query(request.args)))


@bp.post("/<secret>/osmand")
@guard.device
def osmand() -> Response:
    """Traccar Client: JSON since version 9, before that a form or a query."""
    if not request.is_json:
        return _answered(_take(_of_query(request.form if request.form else request.args)))
    said = formats.body_of(request.get_data())
    if not isinstance(said, dict) or "location" not in said:
        raise ApiError(422, "Send an object with a location, as Traccar Client does.")
    return _answered(_take(formats.each(said["location"], formats.osmand_json)))


@bp.post("/<secret>/traccar")
@guard.device
def traccar() -> Response:
    """A Traccar server forwards what a device told it (`forward.type` json)."""
    judged = _take(formats.each(formats.body_of(request.get_data()), formats.traccar))
    return jsonify(results=[_result(one) for one in judged])


def _of_query(said: Any) -> list[Fix]:
    return formats.each(said.to_dict(), lambda item: formats.osmand_query(item, kit().now()))


def _take(fixes: Sequence[Fix]) -> list[Judged]:
    device: Device = g.device
    if not fixes:
        return []
    with kit().transaction() as session:
        return devices.hear(session, kit().voice, device, fixes, kit().now())


def _answered(judged: Sequence[Judged]) -> Response:
    """A line for each position, for whoever reads the app's log. Never an error: the app would send it for ever."""
    lines = [f"{one.outcome}: {one.because}" if one.because else one.outcome for one in judged]
    return Response("\n".join(lines or [NOTHING]) + "\n", mimetype="text/plain")


def _result(one: Judged) -> dict[str, str]:
    return {"outcome": one.outcome} | ({"because": one.because} if one.because else {})
