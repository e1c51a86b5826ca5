"""Kept at the depot: no window is told meanwhile, and the sender's holds again when it is taken back."""

from datetime import datetime

from sqlalchemy.orm import Session

from portal.domain.change import Change, Life
from portal.domain.delivery import Shipment
from portal.flows import household
from portal.flows.announce import Voice
from portal.flows.kinds.base import Effect
from portal.flows.kinds.plain import target
from portal.flows.plans import no_plan, plan, plan_back


def _make_true(session: Session, voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    if change.window_start and change.window_end:
        plan(session, shipment, (change.window_start, change.window_end), now)
    else:
        no_plan(session, shipment, now)
    household.tell_of_hold(session, voice, shipment, change, now)


def _unmake(session: Session, _voice: Voice, shipment: Shipment, change: Change, now: datetime) -> None:
    if change.life is not Life.REPLACED:
        plan_back(session, shipment, change, now)


HOLD = Effect(target, asked=household.tell_of_hold, make_true=_make_true, unmake=_unmake)
