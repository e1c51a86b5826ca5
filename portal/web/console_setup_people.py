"""Set-up's page of people: who may sign in and as what, another one, and what ends with somebody's leaving."""

from flask import Blueprint, abort, g, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.roles import Role
from portal.flows import agents_admin, set_up
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents_admin import Hired
from portal.flows.operate_terms import Wrong
from portal.flows.set_up import SentBefore
from portal.web import guard, setup_form
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, form_token, page, said, secret_page, sent_before, where
from portal.wiring import kit

bp = Blueprint("console_setup_people", __name__, url_prefix="/console/setup")

MAY = {
    Role.VIEWER: "viewer: reads",
    Role.AGENT: "agent: reads, and acts for callers",
    Role.LEAD: "lead: and sees figures, changes words, decides what needs four eyes",
    Role.ADMIN: "admin: and sets up",
}
ROLES = tuple((role.value, words) for role, words in MAY.items())
FIELDS = (
    Field("email", "Email", "email", "With which they sign in.", longest=254, needed=True),
    Field("name", "Name", hint="As colleagues read it in notes.", longest=120),
    Field("role", "Role", "select", choices=ROLES),
)
HERE = "console_setup_people.show"


@bp.get("/<slug>/people")
@guard.agent(Role.ADMIN, fresh=True)
def show(slug: str) -> ResponseReturnValue:
    """Who may sign in."""
    return _page(where(slug), setup_form.opened(FIELDS, {"role": Role.AGENT.value}))


@bp.post("/<slug>/people")
@guard.agent(Role.ADMIN, fresh=True)
def add(slug: str) -> ResponseReturnValue:
    """Another person; this answer alone shows the password."""
    at, sheet, now = where(slug), setup_form.sent(FIELDS, request.form), kit().now()
    typed, house = sheet.typed, at.shipper.slug if at.shipper else None
    try:
        with kit().transaction() as session:
            set_up.once(session, form_token(), now)
            hired = agents_admin.add(
                session, g.agent, typed["email"], typed["name"], typed["role"], house, now
            )
            if isinstance(hired, Sorry):
                raise Wrong(hired.because, "email")
            set_up.made(session, form_token(), "a person was added")
    except SentBefore as before:
        return back(HERE, at, sent_before(before), "warn")
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(at, sheet, 422)
    return _password(at, hired)


@bp.post("/<slug>/people/<int(max=2147483647):agent_id>/role")
@guard.agent(Role.ADMIN, fresh=True)
def role(slug: str, agent_id: int) -> ResponseReturnValue:
    """Another role; `was` is the one that the admin saw."""
    at, wanted = where(slug), request.form.get("role", "")
    with kit().transaction() as session:
        found = _of(at, agents_admin.colleagues(session, g.agent, kit().now())).get(agent_id)
        if found is None:
            abort(404)
        if found.agent.role != request.form.get("was", ""):
            sentence = f"Somebody made {found.agent.email} {found.agent.role} meanwhile. Nothing was changed."
            return back(HERE, at, sentence, "warn")
        became = agents_admin.change_role(session, g.agent, agent_id, wanted, kit().now())
    return _became(at, became)


@bp.post("/<slug>/people/<int(max=2147483647):agent_id>/<any(leave,sessions,factor):deed>")
@guard.agent(Role.ADMIN, fresh=True)
def act(slug: str, agent_id: int, deed: str) -> ResponseReturnValue:
    """Somebody leaves, is signed out everywhere, or has lost their phone."""
    at, now = where(slug), kit().now()
    acts = {
        "leave": agents_admin.leave,
        "sessions": agents_admin.end_sessions,
        "factor": agents_admin.reset_second_factor,
    }
    with kit().transaction() as session:
        if agent_id not in _of(at, agents_admin.colleagues(session, g.agent, now)):
            abort(404)
        became = acts[deed](session, g.agent, agent_id, now)
    return _became(at, became)


@bp.post("/<slug>/people/<int(max=2147483647):agent_id>/password")
@guard.agent(Role.ADMIN, fresh=True)
def password(slug: str, agent_id: int) -> ResponseReturnValue:
    """A new password; this answer alone shows it."""
    at, now = where(slug), kit().now()
    try:
        with kit().transaction() as session:
            set_up.once(session, form_token(), now)
            if agent_id not in _of(at, agents_admin.colleagues(session, g.agent, now)):
                abort(404)
            hired = agents_admin.reset_password(session, g.agent, agent_id, now)
            set_up.made(session, form_token(), "a new password was made")
    except SentBefore as before:
        return back(HERE, at, sent_before(before), "warn")
    except Wrong as wrong:
        return back(HERE, at, said(wrong), "bad")
    return _password(at, hired) if isinstance(hired, Hired) else _became(at, hired)


def _became(at: Where, became: Done | Sorry | None) -> ResponseReturnValue:
    match became:
        case Done(what):
            return back(HERE, at, what)
        case Sorry(because):
            return back(HERE, at, because, "bad")
        case _:
            abort(404)


def _password(at: Where, hired: Hired) -> ResponseReturnValue:
    return secret_page(
        at,
        "people",
        title=f"Password of {hired.email}",
        secrets=[("Password", hired.password)],
        more=[
            "Hand it over in person or by phone. They sign in at /console, and change it on their own page."
        ],
        leave=url_for(HERE, slug=at.slug),
    )


def _of(at: Where, found: list[agents_admin.Colleague]) -> dict[int, agents_admin.Colleague]:
    """The people of this house alone, by number; the operator's admin manages everybody's."""
    return {one.agent.id: one for one in found if (one.agent.shipper_id or 0) == at.owner}


def _page(at: Where, sheet: Sheet, status: int = 200) -> ResponseReturnValue:
    with kit().reading() as session:
        people = list(_of(at, agents_admin.colleagues(session, g.agent, kit().now())).values())
    return page("people", at, status, sheet=sheet, people=people, roles=ROLES)
