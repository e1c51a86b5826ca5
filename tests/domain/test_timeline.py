"""One timeline of all that happened: cause before effect, nothing hidden, nothing buried."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.domain.change import Change, Decision, IfUnanswered, Kind, Life
from portal.domain.delivery import Promise
from portal.domain.events import DispatchEvent, Happening, How, Reason
from portal.domain.neighbors import Answer, NeighborAsk, Way
from portal.domain.pace import Basis
from portal.domain.telling import Received, length, of_events
from portal.domain.telling_changes import of_changes
from portal.domain.telling_windows import RESTS_ON, Promised, of_windows
from portal.domain.timeline import LOOKED, Choice, Entry, Step, Strand, Tone, weave


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, 15, hour, minute, tzinfo=UTC)


def event(name: str, happening: Happening, when: datetime, received: datetime | None = None, **more: object):
    return Received(DispatchEvent(name, happening, when, **more), received or when)  # type: ignore[arg-type]


def window(start: datetime, end: datetime, shown: datetime, because: str = "") -> Promise:
    return Promise(start, end, "live", shown, level=90, because=because)


def looked(by: str, when: datetime) -> Entry:
    return Entry(when, Strand.AGENT, LOOKED, by=by)


def test_the_newest_entry_comes_first_and_an_event_stands_before_the_message_it_caused():
    told = Entry(at(9), Strand.MESSAGE, "SMS: out for delivery")
    left = Entry(at(9), Strand.EVENT, "Out for delivery")
    early = Entry(at(7), Strand.EVENT, "At the depot")
    shown = weave([[told], [early, left]]).entries
    assert [entry.title for entry in shown] == ["SMS: out for delivery", "Out for delivery", "At the depot"]


def test_one_strand_can_be_shown_alone_and_all_are_counted():
    line = weave(
        [[Entry(at(9), Strand.NOTE, "Note"), Entry(at(8), Strand.EVENT, "At the depot")]],
        Choice(frozenset({Strand.NOTE})),
    )
    assert [entry.title for entry in line.entries] == ["Note"]
    assert line.counts == {Strand.NOTE: 1, Strand.EVENT: 1}
    assert line.total == 2


def test_looks_of_one_agent_in_a_row_become_one_entry():
    line = weave(
        [[looked("ann", at(9)), looked("ann", at(10)), looked("bob", at(11)), looked("ann", at(12))]]
    )
    assert [(entry.by, entry.title) for entry in line.entries] == [
        ("ann", LOOKED),
        ("bob", LOOKED),
        ("ann", "Looked at this page 2 times"),
    ]
    assert line.entries[2].span == (at(9), at(10))


def test_looks_with_something_between_them_stay_apart():
    line = weave([[looked("ann", at(9)), Entry(at(10), Strand.EVENT, "Delivered"), looked("ann", at(11))]])
    assert len(line.entries) == 3


@given(st.lists(st.tuples(st.sampled_from(Strand), st.integers(0, 500)), max_size=40))
def test_weaving_loses_nothing_and_never_goes_back_in_time(pieces: list[tuple[Strand, int]]):
    entries = [Entry(at(0) + timedelta(minutes=m), strand, str(n)) for n, (strand, m) in enumerate(pieces)]
    shown = weave([entries]).entries
    assert sorted(entry.title for entry in shown) == sorted(entry.title for entry in entries)
    assert all(later.at >= earlier.at for later, earlier in pairwise(shown))


def test_a_corrected_event_stays_and_says_so():
    wrong = event("e1", Happening.DELIVERED, at(9), how=How.NEIGHBOR)
    right = event("e2", Happening.ATTEMPT_FAILED, at(10), corrects="e1", reason=Reason.CONSIGNEE_NOT_HOME)
    first, second = of_events([wrong, right])
    assert (first.title, first.undone) == ("Delivered to a neighbor", True)
    assert first.facts == ("Taken back by dispatch (event e2).",)
    assert second.facts == (
        "Corrects the earlier event e1.",
        "Reason given by dispatch: consignee not home.",
    )


def test_an_event_that_came_late_says_how_late():
    (entry,) = of_events([event("e1", Happening.AT_DEPOT, at(6), received=at(7, 5))])
    assert entry.facts == ("Reached us 1 h 5 min later.",)


def test_every_happening_has_words():
    for happening in Happening:
        (entry,) = of_events([event("e", happening, at(9))])
        assert entry.title and "_" not in entry.title


def test_windows_say_how_they_moved_why_and_whether_they_were_kept():
    first = Promised(window(at(12), at(14), at(8)), "late", at(14, 40))
    moved = Promised(window(at(13), at(14, 30), at(10), "later"), "late", at(14, 40))
    narrow = Promised(window(at(13, 30), at(14, 30), at(12)), "late", at(14, 40))
    titles = [entry.title for entry in of_windows([first, moved, narrow])]
    assert titles == ["Window promised", "Window moved 30 min later", "Window narrowed"]
    entry = list(of_windows([first, moved]))[1]
    assert entry.facts == (
        "The round takes longer than planned.",
        "Estimated live from the van.",
        "Set so that 90 of 100 such windows hold.",
    )
    assert entry.steps == (Step("Not kept: too late by 10 min", at(14, 40), Tone.BAD),)


def test_a_kept_window_says_kept():
    (entry,) = of_windows([Promised(window(at(12), at(14), at(8)), "inside", at(13))])
    assert [step.text for step in entry.steps] == ["Kept"]


def test_a_window_says_from_what_it_was_worked_out():
    origin = {
        "basis": "plan",
        "minutes_left": 47.3,
        "pace": 1.2,
        "known_minutes": 20.0,
        "on_break": True,
        "in_order": False,
        "stale": True,
    }
    (entry,) = of_windows([Promised(window(at(12), at(14), at(8)), origin=origin)])
    assert entry.facts[2:] == (
        "Worked out from the times dispatch had planned.",
        "By the estimate, 47 min were left.",
        "The driver took 1.2 times as long as usual that day.",
        "20 min of announced breaks and waits are in it.",
        "The driver was on a break.",
        "The driver did not keep to the planned order.",
        "The van's last position was old.",
    )
    assert set(RESTS_ON) == set(Basis)


def change(life: Life = Life.ASKED, **more: object) -> Change:
    facts = {
        "id": "c1",
        "shipment_id": 1,
        "kind": Kind.NEIGHBOR,
        "to": {"name": "Ada Cole", "house_number": "14"},
        "came_from": {},
        "asked_at": at(9),
        "expires_at": at(9, 30),
        "if_unanswered": IfUnanswered.REFUSE,
        "asked_by": "recipient",
        "method": "otp",
    }
    return Change(**{**facts, "life": life, **more})  # type: ignore[arg-type]


def test_a_waiting_change_says_until_when_and_what_silence_means():
    (entry,) = of_changes([change()], {})
    assert entry.title == "Asked: leave it with a neighbor: Ada Cole at number 14"
    assert entry.facts[-1] == "If nobody answers, it stays as it was."
    assert entry.steps == (Step("Waiting for dispatch until", at(9, 30), Tone.WARN),)


def test_a_change_tells_its_whole_life():
    whole = change(
        Life.WITHDRAWN,
        told_at=at(9, 1),
        told_how="webhook",
        past=(Decision(Life.ACCEPTED, at(9, 10), "ann@example.com"),),
        decided_at=at(9, 40),
        decided_by="recipient",
        seen_at=at(9, 20),
        seen_by="van 3",
    )
    asked, accepted, withdrawn, seen = of_changes([whole], {"c1": (Step("Sent to dispatch", at(9)),)})
    assert [step.text for step in asked.steps] == [
        "Sent to dispatch",
        "Dispatch has it, by a webhook it took",
    ]
    assert (accepted.at, accepted.facts) == (at(9, 10), ("Answered by ann@example.com.",))
    assert (withdrawn.at, withdrawn.facts) == (at(9, 40), ("Taken back by the recipient.",))
    assert (seen.at, seen.by) == (at(9, 20), "van 3")


@pytest.mark.parametrize("life", Life)
def test_every_life_can_be_told(life):
    decided = life not in (Life.ASKED, Life.NOMINATED)
    entries = list(of_changes([change(life, decided_at=at(9, 10) if decided else None)], {}))
    assert len(entries) == 1 + decided


def test_the_end_says_who_says_so_and_what_proves_it():
    ended = change(
        Life.ACCEPTED,
        decided_at=at(9, 10),
        honoured=True,
        outcome_note="Left with Ada.\nphoto 4711",
        outcome_by="dispatch",
        outcome_at=at(11),
    )
    outcome = list(of_changes([ended], {}, door=("From the door: photo.",)))[-1]
    assert (outcome.at, outcome.words) == (at(11), "Left with Ada.")
    assert outcome.facts == ("Dispatch says so.", "Proof from dispatch: photo 4711", "From the door: photo.")


def test_a_neighbor_is_told_with_how_it_is_known_who_answered():
    ask = NeighborAsk(
        "n1",
        1,
        1,
        "c1",
        "c1",
        "print",
        "Ada Cole",
        "14",
        Way.SMS,
        "",
        "en",
        "nonce",
        at(9),
        at(10),
        Answer.YES,
        at(9, 5),
    )
    _, question, answer = of_changes([change()], {}, {"c1": ask})
    assert question.facts == ("By text.",)
    assert (answer.title, answer.at) == ("The neighbor said yes", at(9, 5))
    assert answer.facts[0] == "Known by the link we sent to that number."


def test_a_change_that_lapsed_names_the_rule_instead_of_its_code():
    lapsed = change(
        Life.LAPSED, decided_at=at(9, 30), decided_by="rule", reason_code="unanswered", reason="if_unanswered"
    )
    entry = list(of_changes([lapsed], {}))[1]
    assert entry.facts == ("Nobody answered in time, so the shipper's rule decided.",)
    assert entry.words == ""


def test_lengths_read_as_an_agent_says_them():
    spans = (timedelta(minutes=25), timedelta(hours=3, minutes=5), timedelta(hours=2), timedelta(days=3))
    assert [length(span) for span in spans] == ["25 min", "3 h 5 min", "2 h", "3 days"]
