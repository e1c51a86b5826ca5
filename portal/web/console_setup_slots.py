"""Set-up's page of slots: the delivery times that recipients may choose, how full they are, one more, one changed."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.domain.slots import Slot
from portal.flows import operate_places, set_up
from portal.flows.operate_places import stored_slot
from portal.flows.operate_terms import Several, Wrong
from portal.store import slots
from portal.web import guard, setup_form
from portal.web.clean import clean_line
from portal.web.places_told import read_slot
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, page, where, who
from portal.wiring import kit

bp = Blueprint("console_setup_slots", __name__, url_prefix="/console/setup")

TIMES = ("start", "end", "closes_at")
MINUTES = "%Y-%m-%dT%H:%M"


def _fields(zone: str, edited: bool) -> tuple[Field, ...]:
    at = f"In {zone.replace('_', ' ')}."
    return (
        Field("slot", "Key", hint="As dispatch calls it; it stays.", longest=80, needed=True, fixed=edited),
        Field("zone", "Zone", hint="As shipments name theirs; empty: for all that name none.", longest=80),
        Field("start", "From", "datetime-local", at, needed=True),
        Field("end", "Until", "datetime-local", at, needed=True),
        Field("closes_at", "Chosen at the latest", "datetime-local", at, needed=True),
        Field(
            "capacity",
            "How many",
            "number",
            "0 offers it no more; what is booked stays.",
            6,
            least="0",
            most="100000",
        ),
    )


def _zone(at: Where) -> str:
    return at.shipper.timezone if at.shipper else "UTC"


@bp.get("/<slug>/slots")
@guard.agent(Role.ADMIN)
def show(slug: str) -> ResponseReturnValue:
    """The slots to come; `?slot=` opens one in the form."""
    at, key = where(slug), clean_line(request.args.get("slot", ""))
    with kit().reading() as session:
        found = slots.named(session, at.owner, key) if key else None
    if key and found is None:
        abort(404)
    return _page(at, setup_form.opened(_fields(_zone(at), bool(found)), _local(found, _zone(at))))


@bp.post("/<slug>/slots")
@guard.agent(Role.ADMIN)
def save(slug: str) -> ResponseReturnValue:
    """Keep a slot; what is booked stays booked."""
    at = where(slug)
    zone, edited = _zone(at), bool(request.form.get("was-slot"))
    sheet = setup_form.sent(_fields(zone, edited), request.form)
    try:
        slot = read_slot(_read(sheet.typed, zone))
        with kit().transaction() as session:
            set_up.hold(session, at.owner)
            known = slots.named(session, at.owner, slot.key)
            if known and not edited:
                raise Wrong(f"there is already a slot {slot.key!r}; change it from the list.", "slot")
            if edited and sheet.overtaken(_local(known, zone)):
                return _page(at, sheet, 409)
            operate_places.put_slot(session, who(), at.owner, slot, kit().now())
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(at, sheet, 422)
    return back("console_setup_slots.show", at, f"Slot {slot.key} is kept.")


def _local(slot: Slot | None, zone: str) -> dict[str, str]:
    """A slot's fields with the times of its doors' clock."""
    if slot is None:
        return {}
    times = {name: f"{getattr(slot, name).astimezone(ZoneInfo(zone)):{MINUTES}}" for name in TIMES}
    return stored_slot(slot) | times


def _read(typed: dict[str, str], zone: str) -> dict[str, Any]:
    """The fields with times as the API takes them. Raises `Wrong`."""
    found: dict[str, Any] = dict(typed)
    wrong = {}
    for name in TIMES:
        try:
            found[name] = _moment(typed[name], zone)
        except ValueError as error:
            wrong[name] = str(error)
    if wrong:
        raise Several(wrong)
    return found


def _moment(text: str, zone: str) -> str:
    try:
        at = datetime.strptime(text[:16], MINUTES).replace(tzinfo=ZoneInfo(zone))
    except ValueError:
        raise ValueError("give a day and a time, such as 2026-03-01 09:30.") from None
    if not 2000 <= at.year < 2100:
        raise ValueError("a time lies between the years 2000 and 2100.")
    if at.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) != at.replace(tzinfo=None):
        raise ValueError(f"there is no such time in {zone}: the clocks go forward in that night.")
    return at.isoformat()


def _page(at: Where, sheet: Sheet, status: int = 200) -> ResponseReturnValue:
    with kit().reading() as session:
        found = slots.listed(session, at.owner, kit().now())
    zone = ZoneInfo(_zone(at))
    return page("slots", at, status, sheet=sheet, listed=found, local=lambda moment: moment.astimezone(zone))
