"""The recipient's page as values: all said in words, nothing left to decide. Times are local and absolute."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.domain.change import Change
from portal.domain.change_policy import Option
from portal.domain.claim import may_say
from portal.domain.delivery import Shipment
from portal.domain.next_step import act_by
from portal.domain.parcel import Address
from portal.domain.record import Record
from portal.domain.shipment import Status
from portal.domain.visibility import HIDDEN_WHEN_OLDER_THAN, Element, Measure
from portal.domain.watching import Scene, interval_s
from portal.flows.track import Look
from portal.web.brand import Brand, brand_of
from portal.web.headline import NO_RECORD, Todo, Window, todo_view, window_view
from portal.web.local import Local
from portal.web.nearby import Nearby, nearby_view
from portal.web.story import Proof, Step, Story, progress_view, proof_view, story_view
from portal.web.wishes import Changes, changes_view

GOOD_AT_MOST = timedelta(minutes=5)
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Page:
    """What `pages/tracking/page.html` and its fragments show, in their order."""

    language: str
    brand: Brand
    reference: str
    window: Window
    todo: Todo
    changes: Changes
    progress: tuple[Step, ...]
    nearby: Nearby
    story: Story
    proof: Proof | None
    calendar: bool
    interval_s: float
    finished: bool
    may_say: bool = False


def local_of(address: Address, language: str, now: datetime) -> Local:
    """The clock on the wall behind this door."""
    return Local(address.timezone, language, address.country, now)


def page_of(
    look: Look, language: str, now: datetime, *, everything: bool = False, record: Record = NO_RECORD
) -> Page:
    """The page of a shipment in this language at this moment; `record` says how windows did of late."""
    shipment, shipper = look.shipment, look.shipper
    local = local_of(shipment.address, language, now)
    changes = changes_view(look.changes, look.options, local, look.where)
    by = act_by(shipment.state, shipper.rules.keep_days)
    finished = shipment.state.finished and not any(change.waits for change in look.changes)
    return Page(
        language=language,
        brand=brand_of(shipper.name, shipper.brand),
        reference=shipment.reference,
        window=window_view(shipment, local, record),
        todo=todo_view(shipment, changes.possible, local, look.after, by),
        changes=changes,
        progress=progress_view(shipment, local),
        nearby=nearby_view(look.view, look.door, local, just_over=_handed_over_today(shipment, local)),
        story=story_view(shipment, local, everything=everything),
        proof=proof_view(shipment, look.after, local),
        calendar=shipment.window is not None and not finished,
        interval_s=interval_s(_scene(look, now)),
        finished=finished,
        may_say=not shipment.state.finished and may_say(shipment.state.status),
    )


def _handed_over_today(shipment: Shipment, local: Local) -> bool:
    state = shipment.state
    return state.status is Status.DELIVERED and bool(state.since and local.date(state.since) == local.today)


def _scene(look: Look, now: datetime) -> Scene:
    shipment, live = look.shipment, look.shipment.live
    on_van = shipment.state.status is Status.ON_VAN
    before = live.stops_before if live and on_van else None
    return Scene(
        finished=shipment.state.finished,
        asked=any(change.waits for change in look.changes),
        on_van=on_van,
        van_shown=look.view.van is not None,
        stops_away=None if before is None else before + 1,
        minutes_left=(live.expected_at - now).total_seconds() / 60 if live and live.expected_at else None,
        until_window=shipment.window.start - now if shipment.window else None,
    )


def good_until(look: Look, now: datetime) -> datetime:
    """Until when this page stays true if nothing happens: deadlines, windows, midnight, old positions."""
    ends = [now + GOOD_AT_MOST, *good_while(look.shipment, look.options, look.changes, now)]
    if look.fix is not None:
        ends += [look.fix.at + HIDDEN_WHEN_OLDER_THAN + MOMENT, look.fix.at - HIDDEN_WHEN_OLDER_THAN]
    if look.shipment.live and (at := look.shipment.live.expected_at):
        rules = map(look.shipper.rules.map.rule, Element)
        minutes = [rule.limit for rule in rules if rule.measure is Measure.MINUTES]
        ends += [at - timedelta(minutes=limit) for limit in (0.0, *minutes)]
    return min(end for end in ends if end > now)


def good_while(
    shipment: Shipment, options: Iterable[Option], changes: Iterable[Change], now: datetime
) -> Iterator[datetime]:
    """The next moments at which what is said of a delivery would be said otherwise."""
    yield local_of(shipment.address, "en", now).midnight()
    ends = [option.until for option in options if option.open and option.until]
    ends += [change.expires_at for change in changes if change.waits]
    ends += [promise.end for promise in (shipment.planned, shipment.live) if promise]
    yield from (end for end in ends if end > now)
