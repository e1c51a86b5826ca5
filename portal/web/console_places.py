"""The places of the console, in the order of the bar at its top, and the least role that sees each."""

from dataclasses import dataclass

from flask import Blueprint, current_app, g, url_for

from portal.domain.roles import Role, may

bp = Blueprint("console_places", __name__)


@dataclass(frozen=True, slots=True)
class Place:
    """One page of the bar; `here` is the name by which a page says that it is this one."""

    here: str
    label: str
    endpoint: str
    least: Role = Role.VIEWER


PLACES = (
    Place("console", "Find", "console.search"),
    Place("queue", "Queue", "console_queue.show"),
    Place("approvals", "Approvals", "console_approvals.show", Role.LEAD),
    Place("desk", "Desk", "desk.show"),
    Place("figures", "Figures", "console_figures.show", Role.LEAD),
    Place("reveals", "Contacts shown", "console_reveals.show", Role.LEAD),
    Place("words", "Words", "console_wordings.show", Role.LEAD),
    Place("setup", "Set up", "console_setup.show", Role.ADMIN),
)


def places() -> list[tuple[str, str, str]]:
    """(here, label, address) of each place this agent may go to."""
    return [
        (one.here, one.label, url_for(one.endpoint))
        for one in PLACES
        if one.endpoint in current_app.view_functions and may(g.agent.role, one.least)
    ]


@bp.record_once
def _in_every_page(state: object) -> None:
    state.app.jinja_env.globals["console_places"] = places  # type: ignore[attr-defined]
