"""A replay sends each thing at its time and betrays nothing of what comes later."""

from dataclasses import replace
from datetime import timedelta

from portal.demo.replay_day import beats, reference
from portal.demo.replay_file import read
from tests.demo.replay_rounds import two_rounds


def test_everything_is_sent_once_in_true_order(tmp_path):
    rounds = read(two_rounds(tmp_path))
    day = list(beats(rounds))
    assert [beat.at for beat in day] == sorted(beat.at for beat in day)
    told = [paper["reference"] for beat in day for paper in beat.shipments]
    assert sorted(told) == sorted(reference(one) for stops in rounds.values() for one in stops)
    assert sum(beat.delivered for beat in day) == 21


def test_a_stop_accepted_on_the_way_joins_the_route_only_then(tmp_path):
    rounds = read(two_rounds(tmp_path))
    routes = [paper for beat in beats(rounds) for paper in beat.routes if paper["route"] == "R2"]
    assert [len(route["stops"]) for route in routes] == [7, 8, 9]


def test_until_a_moment_the_same_is_sent_whatever_happens_after_it(tmp_path):
    rounds = dict(read(two_rounds(tmp_path)))
    moment = rounds["R1"][5].delivered_at
    later = tuple(
        one if place <= 5 else replace(one, delivered_at=one.delivered_at + timedelta(hours=2))
        for place, one in enumerate(rounds["R1"])
    )
    before, after = list(beats(rounds)), list(beats({**rounds, "R1": later}))
    assert [beat for beat in before if beat.at <= moment] == [beat for beat in after if beat.at <= moment]
