"""Handed over: all of it, in order, as soon as there is enough or the patience ends."""

from concurrent.futures import ThreadPoolExecutor

from notifications.handover import Handover


def test_nothing_is_lost_and_nothing_comes_twice():
    handover = Handover()
    got = []
    with ThreadPoolExecutor(8) as pool:
        for number in range(2000):
            pool.submit(handover.put, number)
        while len(got) < 2000:
            got += handover.take(min(20, 2000 - len(got)), 5)
    assert sorted(got) == list(range(2000))


def test_those_that_are_there_are_taken_when_the_patience_ends():
    handover = Handover()
    handover.put("first")
    handover.put("second")
    assert handover.take(3, 0.01) == ["first", "second"]
    assert handover.take(1, 0.01) == []


def test_enough_that_came_meanwhile_is_taken_at_once():
    handover = Handover()
    handover.take(20, 0.01)
    for number in range(5):
        handover.put(number)
    assert handover.take(5, 60) == [0, 1, 2, 3, 4]
