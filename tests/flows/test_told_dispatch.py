"""What dispatch was told, as an agent reads it: each call and its answer, the decision that came in it."""

from datetime import UTC, datetime, timedelta

import pytest

from notifications.message import Attempt, Channel, Message, Standing
from portal.domain.change import Change, Decision, IfUnanswered, Kind, Life
from portal.domain.timeline import Tone
from portal.flows.told_dispatch import NO_CALL, entries
from portal.store.dossier import ToldDispatch
from portal.store.outbox import Told

NINE = datetime(2026, 6, 15, 9, tzinfo=UTC)
REQUESTED = "delivery_change.requested"


def later(seconds: float) -> datetime:
    return NINE + timedelta(seconds=seconds)


def call(standing: Standing, *attempts: Attempt, seq: int = 7, **more: object) -> Told:
    message = Message(
        id="w1",
        shipper_id=1,
        shipment_id=1,
        channel=Channel.WEBHOOK,
        notice=REQUESTED,
        language="",
        to="https://dispatch.example.com/hook",
        text="{}",
        because="Dispatch must learn of entry 7.",
        not_before=later(60),
        expires_at=None,
        dedupe_key=f"feed:{seq}",
        created_at=NINE,
        standing=standing,
        **more,  # type: ignore[arg-type]
    )
    return Told(message, attempts, ())


def tried(number: int, outcome: str, text: str = "", seconds: float = 0.2) -> Attempt:
    return Attempt("w1", number, "w", later(number), later(number + seconds), outcome, "", text)


def change(*decisions: Decision) -> Change:
    last = decisions[-1] if decisions else None
    return Change(
        id="c1",
        shipment_id=1,
        kind=Kind.NEIGHBOR,
        life=last.life if last else Life.ASKED,
        to={"name": "Ada Cole", "house_number": "14"},
        came_from={},
        asked_at=NINE,
        expires_at=later(600),
        if_unanswered=IfUnanswered.REFUSE,
        asked_by="recipient",
        method="otp",
        decided_at=last.at if last else None,
        decided_by=last.by if last else "",
    )


def told(seq: int | None = 7) -> ToldDispatch:
    return ToldDispatch(3, NINE, REQUESTED, seq, "c1")


def test_a_call_that_was_taken_at_once_is_quiet_and_says_how_long_it_took():
    (entry,) = entries(
        [told()], [call(Standing.DELIVERED, tried(1, "accepted", seconds=2.5))], {"c1": change()}
    )
    assert (entry.key, entry.state, entry.quiet) == ("told-3", "taken", True)
    assert entry.facts == ("About: leave it with a neighbor: Ada Cole at number 14.", "Number 7 of the feed.")
    assert [step.text for step in entry.steps] == ["Call 1: answered 2xx, taken after 2.5 s"]


def test_the_decision_in_the_answer_to_the_call_is_told_with_the_call():
    agreed = change(Decision(Life.ACCEPTED, later(1.1), "webhook"))
    (entry,) = entries([told()], [call(Standing.DELIVERED, tried(1, "accepted"))], {"c1": agreed})
    assert entry.steps[-1].text == "Its answer carried the decision: accepted"
    assert not entry.quiet


def test_a_decision_that_came_otherwise_is_not():
    agreed = change(Decision(Life.ACCEPTED, later(90), "api"))
    (entry,) = entries([told()], [call(Standing.DELIVERED, tried(1, "accepted"))], {"c1": agreed})
    assert [step.text for step in entry.steps] == ["Call 1: answered 2xx, taken"]


def test_every_failed_call_stands_with_its_answer_and_when_it_is_tried_again():
    attempts = (tried(1, "temporary", "The endpoint answered 503."), tried(2, "temporary", "ReadTimeout"))
    (entry,) = entries([told()], [call(Standing.QUEUED, *attempts)], {"c1": change()})
    assert [(step.text, step.tone) for step in entry.steps] == [
        ("Call 1: The endpoint answered 503.", Tone.WARN),
        ("Call 2: ReadTimeout", Tone.WARN),
        ("Called again", Tone.WARN),
    ]
    assert entry.steps[-1].at == later(60)
    assert not entry.quiet


def test_a_call_that_nobody_took_is_a_problem_and_says_what_was_said():
    gone = tried(1, "permanent", "The endpoint says that it is gone.")
    lost = call(Standing.FAILED, gone, error_text="The endpoint says that it is gone.", error_code="gone")
    (entry,) = entries([told()], [lost], {})
    assert entry.is_problem
    assert entry.why == ("Not delivered: The endpoint says that it is gone. (gone)",)


@pytest.mark.parametrize(
    ("seq", "says"), [(7, NO_CALL), (None, "Not numbered yet: that takes about a second.")]
)
def test_without_a_call_it_is_said_how_dispatch_learns_of_it(seq: int | None, says: str):
    (entry,) = entries([told(seq)], [], {})
    assert says in entry.facts


def test_a_call_of_which_the_feed_knows_nothing_stands_by_itself():
    (entry,) = entries([], [call(Standing.DELIVERED, tried(1, "accepted"), seq=99)], {})
    assert (entry.key, entry.title) == ("message-w1", "Dispatch was called: delivery change: requested")
