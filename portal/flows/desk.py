"""The desk: which changes wait for an answer, which answers can still be undone, and what was answered lately."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from portal.domain.answering import pressing, refusals
from portal.domain.change import Kind
from portal.domain.desk_lines import Line, lines
from portal.domain.neighbors import NeighborAsk, before_the_yes
from portal.domain.telling_changes import DECIDED, wished
from portal.domain.timeline import Tone
from portal.flows import attentions, unreached
from portal.flows.attentions import Called
from portal.store import audit, desk, desk_queue, desk_routes, neighbors
from portal.store.agents import Agent
from portal.store.desk import DeskAnswer
from portal.store.desk_queue import Place, Waiting
from portal.store.desk_routes import RouteShown
from portal.store.shippers import Shipper

LATELY = timedelta(hours=12)
MOST, LOOKED_THROUGH = 200, 1_000


@dataclass(frozen=True, slots=True)
class Only:
    """What of the queue is shown: one depot, one route; empty and None: all."""

    depot: str = ""
    route_id: int | None = None

    def fits(self, one: Waiting, place: Place | None) -> bool:
        """Whether this change is to be shown."""
        here = self.depot in ("", one.depot)
        return here and (self.route_id is None or (place is not None and place.route_id == self.route_id))


@dataclass(frozen=True, slots=True)
class Item:
    """A change with its door and shipper; `asks` is what is asked, in one line, `lines` what dispatch needs of it.

    `answer` waits to count and can still be undone; `refusals` are the reasons for a no, by code.
    """

    waiting: Waiting
    shipper: Shipper
    asks: str
    lines: tuple[Line, ...]
    tone: Tone
    refusals: Mapping[str, str]
    place: Place | None = None
    answer: DeskAnswer | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """What a dispatcher sees. `answered` can still be undone, `overtaken` are own answers that came second.

    `called` is what agents call attention to. `routes` and `depots` are those that can be chosen; `alarm` says what may
    not have reached dispatch's own system; `version` changes when anything of it does.
    """

    items: tuple[Item, ...]
    answered: tuple[Item, ...]
    overtaken: tuple[audit.Entry, ...]
    lately: tuple[Item, ...]
    depots: tuple[str, ...]
    routes: Mapping[int, str]
    route: RouteShown | None
    only: Only
    more: int
    alarm: str
    version: str
    called: tuple[Called, ...] = ()


def queue(
    session: Session,
    agent: Agent,
    shippers: Mapping[int, Shipper],
    only: Only,
    now: datetime,
    said_for: timedelta = timedelta(minutes=1),
) -> Queue:
    """The queue of the agent's scope, oldest deadline first; an overtaken answer is said for `said_for`."""
    waiting = desk_queue.waiting(session, agent.shipper_id, LOOKED_THROUGH)
    closed = desk_queue.answered_lately(session, agent.shipper_id, now - LATELY)
    lately = [one for one in closed if not before_the_yes(one.change)]
    places = desk_queue.places(session, (one.change.shipment_id for one in (*waiting, *lately)))
    answers = {one.change_id: one for one in desk.waiting(session, agent.shipper_id)}
    asks = neighbors.of_changes(session, (one.change for one in waiting if one.change.kind is Kind.NEIGHBOR))
    items = _items(waiting, places, answers, shippers, only, now, asks)
    open_ones = [one for one in items if one.answer is None]
    answered = sorted((one for one in items if one.answer), key=_given_at, reverse=True)
    overtaken = audit.of_actor(session, agent.email[:120], "answer_overtaken", now - said_for)
    done = _items(lately, places, {}, shippers, only, now)
    route = route_of(session, agent, only.route_id) if only.route_id is not None else None
    alarm = unreached.alarm(session, agent.shipper_id, now)
    called = [one for one in attentions.waiting(session, agent.shipper_id) if only.depot in ("", one.depot)]
    depots = {one.depot for one in (*waiting, *lately)} | ({only.depot} if only.depot else set())
    routes = _routes(waiting, places, only)
    told = [_shown(one) for one in (*open_ones, *done)]
    return Queue(
        items=tuple(open_ones[:MOST]),
        answered=tuple(answered),
        overtaken=tuple(overtaken),
        lately=tuple(done),
        depots=tuple(sorted(depots)),
        routes=routes,
        route=route,
        only=only,
        more=max(0, len(open_ones) - MOST),
        alarm=alarm,
        version=_version(
            agent, now, told, answers.values(), overtaken, depots, routes, (route, alarm), _ids(called)
        ),
        called=tuple(called),
    )


def route_of(session: Session, agent: Agent, route_id: int) -> RouteShown | None:
    """A route with the stops that the agent may see; None: there is none in the agent's scope."""
    return desk_routes.find(session, agent.shipper_id, route_id)


def _items(
    found: Iterable[Waiting],
    places: Mapping[int, Place],
    answers: Mapping[str, DeskAnswer],
    shippers: Mapping[int, Shipper],
    only: Only,
    now: datetime,
    asks: Mapping[str, NeighborAsk] | None = None,
) -> list[Item]:
    return [
        Item(
            waiting=one,
            shipper=shippers[one.shipper_id],
            asks=wished(one.change),
            lines=lines(one.change, (asks or {}).get(one.change.id)),
            tone=pressing(one.change, now) if one.change.open else DECIDED[one.change.life][1],
            refusals=refusals(one.change.kind),
            place=places.get(one.change.shipment_id),
            answer=answers.get(one.change.id),
        )
        for one in found
        if only.fits(one, places.get(one.change.shipment_id))
    ]


def _shown(item: Item) -> tuple[object, ...]:
    change, live = item.waiting.change, item.waiting.live
    van = (live.stops_before, live.expected_at) if live else ()
    return (change.id, change.life, item.tone, change.honoured, item.place, *van)


def _ids(called: Iterable[Called]) -> list[str]:
    return [one.attention.id for one in called]


def _given_at(item: Item) -> datetime:
    return item.answer.given_at if item.answer else item.waiting.change.asked_at


def _routes(waiting: Iterable[Waiting], places: Mapping[int, Place], only: Only) -> dict[int, str]:
    """Routes to choose from: those of what waits here, by name."""
    here = (places.get(one.change.shipment_id) for one in waiting if only.depot in ("", one.depot))
    return dict(sorted({one.route_id: one.route for one in here if one}.items(), key=lambda pair: pair[1]))


def _version(agent: Agent, now: datetime, *shown: object) -> str:
    # The minute belongs to it because ages and what is left are shown in minutes.
    text = f"{agent.id}|{agent.role}|{now:%Y%m%d%H%M}|{[_plain(one) for one in shown]}"
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _plain(shown: object) -> object:
    if isinstance(shown, Mapping):
        return sorted(shown.items())
    if isinstance(shown, (set, frozenset)):
        return sorted(shown)
    if isinstance(shown, Iterable) and not isinstance(shown, str):
        return list(shown)
    return shown
