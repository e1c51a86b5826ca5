"""Set-up's page of making good: what a shipper gives for which trouble."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import goodwill_lines, set_up
from portal.flows.goodwill_lines import SAID
from portal.flows.operate_terms import Wrong
from portal.store.shippers import Shipper
from portal.web import guard, setup_form
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, page, who, whose
from portal.wiring import kit

bp = Blueprint("console_setup_goodwill", __name__, url_prefix="/console/setup")

FIELDS = (
    Field(
        "reasons",
        "What is made good",
        "area",
        f"One a line: a code, an amount, its unit, a colon, and what the recipient reads, like {SAID}. "
        "With silent before the colon, the recipient is not told. A line that is taken away is offered no more.",
        longest=10_000,
    ),
)


@bp.get("/<slug>/goodwill")
@guard.agent(Role.ADMIN)
def show(slug: str) -> ResponseReturnValue:
    """What is made good."""
    shipper = whose(slug)
    return _page(shipper, setup_form.opened(FIELDS, _stored(shipper)))


@bp.post("/<slug>/goodwill")
@guard.agent(Role.ADMIN)
def save(slug: str) -> ResponseReturnValue:
    """Keep all of them, or none."""
    shipper, sheet = whose(slug), setup_form.sent(FIELDS, request.form)
    try:
        wanted = goodwill_lines.read(sheet.typed["reasons"].splitlines())
        with kit().transaction() as session:
            set_up.hold(session, shipper.id)
            if sheet.overtaken({"reasons": "\n".join(goodwill_lines.lines(session, shipper.id))}):
                return _page(shipper, sheet, 409)
            goodwill_lines.put(session, who(), shipper.id, wanted, kit().now())
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(shipper, sheet, 422)
    return back("console_setup_goodwill.show", Where(shipper), "It is kept; agents can give it from now on.")


def _stored(shipper: Shipper) -> dict[str, str]:
    with kit().reading() as session:
        return {"reasons": "\n".join(goodwill_lines.lines(session, shipper.id))}


def _page(shipper: Shipper, sheet: Sheet, status: int = 200) -> ResponseReturnValue:
    return page("goodwill", Where(shipper), status, sheet=sheet)
