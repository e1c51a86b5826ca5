"""What an agent does from the dossier: messages, link, notes, tags, corrections, making good."""

from dataclasses import dataclass

from flask import Blueprint
from sqlalchemy.orm import Session

from portal.flows.dossier import Dossier
from portal.store.agents import Agent

bp = Blueprint("console_acts", __name__, url_prefix="/console")


@dataclass(frozen=True, slots=True)
class Panel:
    """What the dossier's column of actions shows, in templates/pages/console/_acts.html."""


def panel(session: Session, agent: Agent, dossier: Dossier) -> Panel:
    """What this agent may do for this shipment now."""
    return Panel()
