"""Set-up's page of lockers: those there are, how full they are, another one, and one changed or closed."""

from typing import Any

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from portal.domain.lockers import Locker, Sort
from portal.domain.roles import Role
from portal.flows import operate_places, set_up
from portal.flows.operate_places import BOX_SAID, box_of, stored_locker
from portal.flows.operate_terms import Wrong
from portal.store import lockers
from portal.web import guard, setup_form
from portal.web.clean import clean_line
from portal.web.places_told import read_locker
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, page, where, who
from portal.wiring import kit

bp = Blueprint("console_setup_lockers", __name__, url_prefix="/console/setup")

A_PAGE = 50
SORTS = ((Sort.LOCKER.value, "a locker"), (Sort.PICKUP_POINT.value, "a counter with people"))
KEY = Field("locker", "Key", hint="As dispatch calls it; it stays.", longest=80, needed=True)
FIELDS = (
    KEY,
    Field("name", "Name", hint="As recipients read it.", longest=120, needed=True),
    Field("address", "Address", longest=250, needed=True),
    Field("lat", "Latitude", hint="Degrees, such as 52.5163.", longest=12, needed=True),
    Field("lng", "Longitude", hint="Degrees, such as 13.3777.", longest=12, needed=True),
    Field("hours", "Opening hours", hint="In words; empty: always.", longest=250),
    Field("hold_hours", "Hours a parcel may wait", hint="1 to 1440.", longest=4, usual="72"),
    Field("sort", "What it is", "select", choices=SORTS),
    Field("reachable", "Reached without steps", "yes"),
    Field(
        "compartments",
        "Compartments",
        "area",
        f"One kind a line: size, width x height x depth in mm, how many: {BOX_SAID}.",
    ),
)
EDITED = (Field(**{name: getattr(KEY, name) for name in Field.__slots__} | {"fixed": True}), *FIELDS[1:])


@bp.get("/<slug>/lockers")
@guard.agent(Role.ADMIN)
def show(slug: str) -> ResponseReturnValue:
    """The lockers; `?locker=` opens one in the form."""
    at, key = where(slug), clean_line(request.args.get("locker", ""))
    with kit().reading() as session:
        found = lockers.named(session, at.owner, key) if key else None
    if key and found is None:
        abort(404)
    fields = EDITED if found else FIELDS
    return _page(
        at, setup_form.opened(fields, stored_locker(found) or {"hold_hours": "72", "sort": "locker"})
    )


@bp.post("/<slug>/lockers")
@guard.agent(Role.ADMIN)
def save(slug: str) -> ResponseReturnValue:
    """Keep a locker; what is taken stays taken."""
    at = where(slug)
    fields = EDITED if request.form.get("was-locker") else FIELDS
    sheet = setup_form.sent(fields, request.form)
    try:
        locker = _read(sheet.typed)
        with kit().transaction() as session:
            set_up.hold(session, at.owner)
            stored = stored_locker(lockers.named(session, at.owner, locker.key))
            if stored and not sheet.was["locker"]:
                raise Wrong(f"there is already a locker {locker.key!r}; change it from the list.", "locker")
            if sheet.was["locker"] and sheet.overtaken(stored):
                return _page(at, sheet, 409)
            operate_places.put_locker(session, who(), at.owner, locker, kit().now())
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(at, sheet, 422)
    return back("console_setup_lockers.show", at, f"Locker {locker.key} is kept.")


def _read(typed: dict[str, str]) -> Locker:
    boxes = [box_of(line) for line in typed["compartments"].splitlines() if line.strip()]
    if not boxes:
        raise Wrong(f"name at least one kind of compartment, like {BOX_SAID}.", "compartments")
    more: dict[str, Any] = {"reachable": bool(typed["reachable"]), "compartments": boxes}
    return read_locker(typed | more | {"hold_hours": typed["hold_hours"] or 72})


@bp.post("/<slug>/lockers/close")
@guard.agent(Role.ADMIN)
def close(slug: str) -> ResponseReturnValue:
    """Offer none of its compartments any more."""
    at, key = where(slug), clean_line(request.form.get("locker", ""))
    try:
        with kit().transaction() as session:
            set_up.hold(session, at.owner)
            operate_places.close_locker(session, who(), at.owner, key, kit().now())
    except Wrong:
        abort(404)
    return back(
        "console_setup_lockers.show", at, f"Locker {key} is offered no more. What is in it can be collected."
    )


def _page(at: Where, sheet: Sheet, status: int = 200) -> ResponseReturnValue:
    after = clean_line(request.args.get("after", ""))[:80]
    with kit().reading() as session:
        found = lockers.listed(session, at.owner, after, A_PAGE + 1)
    more = found[A_PAGE - 1].key if len(found) > A_PAGE else None
    return page("lockers", at, status, sheet=sheet, listed=found[:A_PAGE], more=more)
