"""The OpenAPI 3.1 document, made from the very models that validate."""

from functools import cache
from typing import Any

from flask import Blueprint, Response, current_app, jsonify
from openapi_pydantic import OpenAPI
from openapi_pydantic.util import PydanticSchema, construct_open_api_with_schema_class
from pydantic import BaseModel, Field, create_model

from portal.web import guard
from portal.web import schemas as s
from portal.web.device_document import device_paths

bp = Blueprint("openapi", __name__)


def _listed(name: str, item: type[BaseModel], model_name: str) -> type[BaseModel]:
    fields: dict[str, Any] = {name: (list[item], Field(max_length=1_000))}  # type: ignore[valid-type]
    return create_model(model_name, **fields)


def _results(item: type[BaseModel], model_name: str) -> type[BaseModel]:
    fields: dict[str, Any] = {"results": (list[item], ...)}  # type: ignore[valid-type]
    return create_model(model_name, **fields)


SHIPMENTS = _listed("shipments", s.ShipmentIn, "Shipments")
NAMED = _results(s.NamedResult, "NamedResults")

# (method, path) -> (scope, summary, request body, answer)
CALLS: dict[tuple[str, str], tuple[str, str, type[BaseModel] | None, type[BaseModel] | None]] = {
    ("post", "/shipments"): (
        "shipments:write",
        "Tell shipments",
        SHIPMENTS,
        _results(s.ShipmentResult, "ShipmentResults"),
    ),
    ("get", "/shipments/{reference}"): ("shipments:read", "Read a shipment", None, s.ShipmentOut),
    ("post", "/routes"): ("routes:write", "Tell routes", _listed("routes", s.RouteIn, "Routes"), NAMED),
    ("post", "/events"): (
        "events:write",
        "Tell events",
        _listed("events", s.EventIn, "Events"),
        _results(s.EventResult, "EventResults"),
    ),
    ("post", "/proofs"): (
        "events:write",
        "Send a photo or signature of an event",
        s.ProofUpload,
        s.ProofResult,
    ),
    ("post", "/epcis/capture"): ("events:write", "Tell events as EPCIS 2.0", s.EpcisIn, s.EpcisOut),
    ("post", "/positions"): (
        "positions:write",
        "Tell positions",
        _listed("positions", s.PositionIn, "Positions"),
        NAMED,
    ),
    ("put", "/slots"): ("slots:write", "Set slots", _listed("slots", s.SlotIn, "Slots"), NAMED),
    ("put", "/lockers"): ("lockers:write", "Set lockers", _listed("lockers", s.LockerIn, "Lockers"), NAMED),
    ("post", "/lockers/{locker}/open"): ("lockers:write", "Open a compartment", s.OpenIn, s.OpenedOut),
    ("get", "/changes"): ("changes:read", "Read changes in order of seq", None, s.ChangesOut),
    ("post", "/changes/{change_id}/decision"): (
        "changes:write",
        "Decide a change",
        s.DecisionIn,
        s.DecisionOut,
    ),
    ("post", "/changes/{change_id}/seen"): (
        "changes:write",
        "Say that the driver has seen a change",
        s.SeenIn,
        s.DecisionOut,
    ),
    ("post", "/changes/{change_id}/outcome"): (
        "changes:write",
        "Say how a change ended",
        s.OutcomeIn,
        s.DecisionOut,
    ),
    ("post", "/attentions/{attention_id}/read"): (
        "changes:write",
        "Say that an agent's words were read",
        s.ReadIn,
        s.AttentionOut,
    ),
    ("put", "/webhook"): ("webhook:write", "Set the endpoint", s.WebhookIn, s.WebhookOut),
    ("get", "/webhook/deliveries"): (
        "webhook:read",
        "The last calls to the endpoint",
        None,
        s.DeliveriesOut,
    ),
    ("post", "/webhook/deliveries/{message_id}/replay"): ("webhook:write", "Call again", None, s.ReplayOut),
}

# path -> (name, type, what it means)
QUERIES = {
    "/changes": (
        ("after", "integer", "the last seq you have seen"),
        ("limit", "integer", "how many at most, up to 1000; 100 when absent"),
    ),
    "/epcis/capture": (("shipper", "string", "the shipper's short name; with the operator's key"),),
    "/webhook/deliveries": (
        ("limit", "integer", "how many at most, up to 500; 100 when absent"),
        ("before", "string", "the `next` of the page before"),
    ),
    "/shipments/{reference}": (
        (
            "shipper",
            "string",
            "the shipper's short name; with the operator's key, when several know the reference",
        ),
    ),
}
AS_FORM = "multipart/form-data"
PROBLEMS = {
    "400": "The body is not JSON.",
    "401": "No key, or one that is unknown or revoked.",
    "403": "The key lacks the scope.",
    "404": "There is no such thing.",
    "409": "Too late; `state` says where it stands.",
    "413": "More than 1,000 items or 2 MB; a picture of more than 5 MB.",
    "415": "The body is not declared as `application/json`; a file that is no picture.",
    "422": "Some values are not right; `errors` names them.",
    "429": "Too many wrong codes at this locker; `Retry-After` says when to try again.",
    "500": "The error is ours; nothing was saved.",
    "503": "The database is not available; `Retry-After` says when to try again.",
}


def _content(model: type[BaseModel] | None, kind: str = "application/json") -> dict[str, Any]:
    schema: Any = PydanticSchema(schema_class=model) if model else {"type": "object"}
    return {kind: {"schema": schema}}


def _operation(path: str, scope: str, summary: str, body: Any, answer: Any) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "summary": summary,
        "description": f"Scope `{scope}`.",
        "security": [{"key": []}],
        "responses": {
            "200": {"description": "Done; lists are answered item by item.", "content": _content(answer)},
            **{
                status: {"description": sentence, "content": _content(s.Problem, "application/problem+json")}
                for status, sentence in PROBLEMS.items()
            },
        },
    }
    in_path = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in in_path
    ]
    for name, kind, words in QUERIES.get(path, ()):
        parameters.append({"name": name, "in": "query", "description": words, "schema": {"type": kind}})
    if parameters:
        operation["parameters"] = parameters
    if body:
        kind = AS_FORM if body is s.ProofUpload else "application/json"
        operation["requestBody"] = {"required": True, "content": _content(body, kind)}
    return operation


@cache
def document(server: str) -> dict[str, Any]:
    """The whole document, for a server at this address."""
    paths: dict[str, dict[str, Any]] = {}
    for (method, path), (scope, summary, body, answer) in CALLS.items():
        paths.setdefault(f"/api/v1{path}", {})[method] = _operation(path, scope, summary, body, answer)
    whole = OpenAPI.model_validate(
        {
            "openapi": "3.1.0",
            "info": {
                "title": "Doorstep dispatch API",
                "version": "1",
                "description": "Everything is safe to send twice. Times are RFC 3339 with offset.",
            },
            "servers": [{"url": server}],
            "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
            "paths": paths | device_paths(),
        }
    )
    made: dict[str, Any] = construct_open_api_with_schema_class(whole).model_dump(
        mode="json", by_alias=True, exclude_unset=True
    )
    return made


@bp.get("/api/openapi.json")
@guard.open_door("describes the doors, opens none")
def openapi() -> Response:
    """The machine-readable contract."""
    return jsonify(document(current_app.extensions["doorstep"].settings.public_url))
