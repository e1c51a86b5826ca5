"""What the readers of other systems' bodies have in common: lenient models, times, names, and what a word means."""

import hashlib
from collections.abc import Iterable
from datetime import UTC, datetime, tzinfo
from typing import Annotated, Any, TypeVar

import orjson
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError

from portal.domain.events import DispatchEvent, Happening, Reason
from portal.domain.taxonomy import Meaning, meaning
from portal.flows.outside import Said
from portal.web.clean import clean_line, clean_text
from portal.web.errors import ApiError

MOST_BYTES = 1024 * 1024
MOST_EVENTS = 500
LONGEST_NOTE, LONGEST_PLACE, LONGEST_NAME = 500, 200, 80


def _words(value: Any) -> Any:
    """Words, or nothing: what is none, too odd or missing is not worth refusing a whole call for."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    return clean_text(value)[:2_000] if isinstance(value, str) else ""


Words = Annotated[str, BeforeValidator(_words)]


def _parts(value: Any) -> Any:
    return [one for one in value if isinstance(one, dict)][:MOST_EVENTS] if isinstance(value, list) else []


def _part(value: Any) -> Any:
    return value if isinstance(value, dict) else {}


# Before a list of parts, or one part, of a body that may hold anything there.
Parts, Part = BeforeValidator(_parts), BeforeValidator(_part)


class Theirs(BaseModel):
    """A part of another system's body: what we do not read is left alone."""

    model_config = ConfigDict(extra="ignore")


Model = TypeVar("Model", bound=Theirs)


def read(model: type[Model], body: bytes) -> Model:
    """The body as its model; what is no JSON object gets a clear answer."""
    try:
        return model.model_validate(orjson.loads(body))
    except orjson.JSONDecodeError as error:
        raise ApiError(400, "The body is not JSON.") from error
    except ValidationError as error:
        raise ApiError(422, "The body is not what this system sends.") from error


def moment(text: str, zone: tzinfo) -> datetime | None:
    """A time as other systems write it; without an offset it is local there. None: it is none."""
    try:
        at = datetime.fromisoformat(text.strip().replace(" UTC", "+00:00"))
    except ValueError:
        return None
    if not 2000 <= at.year < 2100:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def name_of(*parts: str) -> str:
    """The same name each time the same is told."""
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:40]


def names(*found: str) -> tuple[str, ...]:
    """What our shipment may be called, each once."""
    lines = (clean_line(one)[:LONGEST_NAME] for one in found)
    return tuple(dict.fromkeys(line for line in lines if line))


def reason_of(text: str) -> Reason | None:
    """A reason in Karrio's words, which are ours."""
    return Reason(text) if text in set(Reason) else None


def said(
    system: str,
    called: tuple[str, ...],
    event_id: str,
    at: datetime | None,
    word: str,
    detail: str = "",
    *,
    reason: Reason | None = None,
    place: str = "",
    note: str = "",
    corrects: str = "",
) -> Said:
    """One thing said, in our words where we have them."""
    whole = f"{word}/{detail}" if detail else word
    found: Meaning | None = meaning(system, word, detail)
    if found is None or at is None:
        return Said(called, None, whole[:LONGEST_NAME])
    wants_reason = found.happening in (Happening.ATTEMPT_FAILED, Happening.DELAYED, Happening.HELD)
    event = DispatchEvent(
        event_id,
        found.happening,
        at,
        found.reason or (reason if wants_reason else None),
        found.how,
        clean_line(place)[:LONGEST_PLACE],
        clean_text(note)[:LONGEST_NOTE],
        corrects=corrects,
    )
    return Said(called, event, whole[:LONGEST_NAME])


def oldest_first(told: Iterable[Said]) -> list[Said]:
    """In the order in which it happened, so that what is told of a batch is the last of it."""
    never = datetime.max.replace(tzinfo=UTC)
    return sorted(told, key=lambda one: one.event.happened_at if one.event else never)
