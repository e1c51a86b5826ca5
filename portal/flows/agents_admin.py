"""Admins and the operator manage agents: add, give a role, let go, end sessions, replace what was lost.

`by` is the admin who asks, or None for the operator's command line. Every act is audited, and ends the agent's
sessions where it changes what they may do.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from portal.domain.roles import Post, Role, why_not_become, why_not_leave, why_not_manage
from portal.flows import second_factor
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import CannotAdd, actor, add_agent, hashed
from portal.store import agents, audit, browsers, second_factors, shippers
from portal.store.agents import Agent
from portal.store.browsers import Browser

COMMAND_LINE = "command line"
THE_OPERATOR = Post(Role.ADMIN, None)


@dataclass(frozen=True, slots=True)
class Hired:
    """The agent's first or new password, to be shown once and handed over in person."""

    agent_id: int
    email: str
    password: str


@dataclass(frozen=True, slots=True)
class Colleague:
    """An agent as an admin sees them: whether a second factor is set up, and where they are signed in."""

    agent: Agent
    has_second_factor: bool
    browsers: list[Browser]


def colleagues(session: Session, by: Agent | None, now: datetime) -> list[Colleague]:
    """The agents whom this admin manages, by address."""
    found = agents.listed(session, by.shipper_id if by else None)
    enrolled = second_factors.enrolled(session, [one.id for one in found])
    return [Colleague(one, one.id in enrolled, _signed_in(session, one, now)) for one in found]


def _signed_in(session: Session, agent: Agent, now: datetime) -> list[Browser]:
    return [one for one in browsers.of_agent(session, agent.id, now) if one.level == browsers.FULL]


def add(
    session: Session,
    by: Agent | None,
    email: str,
    name: str,
    role: str,
    shipper_slug: str | None,
    now: datetime,
) -> Hired | Sorry:
    """A new agent of a shipper, or of the operator (`shipper_slug` None); a shipper's admin adds to its own house."""
    shipper = shippers.by_slug(session, shipper_slug) if shipper_slug else None
    if shipper_slug and shipper is None:
        return Sorry(f"There is no shipper {shipper_slug!r}.")
    if sentence := why_not_manage(_post(by), Post(role, shipper.id if shipper else None)):
        return Sorry(sentence)
    try:
        password = add_agent(session, email, name, role, shipper_slug, now)
    except CannotAdd as error:
        return Sorry(str(error))
    made = agents.by_email(session, email)
    if made is None:
        raise LookupError("an agent that was added is not there")
    _note(session, by, made, "agent_added", now, role=role)
    return Hired(made.id, made.email, password)


def change_role(
    session: Session, by: Agent | None, agent_id: int, role: str, now: datetime
) -> Done | Sorry | None:
    """Another role, and every session of theirs ends. None: no such agent in the scope of `by`."""
    agent = _held(session, by, agent_id)
    if agent is None:
        return None
    last = _is_last_admin(session, agent)
    oneself = by is not None and by.id == agent.id
    if sentence := why_not_become(_post(by), _post(agent), role, oneself=oneself, last_admin=last):
        return Sorry(sentence)
    if agent.role == role:
        return Done(f"{agent.email} is {role} already.")
    agents.set_role(session, agent.id, role)
    browsers.end_of_agent(session, agent.id, "")
    _note(session, by, agent, "agent_role_changed", now, former=agent.role, role=role)
    return Done(f"{agent.email} is {role} from the next sign-in on.")


def leave(session: Session, by: Agent | None, agent_id: int, now: datetime) -> Done | Sorry | None:
    """The agent works here no more: sessions end, the second factor is forgotten. None: no such agent in scope."""
    agent = _held(session, by, agent_id)
    if agent is None:
        return None
    last = _is_last_admin(session, agent)
    oneself = by is not None and by.id == agent.id
    if sentence := why_not_leave(_post(by), _post(agent), oneself=oneself, last_admin=last):
        return Sorry(sentence)
    agents.leave(session, agent.id, now)
    browsers.end_of_agent(session, agent.id, "")
    second_factors.remove(session, agent.id)
    _note(session, by, agent, "agent_left", now)
    return Done(f"{agent.email} cannot sign in any more.")


def end_sessions(session: Session, by: Agent | None, agent_id: int, now: datetime) -> Done | Sorry | None:
    """Sign the agent out everywhere. None: no such agent in scope."""
    agent = _held(session, by, agent_id)
    if agent is None or (sentence := why_not_manage(_post(by), _post(agent))):
        return Sorry(sentence) if agent else None
    ended = browsers.end_of_agent(session, agent.id, "")
    _note(session, by, agent, "agent_sessions_ended", now, count=ended)
    return Done(f"{agent.email} is signed out everywhere.")


def reset_second_factor(
    session: Session, by: Agent | None, agent_id: int, now: datetime
) -> Done | Sorry | None:
    """The phone is lost, and the recovery codes too: the next sign-in sets up another. None: no such agent in scope."""
    agent = _held(session, by, agent_id)
    if agent is None or (sentence := why_not_manage(_post(by), _post(agent))):
        return Sorry(sentence) if agent else None
    if by is not None and by.id == agent.id:
        return Sorry("Nobody resets their own second factor; another admin can, or a recovery code helps.")
    second_factor.remove(session, agent, _actor(by), now)
    agents.bind_subject(session, agent.id, "")
    browsers.end_of_agent(session, agent.id, "")
    return Done(
        f"{agent.email} has no second factor now; the next sign-in asks to set one up where it is needed."
    )


def reset_password(session: Session, by: Agent | None, agent_id: int, now: datetime) -> Hired | Sorry | None:
    """A new password, to be handed over in person; every session ends. None: no such agent in scope."""
    agent = _held(session, by, agent_id)
    if agent is None or (sentence := why_not_manage(_post(by), _post(agent))):
        return Sorry(sentence) if agent else None
    if by is not None and by.id == agent.id:
        return Sorry("Your own password is changed on your account's page.")
    password = secrets.token_urlsafe(12)
    agents.set_password(session, agent.id, hashed(password))
    browsers.end_of_agent(session, agent.id, "")
    _note(session, by, agent, "agent_password_reset", now)
    return Hired(agent.id, agent.email, password)


def _held(session: Session, by: Agent | None, agent_id: int) -> Agent | None:
    return agents.by_id(session, by.shipper_id if by else None, agent_id, lock=True)


def _is_last_admin(session: Session, agent: Agent) -> bool:
    """Whether nobody else of the house is an admin; its admins are held, so that two do not leave at once."""
    return agents.held(session, agent.shipper_id, Role.ADMIN) == [agent.id]


def _post(agent: Agent | None) -> Post:
    return Post(agent.role, agent.shipper_id) if agent else THE_OPERATOR


def _actor(by: Agent | None) -> str:
    return actor(by) if by else COMMAND_LINE


def _note(session: Session, by: Agent | None, agent: Agent, action: str, now: datetime, **more: Any) -> None:
    audit.record(session, _actor(by), action, now, shipper_id=agent.shipper_id, agent_id=agent.id, **more)
