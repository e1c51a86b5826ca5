"""Plays the day: on the demo's clock, over real HTTP, until it is told to stop."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread

import requests

from portal.clock import Clock
from portal.demo import agreed, papers, pictures, story
from portal.demo import inbox as inboxes
from portal.demo.depot import Depot, Door, Letter
from portal.demo.dispatch import Dispatch, DispatchError
from portal.demo.inbox import Inbox
from portal.demo.papers import Paper

TICK_SECONDS = 0.5
POSITION_EVERY_SECONDS = 1.0
LOOK_EVERY_SECONDS = 4.0

Say = Callable[[datetime, str, str], None]
Wish = Callable[[str, str], str]


@dataclass(slots=True)
class Player:
    """One playing of the day. `say(at, sentence, person)` shows a line, `ask(reference, wish)` is a phone,
    on which `look_up_pin(reference)` reads what the driver will ask for."""

    depot: Depot
    dispatch: Dispatch
    inbox: Inbox
    now: Clock
    say: Say
    ask: Wish
    look_up_pin: Callable[[str], str]
    told_shipments: Callable[[list[Paper]], None]
    rang: Event
    stop: Event
    unsent: deque[Letter] = field(default_factory=deque)
    phones: list[Thread] = field(default_factory=list)
    pins: dict[str, str] = field(default_factory=dict)
    ticks: int = 0

    def play(self, since: datetime, until: datetime) -> None:
        """From `since` to `until` on the day's clock, or until stopped."""
        told = since
        while not self.stop.is_set() and told < until:
            now = min(self.now(), until)
            self.step(told, now)
            told = now
            self.stop.wait(TICK_SECONDS)

    def step(self, told: datetime, now: datetime) -> None:
        """What happened after `told` and until `now`, told to the portal; what cannot be sent waits."""
        self.unsent += story.tell(self.depot, told, now)
        try:
            self._work(now)
        except requests.ConnectionError:
            # The server is busy or on its way out.
            pass
        except DispatchError as refused:
            self.say(now, f"The portal refused a call: {refused}.", "")

    def _work(self, now: datetime) -> None:
        self.ticks += 1
        while self.unsent and not self.stop.is_set():
            letter = self.unsent[0]
            try:
                self._send(letter)
            except DispatchError as refused:
                self.say(now, f"The portal refused {letter.door.value}: {refused}.", "")
            self.unsent.popleft()
        if self._every(POSITION_EVERY_SECONDS) and (fixes := story.positions(self.depot, now)):
            self.dispatch.send("positions", fixes)
        if self.rang.is_set() or self._every(LOOK_EVERY_SECONDS):
            self.rang.clear()
            for asked in self.inbox.fetch(self.dispatch):
                name = self.depot.deliveries[asked.reference].person.name
                self.say(now, f"{name} asks for a change: {asked.kind.replace('_', ' ')}.", name)
        for reference, change_id in self.inbox.taken_back():
            agreed.taken_back(self.depot, reference, change_id, now)
        for asked in self.inbox.due(now):
            says = inboxes.settle(self.depot, self.dispatch, asked, now)
            self.say(now, says, self.depot.deliveries[asked.reference].person.name)

    def _every(self, seconds: float) -> bool:
        return self.ticks % round(seconds / TICK_SECONDS) == 0

    def _send(self, letter: Letter) -> None:
        match letter.door:
            case Door.SCREEN:
                pass
            case Door.WISH:
                self._aside(self._wish, letter.items[0])
            case Door.SEEN:
                self.dispatch.tell_seen(letter.items[0]["change_id"], letter.items[0]["driver"])
            case Door.OUTCOME:
                outcome = dict(letter.items[0])
                self.dispatch.tell_outcome(outcome.pop("change_id"), outcome)
            case Door.PROOFS:
                for form in letter.items:
                    self.dispatch.show(form, pictures.picture(form["sort"], form["shipment"]))
            case Door.PIN:
                self._aside(self._look_up, letter.items[0])
            case _:
                self._deliver(letter)
        if letter.says:
            self.say(letter.at, letter.says, letter.about)

    def _aside(self, what: Callable[[Paper], None], paper: Paper) -> None:
        """Somebody in town takes out a phone; the day goes on meanwhile."""
        self.phones.append(Thread(target=what, args=(paper,), daemon=True))
        self.phones[-1].start()

    def _deliver(self, letter: Letter) -> None:
        items = letter.items
        if letter.door is Door.EVENTS:
            items = tuple(papers.with_pin(item, self.pins.get(item["shipment"], "")) for item in items)
        results = self.dispatch.send(letter.door.value, items)
        if letter.door is Door.SHIPMENTS:
            self.told_shipments([one for one in results if one.get("link")])
        for one in results:
            if one["outcome"] == "rejected":
                self.say(letter.at, f"The portal rejected {letter.door.value}: {one}", "")

    def _look_up(self, paper: Paper) -> None:
        try:
            self.pins[paper["reference"]] = self.look_up_pin(paper["reference"])
        except (requests.RequestException, LookupError) as error:
            self.say(self.now(), f"The PIN could not be read: {type(error).__name__}.", "")

    def _wish(self, paper: Paper) -> None:
        try:
            problem = self.ask(paper["reference"], paper["wish"])
        except (requests.RequestException, LookupError) as error:
            problem = type(error).__name__
        if problem and not self.stop.is_set():
            name = self.depot.deliveries[paper["reference"]].person.name
            self.say(self.now(), f"{name} could not ask: {problem}", name)
