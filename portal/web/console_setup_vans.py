"""Set-up's page of vans: the phones that tell where they are, another one with its picture, and the end of one."""

from datetime import timedelta

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import operate_devices, set_up
from portal.flows.operate_terms import Wrong
from portal.flows.set_up import SentBefore
from portal.store import devices
from portal.web import guard, qr, setup_form
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, form_token, page, secret_page, sent_before, where, who
from portal.wiring import kit

bp = Blueprint("console_setup_vans", __name__, url_prefix="/console/setup")

LIVELY = timedelta(minutes=10)
FIELDS = (
    Field(
        "van",
        "Van",
        hint="Its name as rounds have it; one that is not known yet becomes known.",
        longest=80,
        needed=True,
    ),
    Field("label", "Which phone", hint="Such as Pixel of van 12.", longest=80),
)


@bp.get("/<slug>/vans")
@guard.agent(Role.ADMIN, fresh=True)
def show(slug: str) -> ResponseReturnValue:
    """The devices there are, and when each was heard."""
    return _page(where(slug), setup_form.opened(FIELDS, {}))


@bp.post("/<slug>/vans")
@guard.agent(Role.ADMIN, fresh=True)
def add(slug: str) -> ResponseReturnValue:
    """Give a van's phone its secret; this answer alone shows it."""
    at, sheet, now = where(slug), setup_form.sent(FIELDS, request.form), kit().now()
    typed, public = sheet.typed, kit().voice.public_url
    try:
        with kit().transaction() as session:
            set_up.once(session, form_token(), now)
            made = operate_devices.make(session, public, who(), at.owner, typed["van"], typed["label"], now)
            set_up.made(session, form_token(), f"device {made.id} was made")
    except SentBefore as before:
        return back("console_setup_vans.show", at, sent_before(before), "warn")
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(at, sheet, 422)
    return _shown(at, made)


def _shown(at: Where, made: operate_devices.Made) -> ResponseReturnValue:
    address, more = made.address, []
    if made.is_new_van:
        more.append(f"No van was called {made.van!r} before; look at the name if that surprises you.")
    if not kit().voice.public_url.startswith("https://"):
        more.append("Phones outside this network need PUBLIC_URL to be an https address.")
    return secret_page(
        at,
        "vans",
        title=f"Device {made.id}: {made.van}",
        secrets=[
            ("OwnTracks", address.of["owntracks"]),
            ("Traccar Client", address.of["osmand"]),
            ("Traccar server", address.of["traccar"]),
        ],
        drawings=[
            (
                "Traccar Client",
                qr.drawing(address.traccar_client()),
                "Scan it with the button in its settings.",
            ),
            ("OwnTracks", qr.drawing(address.owntracks()), "Scan it with the phone's camera."),
        ],
        more=more,
        leave=url_for("console_setup_vans.show", slug=at.slug),
    )


@bp.post("/<slug>/vans/<int(max=2147483647):device_id>/end")
@guard.agent(Role.ADMIN, fresh=True)
def end(slug: str, device_id: int) -> ResponseReturnValue:
    """A device is not heard any more."""
    at = where(slug)
    try:
        with kit().transaction() as session:
            operate_devices.end(session, who(), at.owner, device_id, kit().now())
    except Wrong:
        abort(404)
    return back("console_setup_vans.show", at, f"Device {device_id} is not heard any more.")


def _page(at: Where, sheet: Sheet, status: int = 200) -> ResponseReturnValue:
    with kit().reading() as session:
        listed = devices.of(session, at.owner)
    return page("vans", at, status, sheet=sheet, listed=listed, since=kit().now() - LIVELY)
