"""An agent puts another number or email on file: the replaced one is told, and the new one waits for its codes."""

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import agent_contact
from portal.flows.agent_acts import Done, Sorry
from portal.web import guard
from portal.web.clean import clean_line, email_address
from portal.web.console_ways import SHIPMENT, back
from portal.web.dispatch_api import e164
from portal.wiring import kit

bp = Blueprint("console_contact", __name__, url_prefix="/console")

NO_PHONE = "This is no phone number. Please give it with its country code, such as +49 151 12345678."
NO_EMAIL = "This is no email address. Please look at it once more."
LONGEST_PHONE, LONGEST_EMAIL = 40, 254


@bp.post(f"{SHIPMENT}/contact")
@guard.agent(Role.AGENT)
def replace(shipment_id: int) -> ResponseReturnValue:
    """Replace number or email; what is left empty stays."""
    phone = clean_line(request.form.get("phone", ""))
    email = clean_line(request.form.get("email", ""))
    why = clean_line(request.form.get("why", ""))
    with kit().transaction() as session:
        country = agent_contact.country_of(session, g.agent, shipment_id)
        number = e164(phone, country or "") if len(phone) <= LONGEST_PHONE else None
        address = _address(email)
        outcome: Done | Sorry | None
        if country is None:
            outcome = None
        elif number is None:
            outcome = Sorry(NO_PHONE)
        elif address is None:
            outcome = Sorry(NO_EMAIL)
        else:
            outcome = agent_contact.replace(
                session, kit().voice, g.agent, shipment_id, number, address, why, kit().now()
            )
    return back(shipment_id, outcome)


def _address(typed: str) -> str | None:
    if not typed:
        return ""
    try:
        return email_address(typed) if len(typed) <= LONGEST_EMAIL else None
    except ValueError:
        return None
