"""Making good: once a reason, within the ceiling of a role, taken back for ten minutes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.attention import Attention, Ending
from portal.domain.attention import why_not_back as not_unread
from portal.domain.goodwill import Ceiling, Gift, Reason, amount, needed_role, why_not, why_not_back
from portal.domain.roles import Role
from portal.domain.tags import MOST_TAGS, folded
from portal.domain.tags import why_not as not_a_tag
from portal.flows.goodwill import hundredths_of

NOW = datetime(2026, 6, 15, 10, tzinfo=UTC)
LATE = Reason("late", "Late delivery", 500, "EUR", id=1)
LOST = Reason("lost", "Lost for a while", 700, "EUR", id=2)
POINTS = Reason("points", "A scratch", 20_000, "points", id=3)
CEILINGS = [Ceiling(Role.AGENT, "EUR", 1_000), Ceiling(Role.LEAD, "EUR", 1_100)]


def given(reason: Reason, **more: object) -> Gift:
    about = (reason.id, reason.code, reason.words, reason.hundredths, reason.unit, True, "why", "ann", NOW)
    return replace(Gift("g", 1, 1, *about), **more)  # type: ignore[arg-type]


def test_a_reason_is_made_good_once_unless_it_was_taken_back():
    assert why_not(LATE, "agent", [], []) == ""
    assert "already" in why_not(LATE, "admin", [given(LATE)], [])
    assert why_not(LATE, "agent", [given(LATE, taken_back_at=NOW)], []) == ""
    assert "no longer" in why_not(replace(LATE, retired=True), "admin", [], [])


def test_what_a_shipment_gets_in_all_stays_below_the_ceiling_of_who_gives():
    assert why_not(LATE, "agent", [], CEILINGS) == ""
    assert "ask a lead" in why_not(replace(LATE, hundredths=1_050), "agent", [], CEILINGS)
    assert "ask an administrator" in why_not(LOST, "agent", [given(LATE)], CEILINGS)
    assert "ask an administrator" in why_not(LOST, "lead", [given(LATE)], CEILINGS)
    assert why_not(LOST, "admin", [given(LATE)], CEILINGS) == ""
    assert why_not(LOST, "viewer", [], []) != ""
    assert why_not(LOST, "stranger", [], []) != ""


def test_units_are_counted_apart_and_a_lead_may_give_what_an_agent_may():
    assert needed_role(POINTS, [given(LATE), given(LOST)], CEILINGS) is Role.AGENT
    odd = [Ceiling(Role.AGENT, "EUR", 1_000), Ceiling(Role.LEAD, "EUR", 100)]
    assert needed_role(LATE, [], odd) is Role.AGENT
    assert why_not(LATE, "lead", [], odd) == ""


def test_it_is_taken_back_for_ten_minutes():
    assert why_not_back(given(LATE), NOW + timedelta(minutes=9, seconds=59)) == ""
    assert "10 minutes" in why_not_back(given(LATE), NOW + timedelta(minutes=10))


def test_amounts_read_as_people_say_them():
    assert [amount(500, "EUR"), amount(20_000, "points"), amount(50, "points")] == [
        "5.00 EUR",
        "200 points",
        "0.50 points",
    ]


@pytest.mark.parametrize(
    ("typed", "hundredths"),
    [
        ("5", 500),
        ("5.5", 550),
        ("5,05", 505),
        (" 0 ", 0),
        ("", None),
        ("-1", None),
        ("1.234", None),
        ("٣", 300),
    ],
)
def test_typed_amounts(typed, hundredths):
    assert hundredths_of(typed) == hundredths


def test_tags_are_the_same_in_any_case_and_few():
    assert folded("  VIP  Customer ") == folded("vip customer")
    assert not_a_tag("vip", 0) == ""
    assert "30 characters" in not_a_tag("x" * 31, 0)
    assert "at most" in not_a_tag("vip", MOST_TAGS)
    assert not_a_tag("", 0) != ""


def test_an_attention_is_taken_back_while_nobody_read_it():
    called = Attention("a", 1, 1, "", "Look", "ann", NOW)
    assert called.waits and called.state == "waiting" and not_unread(called) == ""
    read = replace(called, read_at=NOW, read_by="desk")
    assert not read.waits and read.state == "read" and "read it already" in not_unread(read)
    corrected = replace(called, ended_at=NOW, ended_how=Ending.CORRECTED)
    assert corrected.state == "corrected" and "corrected" in not_unread(corrected)
