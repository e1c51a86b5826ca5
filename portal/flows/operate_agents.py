"""Agents managed from the operator's command line: what to print, or `Wrong` with one clear sentence."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.flows import agents_admin
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents_admin import Hired
from portal.flows.operate import Kit, Wrong
from portal.store import agents, shippers

Act = Callable[[Session, int], Done | Sorry | Hired | None]


def _act(kit: Kit, email: str, act: Act) -> list[str]:
    with kit.transaction() as session:
        agent = agents.by_email(session, email)
        if agent is None:
            raise Wrong(f"there is no agent {email!r}.")
        match act(session, agent.id):
            case Done(what):
                return [what]
            case Hired(_, address, password):
                return [f"{address} has a new password; it is shown only now:", password]
            case Sorry(because):
                raise Wrong(because)
            case _:
                raise Wrong(f"there is no agent {email!r}.")


def listed(kit: Kit, slug: str, now: datetime) -> list[str]:
    """Everybody who may sign in, or one shipper's; a line each."""
    with kit.transaction() as session:
        known = shippers.everyone(session)
        if slug and slug not in {one.slug for one in known.values()}:
            raise Wrong(f"there is no shipper {slug!r}.")
        found = agents_admin.colleagues(session, None, now)
    lines = []
    for one in found:
        house = known[one.agent.shipper_id].slug if one.agent.shipper_id else "operator"
        factor = "second factor" if one.has_second_factor else "password alone"
        browsers = f"signed in {len(one.browsers)} times" if one.browsers else "not signed in"
        if not slug or house == slug:
            lines.append(f"{one.agent.email}  {one.agent.role}  {house}  {factor}  {browsers}")
    return lines or ["Nobody yet; add somebody with `doorstep agent add`."]


def sessions(kit: Kit, email: str, now: datetime) -> list[str]:
    """Where an agent is signed in, the last used first."""
    with kit.transaction() as session:
        agent = agents.by_email(session, email)
        if agent is None:
            raise Wrong(f"there is no agent {email!r}.")
        found = [one for one in agents_admin.colleagues(session, None, now) if one.agent.id == agent.id]
    return [
        f"{one.name or 'A browser'}: since {one.created_at:%Y-%m-%d %H:%M} UTC, last used {one.seen_at:%H:%M} UTC"
        for one in found[0].browsers
    ] or [f"{agent.email} is not signed in."]


def change_role(kit: Kit, email: str, role: str, now: datetime) -> list[str]:
    """Another role; the agent is signed out."""
    return _act(
        kit, email, lambda session, agent_id: agents_admin.change_role(session, None, agent_id, role, now)
    )


def leave(kit: Kit, email: str, now: datetime) -> list[str]:
    """The agent works here no more."""
    return _act(kit, email, lambda session, agent_id: agents_admin.leave(session, None, agent_id, now))


def end_sessions(kit: Kit, email: str, now: datetime) -> list[str]:
    """Sign the agent out everywhere."""
    return _act(kit, email, lambda session, agent_id: agents_admin.end_sessions(session, None, agent_id, now))


def reset_second_factor(kit: Kit, email: str, now: datetime) -> list[str]:
    """Phone and recovery codes are lost."""
    return _act(
        kit, email, lambda session, agent_id: agents_admin.reset_second_factor(session, None, agent_id, now)
    )


def reset_password(kit: Kit, email: str, now: datetime) -> list[str]:
    """A new password, printed once."""
    return _act(
        kit, email, lambda session, agent_id: agents_admin.reset_password(session, None, agent_id, now)
    )
