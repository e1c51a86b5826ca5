"""What replaces what, and what may be told as one."""

from dataclasses import replace

from notifications.facts_json import facts_from, facts_json
from notifications.gathering import GATHERED_WITHIN, REPLACES, STEPS, gather_key, together
from notifications.notice import RULES, Notice
from tests.notifications.cast import at, facts

N = Notice


def test_newer_milestones_replace_older_ones_and_themselves():
    assert REPLACES[N.DELIVERED] >= {N.OUT_FOR_DELIVERY, N.NEXT_STOP, N.NEARBY, N.DELAYED, N.DELIVERED}
    assert N.DELIVERED not in REPLACES[N.OUT_FOR_DELIVERY]
    assert REPLACES[N.CORRECTED] >= {N.DELIVERED, N.CANCELLED}


def test_a_new_visit_replaces_what_waits_of_the_one_before():
    assert {N.ATTEMPT_FAILED, N.DELAYED, N.NO_LONGER_HEADING, N.HELD} <= REPLACES[N.OUT_FOR_DELIVERY]
    assert N.READY_FOR_PICKUP not in REPLACES[N.OUT_FOR_DELIVERY]


def test_what_asks_or_warns_is_never_replaced():
    told = {notice for older in REPLACES.values() for notice in older}
    assert not told & {N.DAMAGED, N.ONE_TIME_CODE, N.CHANGE_ASKED, N.CHANGE_ACCEPTED, N.CHANGE_REFUSED}
    assert REPLACES[N.ONE_TIME_CODE] == frozenset() == REPLACES[N.CHANGE_ASKED]


def test_only_milestones_are_gathered_and_urgent_ones_wait_less_than_they_help():
    assert set(GATHERED_WITHIN) <= set(STEPS)
    assert all(wait < RULES[notice].valid / 20 for notice, wait in GATHERED_WITHIN.items())


def test_parcels_for_one_door_have_one_key_and_other_news_has_another():
    key = gather_key(N.OUT_FOR_DELIVERY, 1, "door", facts())
    assert key == gather_key(N.OUT_FOR_DELIVERY, 1, "door", facts(window_start=at(14), window_end=at(16)))
    others = [
        gather_key(N.DELIVERED, 1, "door", facts()),
        gather_key(N.OUT_FOR_DELIVERY, 2, "door", facts()),
        gather_key(N.OUT_FOR_DELIVERY, 1, "elsewhere", facts()),
        gather_key(N.OUT_FOR_DELIVERY, 1, "door", facts(window_end=at(39))),
    ]
    assert len({key, *others}) == 5
    left = [gather_key(N.DELIVERED, 1, "door", facts(how=how)) for how in ("neighbor", "mailbox")]
    assert left[0] != left[1]


def test_a_code_is_told_alone():
    assert gather_key(N.ONE_TIME_CODE, 1, "door", facts()) == ""


def test_together_counts_parcels_and_spans_the_hours():
    both = together(facts(parcels=2), facts(parcels=3, window_start=at(12), window_end=at(16)))
    assert (both.parcels, both.window_start, both.window_end) == (5, at(12), at(16))
    assert together(facts(), facts(window_start=None, window_end=None)).window_end == at(15)


def test_facts_survive_being_kept():
    full = facts(pickup_until=at(20), parcels=3, neighbor="Zoë Ünal", happened_at=at(9), stops_before=0)
    assert facts_from(facts_json(full)) == full
    assert facts_from(facts_json(full) | {"a_name_of_long_ago": 1}) == full
    bare = replace(full, pickup_until=None, neighbor="")
    assert "neighbor" not in facts_json(bare)
