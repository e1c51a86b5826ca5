"""Wishes wait for a person at the desk; then the demo's dispatcher answers, or follows what was said."""

from datetime import UTC, datetime, timedelta

from portal.clock import ManualClock
from portal.demo import agreed, inbox
from portal.demo.depot import Depot
from portal.demo.dispatch import DispatchError
from portal.demo.inbox import PATIENCE, Inbox
from portal.demo.papers import Paper

REAL = datetime(2026, 5, 20, 20, 0, tzinfo=UTC)


class Portal:
    """A portal that takes decisions, unless a person at the desk was first."""

    def __init__(self, desk_said: str = "") -> None:
        self.desk_said = desk_said
        self.told: list[tuple[str, Paper]] = []

    def decide(self, change_id: str, decision: Paper) -> Paper:
        if self.desk_said and self.desk_said != decision["decision"]:
            raise DispatchError(409, "already answered")
        self.told.append((change_id, decision))
        return {"state": decision["decision"]}

    def shipment(self, reference: str, shipper: str) -> Paper:
        return {"changes": [{"change_id": "c-1", "state": self.desk_said}]}


def requested(depot: Depot, who: str, kind: str = "neighbor", **to: str) -> Paper:
    data = {
        "change_id": "c-1",
        "shipment": depot.named(who).reference,
        "kind": kind,
        "to": to,
        "expires_at": depot.day.at("12:00").isoformat(),
    }
    return {"seq": 1, "type": "delivery_change.requested", "data": data}


def inbox_of(real: ManualClock) -> Inbox:
    return Inbox(real, margin=timedelta(minutes=4))


def test_a_person_has_twenty_seconds_before_the_dispatcher_answers(depot: Depot):
    real = ManualClock(REAL)
    waiting = inbox_of(real)
    waiting.put([requested(depot, "Priya Raman")])
    assert waiting.due(depot.day.at("09:00")) == []
    real.forward(seconds=PATIENCE.total_seconds())
    assert [asked.change_id for asked in waiting.due(depot.day.at("09:20"))] == ["c-1"]
    assert waiting.due(depot.day.at("09:20")) == []


def test_a_wish_that_would_lapse_is_answered_at_once(depot: Depot):
    waiting = inbox_of(ManualClock(REAL))
    waiting.put([requested(depot, "Priya Raman")])
    assert len(waiting.due(depot.day.at("11:57"))) == 1


def test_a_wish_that_was_taken_back_is_not_answered(depot: Depot):
    waiting = inbox_of(ManualClock(REAL))
    asked = requested(depot, "Priya Raman")
    waiting.put([asked, {**asked, "type": "delivery_change.withdrawn"}])
    assert waiting.due(depot.day.at("11:59")) == []


def test_other_entries_of_the_feed_are_let_pass(depot: Depot):
    assert inbox_of(ManualClock(REAL)).put([{"seq": 1, "type": "shipment.rated", "data": {}}]) == []


def test_the_dispatcher_agrees_and_tells_the_driver(depot: Depot):
    portal = Portal()
    asked = agreed.read(requested(depot, "Priya Raman", name="Ada", house_number="7")["data"])
    says = inbox.settle(depot, portal, asked, depot.day.at("09:00"))
    assert says == "Dispatch agrees to Priya Raman's wish (neighbor)."
    assert portal.told == [("c-1", {"decision": "accepted"})]
    assert depot.ending(depot.named("Priya Raman")).how == "neighbor"


def test_a_no_carries_its_reason(depot: Depot):
    portal = Portal()
    asked = agreed.read(requested(depot, "Naomi Tanaka", "locker", locker="L-GARDEN")["data"])
    says = inbox.settle(depot, portal, asked, depot.day.at("09:00"))
    assert "nearer to you" in says
    assert portal.told[0][1]["reason_code"] == "not_on_the_round"
    assert depot.order(depot.named("Naomi Tanaka").reference).locker == ""


def test_what_the_desk_said_first_is_what_the_driver_does(depot: Depot):
    agreed_there, refused_there = Portal(desk_said="accepted"), Portal(desk_said="refused")
    far = agreed.read(requested(depot, "Naomi Tanaka", "locker", locker="L-GARDEN")["data"])
    near = agreed.read(requested(depot, "Priya Raman", name="Ada", house_number="7")["data"])
    assert inbox.settle(depot, agreed_there, far, depot.day.at("09:00")).startswith("The desk agrees")
    assert depot.order(far.reference).locker == "L-GARDEN"
    assert inbox.settle(depot, refused_there, near, depot.day.at("09:00")).startswith("The desk says no")
    assert depot.order(near.reference).change_id == ""


def test_a_wish_the_dispatcher_leaves_to_the_desk_waits_until_it_would_lapse(depot: Depot):
    real = ManualClock(REAL)
    waiting = inbox_of(real)
    waiting.put([requested(depot, "Priya Raman", "hold", until="2026-05-25")])
    real.forward(hours=1)
    assert waiting.due(depot.day.at("11:00")) == []
    assert len(waiting.due(depot.day.at("11:57"))) == 1


def test_what_the_desk_answered_is_told_to_the_drivers_at_once(depot: Depot):
    waiting = inbox_of(ManualClock(REAL))
    asked = requested(depot, "Priya Raman", "hold", until="2026-05-25")
    waiting.put([asked, {**asked, "type": "delivery_change.accepted"}])
    (due,) = waiting.due(depot.day.at("09:00"))
    says = inbox.settle(depot, Portal("accepted"), due, depot.day.at("09:00"))
    assert says == "Dispatch agrees to Priya Raman's wish (hold)."
    assert depot.order(depot.named("Priya Raman").reference).another_day


def test_what_a_recipient_takes_back_the_driver_forgets(depot: Depot):
    waiting = inbox_of(ManualClock(REAL))
    entry = requested(depot, "Priya Raman", name="Ada", house_number="7")
    inbox.settle(depot, Portal(), agreed.read(entry["data"]), depot.day.at("09:00"))
    waiting.put([{**entry, "type": "delivery_change.withdrawn"}])
    ((reference, change_id),) = waiting.taken_back()
    agreed.taken_back(depot, reference, change_id, depot.day.at("09:05"))
    assert depot.ending(depot.named("Priya Raman")).how != "neighbor"
    assert waiting.taken_back() == []


def test_what_a_later_change_replaced_is_not_taken_from_the_driver(depot: Depot):
    waiting = inbox_of(ManualClock(REAL))
    entry = requested(depot, "Priya Raman", name="Ada", house_number="7")
    entry["data"]["state"] = "replaced"
    waiting.put([{**entry, "type": "delivery_change.withdrawn"}])
    assert waiting.taken_back() == []
