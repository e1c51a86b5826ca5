"""A position or a finished stop becomes new windows for every open door of the route, in one pass."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from portal.flows.announce import Voice


def replanned(session: Session, voice: Voice, route_ids: Iterable[int], now: datetime) -> None:
    """Routes were sent or replaced."""


def moved(session: Session, voice: Voice, route_ids: Iterable[int], now: datetime) -> None:
    """The vans of these routes were seen somewhere else."""


def stops_done(session: Session, voice: Voice, shipment_ids: Iterable[int], now: datetime) -> None:
    """Events changed these shipments: stops were done or opened again, vans left the depot."""
