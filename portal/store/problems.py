"""Problems that recipients reported, and how often dispatch was told of one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, Text, func, insert, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from portal.db import Moment, db
from portal.domain.problem import Problem, ProblemKind
from portal.store.changes import FeedRow


class ProblemRow(db.Model):
    """A problem the recipient reported."""

    __tablename__ = "problems"
    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    shipper_id: Mapped[int] = mapped_column(ForeignKey("shippers.id", ondelete="CASCADE"))
    shipment_id: Mapped[int] = mapped_column(ForeignKey("shipments.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    words: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(Moment)


PROBLEMS: Any = ProblemRow.__table__
REPORTED = "shipment.problem_reported"


def of_shipment(session: Session, shipment_id: int) -> list[Problem]:
    """The problems of a shipment that was found within its scope, oldest first."""
    query = select(PROBLEMS).where(PROBLEMS.c.shipment_id == shipment_id)
    return [
        Problem(row.id, row.shipment_id, ProblemKind(row.kind), row.words, row.at)
        for row in session.execute(query.order_by(PROBLEMS.c.at, PROBLEMS.c.id))
    ]


def add(session: Session, shipper_id: int, problem: Problem) -> None:
    """Keep a new problem."""
    session.execute(
        insert(ProblemRow).values(
            id=problem.id,
            shipper_id=shipper_id,
            shipment_id=problem.shipment_id,
            kind=problem.kind,
            words=problem.words,
            at=problem.at,
        )
    )


def times_told(session: Session, shipment_id: int) -> int:
    """How often dispatch was told of problems with a shipment that was found within its scope."""
    told = select(func.count()).where(FeedRow.shipment_id == shipment_id, FeedRow.type == REPORTED)
    return int(session.execute(told).scalar_one())
