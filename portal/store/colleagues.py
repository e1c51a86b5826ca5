"""Agents among themselves: who works here still and may take a matter of this shipper."""

from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from portal.domain.roles import Role
from portal.store.agents import AgentRow

AGENTS = AgentRow.__table__
MOST = 500
MAY_ACT = (Role.AGENT, Role.LEAD, Role.ADMIN)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody who could take it."""

    id: int
    name: str
    email: str

    @property
    def called(self) -> str:
        """Their name, or where they have none, their address."""
        return self.name or self.email


def who_may_take(session: Session, scope: int | None, shipper_id: int | None) -> list[Colleague]:
    """Agents in whose scope this shipper is (None: the operator's matters) and who are in the asker's `scope`."""
    whose = AGENTS.c.shipper_id.is_(None)
    if shipper_id is not None:
        whose = or_(whose, AGENTS.c.shipper_id == shipper_id)
    if scope is not None:
        whose = AGENTS.c.shipper_id == scope
    query = (
        select(AGENTS.c.id, AGENTS.c.name, AGENTS.c.email)
        .where(AGENTS.c.left_at.is_(None), AGENTS.c.role.in_(MAY_ACT), whose)
        .order_by(AGENTS.c.name, AGENTS.c.email)
        .limit(MOST)
    )
    return [Colleague(*row) for row in session.execute(query)]


def near(session: Session, scope: int | None) -> list[Colleague]:
    """Agents within the asker's scope, as a list to choose from."""
    query = select(AGENTS.c.id, AGENTS.c.name, AGENTS.c.email).where(
        AGENTS.c.left_at.is_(None), AGENTS.c.role.in_(MAY_ACT)
    )
    if scope is not None:
        query = query.where(AGENTS.c.shipper_id == scope)
    return [Colleague(*row) for row in session.execute(query.order_by(AGENTS.c.name).limit(MOST))]
