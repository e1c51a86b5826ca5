"""Set-up's page of keys: those there are, another one shown once, and the end of one."""

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import operate_keys, set_up
from portal.flows.operate_keys import OPENS
from portal.flows.operate_terms import Wrong
from portal.flows.set_up import SentBefore
from portal.store import keys
from portal.web import guard, setup_form
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, form_token, page, secret_page, sent_before, where, who
from portal.wiring import kit

bp = Blueprint("console_setup_keys", __name__, url_prefix="/console/setup")

FIELDS = (
    Field("label", "What it is for", hint="Such as the depot's planning.", longest=120),
    Field(
        "scopes",
        "What it opens",
        "many",
        "None: all of these.",
        choices=tuple((scope, f"{scope}: {words}") for scope, words in OPENS.items()),
    ),
)


@bp.get("/<slug>/keys")
@guard.agent(Role.ADMIN, fresh=True)
def show(slug: str) -> ResponseReturnValue:
    """The keys there are."""
    return _page(where(slug), setup_form.opened(FIELDS, {}))


@bp.post("/<slug>/keys")
@guard.agent(Role.ADMIN, fresh=True)
def add(slug: str) -> ResponseReturnValue:
    """Make a key; this answer alone shows it."""
    at, sheet, now = where(slug), setup_form.sent(FIELDS, request.form), kit().now()
    typed = sheet.typed
    try:
        with kit().transaction() as session:
            set_up.once(session, form_token(), now)
            made = operate_keys.make(session, who(), at.owner, typed["scopes"].split(), typed["label"], now)
            set_up.made(session, form_token(), f"key {made.id} was made")
    except SentBefore as before:
        return back("console_setup_keys.show", at, sent_before(before), "warn")
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(at, sheet, 422)
    return secret_page(
        at,
        "keys",
        title=f"Key {made.id}",
        secrets=[("Key", made.secret)],
        more=["Dispatch sends it as Authorization: Bearer, followed by a space and the key."],
        leave=url_for("console_setup_keys.show", slug=at.slug),
    )


@bp.post("/<slug>/keys/<int(max=2147483647):key_id>/end")
@guard.agent(Role.ADMIN, fresh=True)
def end(slug: str, key_id: int) -> ResponseReturnValue:
    """A key opens nothing any more."""
    at = where(slug)
    try:
        with kit().transaction() as session:
            operate_keys.end(session, who(), at.owner, key_id, kit().now())
    except Wrong:
        abort(404)
    return back("console_setup_keys.show", at, f"Key {key_id} opens nothing any more.")


def _page(at: Where, sheet: Sheet, status: int = 200) -> ResponseReturnValue:
    with kit().reading() as session:
        listed = keys.of(session, at.shipper.id if at.shipper else None)
    return page("keys", at, status, sheet=sheet, listed=listed, all_scopes=set(OPENS))
