"""Onfleet's webhooks: one trigger of one task a call. https://docs.onfleet.com/reference/webhooks"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any

from pydantic import BeforeValidator

from portal.flows.outside import Said
from portal.web.inbound.reading import Part, Parts, Theirs, Words, name_of, names, read, said

# Their triggers by number, for calls that bear no name.
TRIGGERS = {
    "0": "taskStarted",
    "1": "taskEta",
    "2": "taskArrival",
    "3": "taskCompleted",
    "4": "taskFailed",
    "6": "taskCreated",
    "7": "taskUpdated",
    "8": "taskDeleted",
    "9": "taskAssigned",
    "10": "taskUnassigned",
    "12": "taskDelayed",
}
# What an operator calls the field of a task that holds our reference.
REFERENCES = {"reference", "shipment", "order", "tracking_number", "tracking_code"}


class Fact(Theirs):
    name: Words = ""
    value: Words = ""


class Completion(Theirs):
    failureReason: Words = ""
    failureNotes: Words = ""


class Task(Theirs):
    shortId: Words = ""
    metadata: Annotated[tuple[Fact, ...], Parts] = ()
    completionDetails: Annotated[Completion, Part] = Completion()


class Data(Theirs):
    task: Annotated[Task, Part] = Task()


def _number(value: Any) -> Any:
    """A number, or nothing: what else stands there may be nested deeper than can be written out."""
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


class Call(Theirs):
    time: Annotated[Any, BeforeValidator(_number)] = None
    triggerId: Words = ""
    triggerName: Words = ""
    taskId: Words = ""
    data: Annotated[Data, Part] = Data()


def is_theirs(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """HMAC-SHA512 of the raw body in hex, with the secret read as hex."""
    try:
        key = bytes.fromhex(secret)
    except ValueError:
        return False
    right = hmac.new(key, body, hashlib.sha512).hexdigest()
    return hmac.compare_digest(right.encode(), headers.get("X-Onfleet-Signature", "").lower().encode())


def told(body: bytes, zone: tzinfo) -> list[Said]:
    """The one thing that a call says."""
    call = read(Call, body)
    task, trigger = call.data.task, call.triggerName or TRIGGERS.get(call.triggerId, call.triggerId)
    of_ours = (fact.value for fact in task.metadata if fact.name.lower() in REFERENCES)
    ending = task.completionDetails if trigger.lower() == "taskfailed" else Completion()
    return [
        said(
            "onfleet",
            names(*of_ours, task.shortId, call.taskId),
            name_of(call.taskId, trigger, str(call.time)),
            _moment(call.time),
            trigger,
            ending.failureReason,
            note=ending.failureNotes,
        )
    ]


def _moment(milliseconds: Any) -> datetime | None:
    if milliseconds is None or not 946_684_800_000 <= milliseconds < 4_102_444_800_000:
        return None
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
