"""The steps: recipients, a neighbor, dispatch, the van and the clock, in whatever order Hypothesis likes."""

from collections import Counter
from datetime import timedelta
from typing import Any

from flask import Flask
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from portal.clock import ManualClock
from portal.domain.change import Kind, Life, TooLate
from portal.domain.kinds.base import No
from portal.domain.neighbors import Answer
from portal.flows import change as changing
from portal.flows import holds, neighbors
from portal.flows.change import Answered, Asked
from portal.jobs import free_compartments, lapse, lapse_holds
from portal.store import changes, shipments
from portal.store import neighbors as asks
from tests.dispatch import event
from tests.model import checks
from tests.model.day import BEA, REFERENCES, Day

# Why a wish may be refused that the model knows nothing against: the hour, the places, the neighbor.
MAY_BE = {
    *(No.TOO_LATE, No.NEXT_STOP, No.LOADED, No.ON_VAN, No.SLOT_FULL, No.SLOT_CLOSED, No.SLOT_UNKNOWN),
    *(No.LOCKER_FULL, No.NEIGHBOR_NOT_NOW, No.ADDRESS_SAME, No.SLOT_YOURS),
}
ON_THE_WAY = (
    *("at_depot", "out_for_delivery", "out_for_delivery", "next_stop", "nearby", "no_longer_heading"),
    *("delayed", "attempt_failed", "held"),
)
AT_THE_END = ("ready_for_pickup", "collected", "delivered", "delivered", "returning", "returned", "cancelled")
HOWS = ("recipient", "household", "neighbor", "safe_place", "mailbox", "locker", "reception")
who = st.sampled_from(REFERENCES)
nth = st.integers(0, 30)


class Machine(Day):
    """The steps; after every one the house is compared with the model."""

    @rule(reference=who, kind=st.sampled_from(list(Kind)), pick=st.booleans())
    def somebody_asks(self, reference: str, kind: Kind, pick: bool) -> None:
        self._ask(reference, kind, pick)

    @rule(
        reference=who,
        kind=st.sampled_from([Kind.SAFE_PLACE, Kind.NEW_WINDOW, Kind.LOCKER]),
        yes=st.booleans(),
    )
    def somebody_asks_and_dispatch_answers(self, reference: str, kind: Kind, yes: bool) -> None:
        if self._ask(reference, kind, yes):
            self._answer(list(self.book.wishes)[-1], yes)

    def _ask(self, reference: str, kind: Kind, pick: bool) -> bool:
        wish, now = self._wish(kind, pick), self.clock()
        must = self.book.refusal(reference, kind, self._status(reference))
        with self.app.app_context(), self.kit.transaction() as session:
            found = shipments.by_ids(session, [self.ids[reference]])[self.ids[reference]]
            verdict = changing.ask(session, self.kit.voice, found, wish, now)
        self._step("asked", reference)
        if isinstance(verdict, Asked):
            change = verdict.change
            assert must is None
            assert change.life is self.book.asked(change.id, reference, kind, change.expires_at)
            self.counted[f"asked: {kind}"] += 1
        else:
            self.counted[f"refused: {verdict.because.name}"] += 1
            assert verdict.because is must or (must is None and verdict.because in MAY_BE), verdict
        return isinstance(verdict, Asked)

    @rule(reference=who, kind=st.sampled_from([Kind.NEW_WINDOW, Kind.LOCKER]), pick=st.booleans())
    def somebody_looks_and_a_place_is_held(self, reference: str, kind: Kind, pick: bool) -> None:
        with self.app.app_context(), self.kit.transaction() as session:
            found = shipments.by_ids(session, [self.ids[reference]])[self.ids[reference]]
            holds.hold(session, self.kit.voice, found, self._wish(kind, pick), self.clock())
        self._step("held", reference)

    @precondition(lambda self: self.book.wishes)
    @rule(nth=nth, accepted=st.booleans(), other_window=st.booleans())
    def dispatch_answers(self, nth: int, accepted: bool, other_window: bool) -> None:
        wish = self._nth(nth)
        self._answer(wish.id, accepted, other_window and wish.kind in (Kind.NEW_WINDOW, Kind.HOLD))

    def _answer(self, change_id: str, accepted: bool, other_window: bool = False) -> None:
        wish, now = self.book.wishes[change_id], self.clock()
        window = (now + timedelta(days=2), now + timedelta(days=2, hours=2)) if other_window else None
        with self.app.app_context(), self.kit.transaction() as session:
            verdict = changing.answer(
                session, self.kit.voice, self.shipper_id, change_id, accepted, "model", now, window=window
            )
        self._step("answered", wish.reference)
        stands = self.book.answered(change_id, accepted, now)
        assert isinstance(verdict, Answered if stands else TooLate)
        self.counted[f"answer: {wish.life if stands else 'too late'}"] += 1

    @precondition(lambda self: self.book.wishes)
    @rule(nth=nth)
    def it_is_taken_back(self, nth: int) -> None:
        wish = self._nth(nth)
        with self.app.app_context(), self.kit.transaction() as session:
            found = shipments.by_ids(session, [self.ids[wish.reference]])[self.ids[wish.reference]]
            verdict = changing.withdraw(session, self.kit.voice, found, wish.id, self.clock())
        self._step("taken back", wish.reference)
        if isinstance(verdict, Answered):
            assert wish.life in (Life.NOMINATED, Life.ASKED, Life.ACCEPTED)
            self.counted[f"taken back: {wish.life}"] += 1
            wish.life = Life.WITHDRAWN
        else:
            assert isinstance(verdict, TooLate)
            assert wish.life not in (Life.NOMINATED, Life.ASKED)

    @precondition(lambda self: any(one.kind is Kind.NEIGHBOR for one in self.book.wishes.values()))
    @rule(nth=nth, said=st.sampled_from([Answer.YES, Answer.NO]))
    def the_neighbor_answers(self, nth: int, said: Answer) -> None:
        theirs = [one for one in self.book.wishes.values() if one.kind is Kind.NEIGHBOR]
        wish, now = theirs[nth % len(theirs)], self.clock()
        with self.app.app_context(), self.kit.transaction() as session:
            change = changes.find(session, self.shipper_id, wish.id)
            question = asks.of_changes(session, [change]).get(wish.id)
            if question:
                neighbors.answer(session, self.kit.voice, question, said, now)
            after = changes.find(session, self.shipper_id, wish.id)
        self._step("neighbor answered", wish.reference)
        if wish.life is Life.NOMINATED:
            assert after.life in (
                (Life.NOMINATED, Life.ASKED) if said is Answer.YES else (Life.NOMINATED, Life.REFUSED)
            )
            wish.life, wish.expires_at = after.life, after.expires_at

    @rule(minutes=st.sampled_from([1, 4, 6, 20, 45]))
    def time_passes(self, minutes: int) -> None:
        self.clock.forward(minutes=minutes)
        self._tick()
        self._step("time passed", self.at)

    @precondition(lambda self: self.book.wishes)
    @rule()
    def somebodys_time_is_over(self) -> None:
        self.clock.at += self.book.next_end(self.clock())
        self._tick()
        self._step("time ran out", self.at)

    def _tick(self) -> None:
        with self.app.app_context():
            lapse(self.kit)
            lapse_holds(self.kit)
            free_compartments(self.kit)
        self.book.lapse(self.clock())
        for id, change in self._known().items():
            wish = self.book.wishes[id]
            if wish.life is Life.NOMINATED and change.life is Life.LAPSED:
                assert wish.expires_at <= self.clock()
                wish.life = Life.LAPSED

    @rule(reference=who, happening=st.sampled_from(ON_THE_WAY))
    def the_van_reports(self, reference: str, happening: str) -> None:
        self._report(reference, happening, "")

    @rule(
        reference=who,
        happening=st.sampled_from(AT_THE_END),
        how=st.sampled_from(HOWS),
        rare=st.integers(0, 5),
    )
    def it_ends(self, reference: str, happening: str, how: str, rare: int) -> None:
        if rare == 5:
            self._report(reference, happening, how)

    def _report(self, reference: str, happening: str, how: str) -> None:
        more = {"how": how} if happening == "delivered" else {}
        event_id = f"e{next(self.events)}"
        self.clock.forward(seconds=1)
        self.dispatch.reports(event(event_id, reference, happening, self.clock(), **more))
        if happening == "delivered":
            self.delivered[reference] = event_id
        self._moved("reported", reference)

    @precondition(lambda self: self.delivered)
    @rule(nth=nth)
    def a_delivery_was_wrong(self, nth: int) -> None:
        reference = sorted(self.delivered)[nth % len(self.delivered)]
        corrects = self.delivered.pop(reference)
        self.clock.forward(seconds=1)
        self.dispatch.reports(
            event(f"e{next(self.events)}", reference, "at_depot", self.clock(), corrects=corrects)
        )
        self._moved("corrected", reference)

    @rule(reference=who, depot=st.sampled_from(["north", "south"]), moved=st.booleans())
    def dispatch_tells_it_again(self, reference: str, depot: str, moved: bool) -> None:
        more: dict[str, Any] = {"depot": depot} | ({"recipient": BEA} if reference == "B-1" else {})
        told = self._told(reference, **more)
        if moved:
            start = self.clock() + timedelta(hours=20)
            told["window"] = {"start": start.isoformat(), "end": (start + timedelta(hours=2)).isoformat()}
        self.dispatch.ships(told)
        self._step("told again", reference)

    @rule(reference=who, more=st.sampled_from(["", "/change"]))
    def somebody_opens_the_page(self, reference: str, more: str) -> None:
        assert self.dispatch.client.get(self.paths[reference] + more).status_code == 200
        self._step("looked", reference)

    @invariant()
    def all_agree(self) -> None:
        if not hasattr(self, "feed"):
            return
        known = self._known()
        checks.lives(self.book, known)
        with self.app.app_context(), self.kit.transaction() as session:
            checks.places(session, self.shipper_id)
            self.feed.pull(session, known)
        assert self.dispatch.client.get(self.paths[self.at]).status_code == 200


def machine(app: Flask, clock: ManualClock, counted: Counter[str]) -> type[Machine]:
    """The machine on this house; `counted` gathers how often each step was taken."""
    return type("Steps", (Machine,), {"app": app, "clock": clock, "counted": counted})
