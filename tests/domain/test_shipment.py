"""A shipment's life: what its events add up to, in whatever order they come."""

from hypothesis import given
from hypothesis import strategies as st

from portal.domain.events import DispatchEvent, Happening, How
from portal.domain.milestones import Milestone
from portal.domain.shipment import State, Status, Step, advance, fold
from tests.parcels import at, event

MORNING = [event("announced", 5), event("at_depot", 6), event("out_for_delivery", 8)]


def told(*events: DispatchEvent) -> list[Milestone]:
    """The milestones told when these events arrive one after the other."""
    return [step.milestone for step in steps(*events) if step.milestone]


def steps(*events: DispatchEvent) -> list[Step]:
    """What each event did on arrival."""
    state, known, taken = State(), [], []
    for one in events:
        step = advance(state, known, one)
        state = step.state
        known.append(one)
        taken.append(step)
    return taken


def test_a_day_ends_at_the_door():
    state = fold([*MORNING, event("delivered", 14, how=How.NEIGHBOR)])
    assert (state.status, state.how, state.since) == (Status.DELIVERED, How.NEIGHBOR, at(14))


def test_every_step_of_a_day_is_told_once():
    assert told(*MORNING, event("next_stop", 13), event("delivered", 14)) == [
        Milestone.ANNOUNCED,
        Milestone.AT_DEPOT,
        Milestone.OUT_FOR_DELIVERY,
        Milestone.NEXT_STOP,
        Milestone.DELIVERED,
    ]


def test_a_second_scan_onto_the_van_is_no_news():
    assert told(*MORNING, event("out_for_delivery", 8, 5)).count(Milestone.OUT_FOR_DELIVERY) == 1


def test_a_late_event_is_kept_but_not_told():
    late = steps(*MORNING, event("delivered", 14), event("next_stop", 13))[-1]
    assert late.milestone is None
    assert late.ignored
    assert late.state.status is Status.DELIVERED
    assert len(late.state.story) == 5


def test_a_stray_scan_after_the_delivery_changes_nothing():
    stray = steps(*MORNING, event("delivered", 14), event("at_depot", 18))[-1]
    assert stray.state.status is Status.DELIVERED
    assert "correction" in stray.ignored


def test_a_wrong_delivered_is_taken_back_and_said_so():
    wrong = event("delivered", 14, event_id="D1")
    right = event("out_for_delivery", 14, 5, corrects="D1")
    last = steps(*MORNING, wrong, right)[-1]
    assert last.milestone is Milestone.CORRECTED
    assert last.state.status is Status.ON_VAN


def test_a_correction_may_come_before_what_it_corrects():
    wrong = event("delivered", 14, event_id="D1")
    right = event("out_for_delivery", 14, 5, corrects="D1")
    early = steps(*MORNING, right, wrong)[-1]
    assert early.state.status is Status.ON_VAN
    assert "correction" in early.ignored


def test_two_visits_are_two_attempts():
    day = [*MORNING, event("attempt_failed", 11), event("out_for_delivery", 12), event("attempt_failed", 15)]
    assert fold(day).attempts == 2
    assert told(*day).count(Milestone.ATTEMPT_FAILED) == 2


def test_news_of_the_trip_counts_only_on_the_trip():
    step = steps(event("at_depot", 6), event("nearby", 7))[-1]
    assert step.milestone is None
    assert step.ignored == "The shipment is not out for delivery."


def test_a_returned_parcel_may_leave_a_finished_delivery():
    assert fold([*MORNING, event("delivered", 14), event("returning", 16)]).status is Status.RETURNING


IDS = [f"E{number}" for number in range(8)]
EVENTS = st.lists(
    st.builds(
        DispatchEvent,
        event_id=st.sampled_from(IDS),
        happening=st.sampled_from(Happening),
        happened_at=st.integers(0, 12).map(lambda hours: at(hours)),
        how=st.sampled_from([None, *How]),
        corrects=st.sampled_from(["", "", "", *IDS]),
    ).filter(lambda one: one.corrects != one.event_id),
    max_size=10,
    unique_by=lambda one: one.event_id,
)


@given(EVENTS, st.randoms(use_true_random=False))
def test_any_order_of_the_same_events_gives_the_same_shipment(events, random):
    shuffled = list(events)
    random.shuffle(shuffled)
    assert fold(shuffled) == fold(events)


@given(EVENTS)
def test_taking_events_one_by_one_gives_what_all_of_them_give(events):
    arrived = steps(*events)
    assert (arrived[-1].state if arrived else State()) == fold(events)
