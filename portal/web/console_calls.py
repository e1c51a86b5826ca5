"""An agent asks a change for a caller: who the caller is, what is possible, and a second pair of eyes."""

from dataclasses import dataclass

from flask import Blueprint
from sqlalchemy.orm import Session

from portal.flows.dossier import Dossier
from portal.store.agents import Agent

bp = Blueprint("console_calls", __name__, url_prefix="/console")


@dataclass(frozen=True, slots=True)
class Panel:
    """What the dossier says of the caller, in templates/pages/console/_caller.html."""


def panel(session: Session, agent: Agent, dossier: Dossier) -> Panel:
    """Who the caller is known to be, and what they may ask."""
    return Panel()
