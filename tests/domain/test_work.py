"""When something needs an agent: the sentence it comes with, its deadline, and when it is so no more."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from portal.domain.change import Change, IfUnanswered, Kind, Life
from portal.domain.delivery import Promise
from portal.domain.follow_up import MATTERS, PATIENCE, FollowUp, Matter, due
from portal.domain.rules import ShipperRules
from portal.domain.shipment import Status
from portal.domain.timeline import Tone
from portal.domain.work import (
    Door,
    Handed,
    Sent,
    Stay,
    far_away,
    locker,
    stalled,
    unanswered,
    unreached,
    window,
)
from portal.domain.work_list import AGES, Age, opened_between, urgency

NOON = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)  # noon at a door in Berlin
USUAL = ShipperRules()
LIVE = Promise(NOON, NOON + timedelta(hours=1), "live", NOON)
DOOR = Door(1, 7, Status.ON_VAN, "Europe/Berlin", NOON + timedelta(hours=2), None, NOON)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def door(**more: object) -> Door:
    return replace(DOOR, **more)  # type: ignore[arg-type]


def driven(expected_in: float, stops: int | None = 9) -> Door:
    return door(live=replace(LIVE, expected_at=NOON + hours(expected_in), stops_before=stops))


def said(found: object) -> str:
    return getattr(found, "words", "")


def test_a_van_that_comes_after_the_window_is_told_with_its_stops_and_minutes():
    found = window(driven(2.75), USUAL, NOON)
    assert said(found) == "The window ends at 14:00; the van is 9 stops and about 2 h 45 min away."
    assert (found.key, found.due_at) == ("2026-06-15T12:00", NOON + hours(2))
    assert said(window(driven(2.5, 1), USUAL, NOON)).endswith("the van is 1 stop and about 2 h 30 min away.")
    assert said(window(driven(2.5, None), USUAL, NOON)).endswith("the van is about 2 h 30 min away.")


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (driven(1.5), ""),
        (driven(2.1), ""),
        (door(), ""),
        (door(promised=None), ""),
        (door(status=Status.DELIVERED, promised=NOON - hours(1)), ""),
        (door(promised=NOON - hours(13)), ""),
        (door(promised=NOON + hours(0.5)), "The window ends at 12:30 and no van is known to head there."),
        (
            door(status=Status.AT_DEPOT, promised=NOON + hours(0.5)),
            "The window ends at 12:30 and it is not on a van.",
        ),
        (door(status=Status.AT_DEPOT, promised=NOON + hours(1)), ""),
        (
            door(status=Status.AT_DEPOT, promised=NOON - hours(1)),
            "The window ended at 11:00 and it has not left for the door.",
        ),
        (door(promised=NOON - hours(1)), "The window ended at 11:00 and nothing was reported since."),
        (
            door(promised=NOON - hours(12)),
            "The window ended at 00:00 and nothing was reported since.",
        ),
    ],
)
def test_a_window_is_told_when_it_will_not_be_kept_or_was_not(known, words):
    assert said(window(known, USUAL, NOON)) == words


def test_how_late_is_late_is_the_shippers_rule():
    assert window(driven(2.1), ShipperRules(late_minutes=5), NOON) is not None
    assert window(driven(2.75), ShipperRules(late_minutes=60), NOON) is None


@pytest.mark.parametrize(
    ("known", "words"),
    [
        (door(promised=None, heard_at=NOON - hours(23)), ""),
        (
            door(promised=None, heard_at=NOON - hours(25)),
            "Nothing was reported since 11:00 on Sun 14 Jun.",
        ),
        (door(heard_at=NOON - hours(99)), ""),
        (
            door(promised=NOON - hours(13), heard_at=NOON - hours(99)),
            "Nothing was reported since 09:00 on Thu 11 Jun.",
        ),
        (door(status=Status.HELD, promised=None, heard_at=NOON - hours(99)), ""),
        (door(status=Status.READY_FOR_PICKUP, promised=None, heard_at=NOON - hours(99)), ""),
        (door(status=Status.ANNOUNCED, promised=None, heard_at=None), ""),
        (
            door(status=Status.ANNOUNCED, promised=NOON - hours(13), heard_at=None),
            "It was to come by 23:00 on Sun 14 Jun; nothing was ever reported.",
        ),
    ],
)
def test_what_should_move_and_is_not_heard_of_stalls_but_not_before_its_day(known, words):
    assert said(stalled(known, USUAL, NOON)) == words


def test_a_stalled_parcel_that_is_heard_of_again_may_stall_again():
    first = stalled(door(promised=None, heard_at=NOON - hours(48)), USUAL, NOON)
    again = stalled(door(promised=None, heard_at=NOON - hours(30)), USUAL, NOON)
    assert first.key != again.key


ASKED = Change(
    "c-1",
    7,
    Kind.SAFE_PLACE,
    Life.ASKED,
    {"spot": "porch"},
    {},
    NOON - hours(1),
    NOON + hours(1),
    IfUnanswered.REFUSE,
    "recipient",
    "link",
)


def test_a_change_is_told_when_half_of_its_time_is_gone():
    assert unanswered(1, ASKED, "Europe/Berlin", USUAL, NOON - hours(0.1)) is None
    found = unanswered(1, ASKED, "Europe/Berlin", USUAL, NOON)
    assert said(found).startswith("Asked at 11:00: ")
    assert said(found).endswith("porch. Nobody has answered; it lapses at 13:00.")
    assert (found.key, found.due_at) == ("c-1", ASKED.expires_at)
    agreed = replace(ASKED, if_unanswered=IfUnanswered.ACCEPT)
    assert said(unanswered(1, agreed, "UTC", USUAL, NOON)).endswith("it counts as agreed at 11:00.")
    assert unanswered(1, ASKED, "UTC", ShipperRules(unanswered_percent=75), NOON) is None
    assert unanswered(1, replace(ASKED, life=Life.ACCEPTED), "UTC", USUAL, NOON) is None


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ((), ""),
        ((Sent("sms", True),), ""),
        ((Sent("sms", False), Sent("email", True)), ""),
        ((Sent("sms", False), Sent("email", None)), ""),
        ((Sent("sms", False),), "“Next stop” reached nobody: text failed."),
        ((Sent("sms", False), Sent("email", False)), "“Next stop” reached nobody: email and text failed."),
    ],
)
def test_a_message_is_told_when_it_failed_on_every_way_it_went(sent, words):
    assert said(unreached(1, 7, "next_stop", sent)) == words


STAY = Stay(1, 7, "c-1", "Station North", "Europe/Berlin", NOON + hours(20), True)


def test_a_stay_in_a_locker_is_told_a_day_before_it_ends_and_stays_told_when_it_is_over():
    found = locker(STAY, USUAL, NOON)
    assert said(found) == "It waits to be collected until 08:00 on Tue 16 Jun, Station North."
    assert found.due_at == STAY.until
    assert locker(replace(STAY, until=NOON + hours(25)), USUAL, NOON) is None
    assert locker(replace(STAY, waits=False), USUAL, NOON) is None
    assert said(locker(STAY, USUAL, NOON + hours(21))).startswith("The time to collect it was over 08:00")
    assert locker(STAY, ShipperRules(pickup_hours=12), NOON) is None


def test_delivered_far_from_the_door_is_told_while_that_delivery_counts():
    near = Handed(1, 7, "e-1", 199.0, True)
    assert far_away(near, USUAL) is None
    assert said(far_away(replace(near, meters=350.4), USUAL)).startswith("Reported as delivered 350 m from")
    assert "1.2 km" in said(far_away(replace(near, meters=1_234), USUAL))
    assert far_away(replace(near, meters=350, counts=False), USUAL) is None
    assert far_away(replace(near, meters=350), ShipperRules(far_m=400)) is None


def test_an_unknown_zone_is_read_as_utc():
    assert "at 12:00" in said(window(replace(driven(2.75), timezone="Mars/Olympus"), USUAL, NOON))


def test_every_matter_has_words_and_patience():
    assert set(MATTERS) == set(Matter) == set(PATIENCE)
    assert due(Matter.PROBLEM, NOON) == NOON + PATIENCE[Matter.PROBLEM]
    assert due(Matter.WINDOW, NOON, NOON + hours(3)) == NOON + hours(3)


def test_what_is_over_is_urgent_and_what_is_done_is_not():
    matter = FollowUp(1, 1, 1, Matter.PROBLEM, "k", {}, NOON, NOON + hours(2))
    assert [urgency(matter, NOON + hours(at)) for at in (0, 1, 2)] == [Tone.PLAIN, Tone.WARN, Tone.BAD]
    assert urgency(replace(matter, closed_at=NOON), NOON + hours(9)) is Tone.PLAIN


def test_ages_follow_each_other_without_a_gap():
    spans = [opened_between(age, NOON) for age in AGES]
    assert spans[0][1] == NOON and spans[-1][0] is None
    assert [after for after, _ in spans[:-1]] == [until for _, until in spans[1:]]
    assert opened_between(Age.TO_4_H, NOON) == (NOON - hours(4), NOON - hours(1))


def test_a_matter_put_aside_comes_back_by_itself():
    matter = FollowUp(1, 1, 1, Matter.PROBLEM, "k", {}, NOON, NOON, snoozed_until=NOON + hours(1))
    assert matter.snoozed(NOON) and not matter.snoozed(NOON + hours(1))
