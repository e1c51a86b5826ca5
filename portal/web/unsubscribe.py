"""The link in an email's header that ends a shipper's emails: one POST of a mail program does (RFC 8058).

Looking changes nothing: mail scanners follow every link.
"""

from flask import Blueprint, abort, request
from flask.typing import ResponseReturnValue

from portal.domain.unsubscribe import unsubscribe_of
from portal.flows import preferences
from portal.web import guard
from portal.web.brand import brand_of
from portal.web.language import choose
from portal.web.tracking import frame, render
from portal.wiring import kit

bp = Blueprint("unsubscribe", __name__)

# what the POST of a mail program says; one that says something else was not meant, and changes nothing
FIELD, VALUE = "List-Unsubscribe", "One-Click"
MOST_BYTES = 16 * 1024
BY_CODE = "the code in the link is the key; it can only end or resume emails to its holder"


def _whose(token: str) -> tuple[int, str]:
    """Shipper and address of a code; forged ones, and those of shippers that are gone, are not found alike."""
    found = unsubscribe_of(kit().voice.secret, token)
    with kit().reading() as session:
        if found is None or found[0] not in kit().shippers(session):
            abort(404)
    return found


def _page(token: str, shipper_id: int, mark: str) -> str:
    with kit().reading() as session:
        shipper = kit().shippers(session)[shipper_id]
        ended = preferences.unsubscribed(session, shipper_id, mark)
    language = choose(request.args.get("lang", ""), "", shipper.language)
    brand = brand_of(shipper.name, shipper.brand)
    context = frame(token, language, brand=brand) | {"base": f"/u/{token}", "ended": ended}
    return render("pages/tracking/unsubscribe.html", context)


@bp.get("/u/<token>")
@guard.open_door(BY_CODE)
def show(token: str) -> ResponseReturnValue:
    """How it stands, and one button."""
    return _page(token, *_whose(token))


@bp.post("/u/<token>")
@guard.open_door(BY_CODE)
def end(token: str) -> ResponseReturnValue:
    """No more emails of this shipper to this address. No cookie, no form token, no redirect: a program asks."""
    request.max_content_length = MOST_BYTES
    shipper_id, mark = _whose(token)
    if request.form.get(FIELD, "").strip().lower() != VALUE.lower():
        return _page(token, shipper_id, mark), 400
    with kit().transaction() as session:
        preferences.unsubscribe(session, shipper_id, mark, kit().now())
    return _page(token, shipper_id, mark)


@bp.post("/u/<token>/again")
@guard.open_door(BY_CODE)
def resume(token: str) -> ResponseReturnValue:
    """Pressed by mistake: the emails come again."""
    request.max_content_length = MOST_BYTES
    shipper_id, mark = _whose(token)
    with kit().transaction() as session:
        preferences.subscribe_again(session, shipper_id, mark, kit().now())
    return _page(token, shipper_id, mark)
