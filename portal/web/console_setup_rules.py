"""Set-up's page of rules: every rule there is, what it means, its bounds and what it usually is."""

from itertools import groupby

from flask import Blueprint, abort, g, request
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import operate, rules_shown, shipper_rules
from portal.flows.operate_terms import Wrong
from portal.flows.rules_shown import Shown
from portal.store import shippers
from portal.store.shippers import Shipper
from portal.web import guard, setup_form
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, page, sentence, who, whose
from portal.wiring import kit

bp = Blueprint("console_setup_rules", __name__, url_prefix="/console/setup")

# What messages may cost is agreed with the operator: a shipper's own admin does not set it.
CEILING = Field(
    "month_ceiling",
    "What messages may cost in a month",
    hint="In the currency of SMS_PRICES, like 250 or 99.50; texts beyond it go by email where there is one.",
    longest=20,
    usual="no ceiling",
)


@bp.get("/<slug>/rules")
@guard.agent(Role.ADMIN)
def show(slug: str) -> ResponseReturnValue:
    """The rules as they are."""
    shipper = whose(slug)
    with kit().reading() as session:
        stored = shipper_rules.in_words(shippers.stored_rules(session, shipper.id) or {})
    return page("rules", Where(shipper), sheet=setup_form.opened(_fields(stored), _stored(shipper, stored)))


@bp.post("/<slug>/rules")
@guard.agent(Role.ADMIN)
def save(slug: str) -> ResponseReturnValue:
    """Keep what was typed otherwise; an empty field takes a rule back."""
    shipper, now = whose(slug), kit().now()
    sheet: Sheet | None = None
    try:
        with kit().transaction() as session:
            before = shippers.stored_rules(session, shipper.id, hold=True) or {}
            known = shippers.by_slug(session, slug) or abort(404)
            stored = shipper_rules.in_words(before)
            sheet = setup_form.sent(_fields(stored), request.form)
            if sheet.overtaken(_stored(known, stored)):
                return page("rules", Where(shipper), 409, sheet=sheet)
            wanted = {name: text or shipper_rules.USUAL for name, text in sheet.changed().items()}
            ceiling = wanted.pop(CEILING.name, None)
            shipper_rules.put_rules(session, who(), shipper.id, wanted, now)
            if ceiling is not None:
                amount = "0" if ceiling == shipper_rules.USUAL else ceiling
                operate.put_ceiling(session, who(), known, amount, now)
    except Wrong as wrong:
        if sheet is None:
            raise
        sheet.refuse(wrong)
        return page("rules", Where(shipper), 422, sheet=sheet)
    kit().shippers.forget()
    return back("console_setup_rules.show", Where(shipper), "The rules are kept. They hold from now on.")


def _stored(shipper: Shipper, stored: dict[str, str]) -> dict[str, str]:
    return stored | {CEILING.name: operate.ceiling_of(shipper)}


def _fields(stored: dict[str, str]) -> list[Field]:
    fields: list[Field] = []
    for group, rules in groupby(rules_shown.all_rules(stored), key=lambda one: one.group):
        fields += setup_form.headed(group, *map(_field, rules))
    return [*fields, *setup_form.headed("Money", CEILING)] if g.agent.shipper_id is None else fields


def _field(rule: Shown) -> Field:
    hint = f"{rule.meaning} {sentence(rule.says)}. By command: {rule.name}.".strip()
    if rule.choices:
        choices = (("", f"As usual: {rule.usual}"), *((one, one) for one in rule.choices))
        return Field(rule.name, rule.label, "select", hint, choices=choices)
    return Field(rule.name, rule.label, hint=hint, longest=1_000, usual=rule.usual)
