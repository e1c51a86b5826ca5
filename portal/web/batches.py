"""Reading bodies item by item: one bad item does not sink its neighbors, and each error names item and field."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar, get_args

import orjson
from flask import request
from pydantic import BaseModel, ValidationError

from portal.web.errors import ApiError
from portal.web.schemas import Body

MOST_ITEMS = 1_000
MOST_BYTES = 2 * 1024 * 1024

Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Item(Generic[Model]):
    """One item of a batch: what was read of it, or the errors that say why not."""

    position: int
    raw: Any
    value: Model | None
    errors: list[dict[str, str]]
    warnings: list[str]

    def raw_text(self, name: str) -> str | None:
        """A field of the item as it was sent, to name it in the answer even when it is bad."""
        found = self.raw.get(name) if isinstance(self.raw, dict) else None
        return found[:200] if isinstance(found, str) else None


def json_body() -> Any:
    """The request's JSON; too large, not JSON or broken JSON get a clear answer."""
    if request.content_length is not None and request.content_length > MOST_BYTES:
        raise ApiError(413, f"The body is larger than {MOST_BYTES} bytes (2 MB).", limit_bytes=MOST_BYTES)
    if not request.is_json:
        raise ApiError(415, "Send JSON with `Content-Type: application/json`.")
    body = request.get_data()
    if len(body) > MOST_BYTES:
        raise ApiError(413, f"The body is larger than {MOST_BYTES} bytes (2 MB).", limit_bytes=MOST_BYTES)
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise ApiError(
            400, f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}."
        ) from error


def one(model: type[Model]) -> Model:
    """A body that is one object."""
    raw = json_body()
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise ApiError(422, "Some values are not right.", errors_of(error, "")) from error


def many(name: str, model: type[Model]) -> Iterator[Item[Model]]:
    """The items of a body `{name: [...]}`, each read for itself."""
    raw = json_body()
    items = raw.get(name) if isinstance(raw, dict) else None
    if not isinstance(items, list):
        pointer = {"pointer": f"/{name}", "detail": "a list is needed here"}
        raise ApiError(422, f"Send an object with a list named {name!r}.", [pointer])
    if len(items) > MOST_ITEMS:
        raise ApiError(
            413, f"At most {MOST_ITEMS} items a call; this one has {len(items)}.", limit_items=MOST_ITEMS
        )
    return (_read(position, item, f"/{name}/{position}", model) for position, item in enumerate(items))


def number(name: str, usual: int, most: int) -> int:
    """A whole number of the query from 0 to `most`; anything else gets a clear answer."""
    text = request.args.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdecimal()) or len(text) > 20 or int(text) > most:
        detail = f"a whole number from 0 to {most} is needed"
        raise ApiError(422, f"{name} is not right.", [{"pointer": f"?{name}", "detail": detail}])
    return int(text)


def _read(position: int, raw: Any, pointer: str, model: type[Model]) -> Item[Model]:
    try:
        value = model.model_validate(raw)
    except ValidationError as error:
        return Item(position, raw, None, errors_of(error, pointer), [])
    return Item(position, raw, value, [], list(unknown_fields(value, pointer)))


def errors_of(error: ValidationError, prefix: str) -> list[dict[str, str]]:
    """Pydantic's findings as pointers into the body and sentences."""
    found = []
    for one_error in error.errors(include_url=False, include_input=False):
        pointer = prefix + "".join(f"/{_escaped(part)}" for part in one_error["loc"])
        found.append({"pointer": pointer or "/", "detail": _sentence(one_error)})
    return found


def _escaped(part: int | str) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")[:100]


SENTENCES = {
    "timezone_aware": "the time needs an offset, such as 2026-03-01T09:30:00+01:00",
    "missing": "this field is needed",
    "datetime_from_date_parsing": "a time is RFC 3339, such as 2026-03-01T09:30:00+01:00",
    "datetime_parsing": "a time is RFC 3339, such as 2026-03-01T09:30:00+01:00",
    "datetime_type": "a time is RFC 3339, such as 2026-03-01T09:30:00+01:00",
    "model_type": "an object is needed here",
    "list_type": "a list is needed here",
    "string_type": "a text is needed here",
    "string_too_long": "at most {max_length} characters fit here",
    "string_too_short": "this must not be empty",
}


def _sentence(error: Any) -> str:
    kind, facts = error["type"], error.get("ctx", {})
    # A length that is checked after our cleaning is not known to be a text's.
    if kind in ("too_long", "too_short") and facts.get("field_type") == "Value":
        kind = f"string_{kind}"
    usual = SENTENCES.get(kind)
    sentence = usual.format(**facts) if usual else str(error["msg"]).removeprefix("Value error, ")
    if (
        error["type"] in ("less_than_equal", "greater_than_equal")
        and error["loc"]
        and error["loc"][-1] == "lat"
    ):
        sentence += "; are lat and lng swapped?"
    return sentence


def unknown_fields(value: BaseModel, pointer: str) -> Iterator[str]:
    """A warning for each field we do not know; nothing is refused for it."""
    for name in value.model_extra or ():
        yield f"{pointer}/{_escaped(name)} is not a field we know; it was not kept"
    for name in _fields_with_parts(type(value)):
        inner = getattr(value, name)
        if isinstance(inner, Body):
            yield from unknown_fields(inner, f"{pointer}/{name}")
        elif isinstance(inner, list):
            for place, part in enumerate(inner):
                if isinstance(part, Body):
                    yield from unknown_fields(part, f"{pointer}/{name}/{place}")


@cache
def _fields_with_parts(model: type[BaseModel]) -> tuple[str, ...]:
    """The fields of a model that hold other models; most hold none, and batches are large."""
    return tuple(name for name, field in model.model_fields.items() if _has_part(field.annotation))


def _has_part(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Body):
        return True
    return any(_has_part(inner) for inner in get_args(annotation))
