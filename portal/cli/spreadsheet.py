"""A carrier's spreadsheet of shipments, read row by row into the same bodies that the API takes."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from portal.flows.intake import Told
from portal.store.shippers import Shipper
from portal.web.batches import errors_of
from portal.web.clean import zones
from portal.web.dispatch_api import NO_PHONE, as_told, e164
from portal.web.schemas import ShipmentIn

# column -> where it stands in a body of POST /shipments
COLUMNS = {
    "reference": "/reference",
    "shipper": "/shipper",
    "service": "/service",
    "depot": "/depot",
    "name": "/recipient/name",
    "phone": "/recipient/phone",
    "email": "/recipient/email",
    "language": "/recipient/language",
    "sms_consent": "/recipient/consent/sms/given",
    "sms_consent_at": "/recipient/consent/sms/at",
    "sms_consent_source": "/recipient/consent/sms/source",
    "address": "/address/lines/0",
    "address2": "/address/lines/1",
    "locality": "/address/locality",
    "postcode": "/address/postcode",
    "country": "/address/country",
    "lat": "/address/lat",
    "lng": "/address/lng",
    "timezone": "/address/timezone",
    "window_start": "/window/start",
    "window_end": "/window/end",
    "parcel": "/parcels/0/code",
    "weight_g": "/parcels/0/weight_g",
    "length_mm": "/parcels/0/length_mm",
    "width_mm": "/parcels/0/width_mm",
    "height_mm": "/parcels/0/height_mm",
    "neighbor": "/restrictions/neighbor",
    "locker": "/restrictions/locker",
    "new_window": "/restrictions/new_window",
    "signature": "/restrictions/signature",
    "min_age": "/restrictions/min_age",
    "pin": "/restrictions/pin",
}
NEEDED = ("reference", "name", "address", "locality", "postcode", "country")
TIMES = ("window_start", "window_end", "sms_consent_at")
SEPARATORS = ",;\t"


class BadSheet(ValueError):
    """The file as a whole cannot be read; the sentence says why and where."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is not taken: its line in the file, and what would be right."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows by line, without their empty cells; `strange` are columns we do not know."""

    rows: tuple[tuple[int, dict[str, str]], ...]
    strange: tuple[str, ...]


def read(path: Path) -> Sheet:
    """Read a CSV file with a header; comma, semicolon or tab. Raises `BadSheet`."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header = file.readline()
            file.seek(0)
            return _sheet(csv.reader(file, delimiter=max(SEPARATORS, key=header.count)), path)
    except OSError as error:
        raise BadSheet(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise BadSheet(f"{path} is not UTF-8: save it as CSV in UTF-8.") from error
    except csv.Error as error:
        raise BadSheet(f"{path} is no CSV file: {error}.") from error


def _sheet(lines: Any, path: Path) -> Sheet:
    names = ["_".join(name.lower().split()) for name in next(lines, [])]
    if missing := [name for name in NEEDED if name not in names]:
        raise BadSheet(f"{path}, line 1: missing column {', '.join(missing)}.")
    if twice := sorted({name for name in names if name and names.count(name) > 1}):
        raise BadSheet(f"{path}, line 1: column {', '.join(twice)} comes twice.")
    rows = []
    for cells in lines:
        row = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if cell.strip()}
        if row:
            rows.append((lines.line_num, {name: row[name] for name in row if name in COLUMNS}))
    return Sheet(tuple(rows), tuple(name for name in names if name and name not in COLUMNS))


def tell(
    sheet: Sheet, shippers: Mapping[str, Shipper], usual: str = ""
) -> Iterator[tuple[int, Told] | BadRow]:
    """Each row as the house takes it, or why not. `usual` is the shipper of rows that name none."""
    first_lines: dict[tuple[str, str], int] = {}
    for line, row in sheet.rows:
        name = row.get("shipper", usual)
        owner = shippers.get(name)
        if owner is None:
            known = ", ".join(sorted(shippers)) or "none yet"
            yield BadRow(
                line, f"shipper: {f'there is no {name!r}' if name else 'name one'}; there are: {known}"
            )
            continue
        told = _told(row, owner)
        if isinstance(told, str):
            yield BadRow(line, told)
            continue
        first = first_lines.setdefault((owner.slug, told.reference), line)
        if first != line:
            yield BadRow(line, f"reference: {told.reference!r} stands in line {first} already")
        else:
            yield line, told


def _told(row: Mapping[str, str], owner: Shipper) -> Told | str:
    try:
        read = ShipmentIn.model_validate(_body(row, owner))
    except ValidationError as error:
        return "; ".join(_sentences(error))
    phone = e164(read.recipient.phone, read.address.country)
    return f"phone: {NO_PHONE}" if phone is None else as_told(read, owner, phone)


def _sentences(error: ValidationError) -> Iterator[str]:
    columns = {pointer: column for column, pointer in COLUMNS.items()}
    for found in errors_of(error, ""):
        pointer = found["pointer"]
        yield f"{columns.get(pointer) or pointer.rpartition('/')[2]}: {found['detail']}"


def _body(row: Mapping[str, str], owner: Shipper) -> dict[str, Any]:
    body: dict[str, Any] = {"recipient": {}, "address": {"lines": []}}
    for column, text in row.items():
        if column == "shipper":
            continue
        value = _with_offset(text, row, owner) if column in TIMES else text
        *path, last = COLUMNS[column].strip("/").split("/")
        _put(body, path, last, value)
    if parcel := body.get("parcels"):
        parcel[0].setdefault("code", row.get("reference", ""))
    return body


def _put(body: dict[str, Any], path: Iterable[str], last: str, value: str) -> None:
    place: Any = body
    for name in path:
        if name == "parcels":
            place = place.setdefault(name, [{}])
        elif isinstance(place, list):
            place = place[int(name)]
        else:
            place = place.setdefault(name, {})
    if isinstance(place, list):
        place.append(value)
    else:
        place[last] = value


def _with_offset(text: str, row: Mapping[str, str], owner: Shipper) -> str:
    """A time without offset is the door's: nobody writes offsets into a spreadsheet."""
    zone = row.get("timezone", owner.timezone)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return text
    if at.tzinfo is None and zone in zones():
        at = at.replace(tzinfo=ZoneInfo(zone))
    return at.isoformat()
