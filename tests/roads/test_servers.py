"""Routing servers: their wire, their bad days, and what is remembered of them."""

import socket
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise

import pytest

from portal.clock import ManualClock
from portal.domain.geo import Point, distance_m
from portal.roads import asked
from portal.roads.asked import AskedRoads
from portal.roads.servers import LEGS_AT_ONCE, SERVERS, Osrm, Valhalla
from portal.roads.wire import NoAnswer, Refused
from tests.domain.rounds import at, door
from tests.doubles.routing import METERS_A_SECOND, Manner, RoutingServer

KINDS = ("osrm", "valhalla")
WAY = [door(number) for number in range(1, 7)]
LEGS = list(pairwise(WAY))


@pytest.fixture(params=KINDS)
def server(request):
    with RoutingServer(request.param) as server:
        yield server


def client(server):
    return SERVERS[server.kind](server.url + "/")


def roads(server, otherwise=None, clock=None):
    return AskedRoads(client(server), otherwise, clock or ManualClock(at(9)), start=False)


class Guess:
    """Roads that say the same of everything."""

    def __init__(self):
        self.expected = 0

    def seconds(self, start, end):
        return 77.0

    def expect(self, way):
        self.expected += 1

    def find(self, way):
        self.expect(way)


def drive(start, end):
    return pytest.approx(distance_m(start, end) / METERS_A_SECOND, abs=0.1)


def test_a_way_is_asked_in_one_question(server):
    assert client(server).seconds(LEGS) == [drive(*leg) for leg in LEGS]
    assert len(server.calls) == 1


def test_legs_without_a_way_are_told_apart(server):
    server.no_way = {(round_(start), round_(end)) for start, end in LEGS[1:2]}
    assert [seconds is None for seconds in client(server).seconds(LEGS)] == [False, True, False, False, False]


def round_(place):
    return Point(round(place.lat, 6), round(place.lng, 6))


@pytest.mark.parametrize(
    "manner",
    [
        Manner.DOWN, Manner.ERROR, Manner.JUNK, Manner.NO_TABLE, Manner.WORDS, Manner.HUGE, Manner.REDIRECT,
        Manner.NEXT_DOOR,
    ],
)  # fmt: skip
def test_what_is_no_answer(server, manner):
    server.manner = manner
    with pytest.raises((NoAnswer, Refused)):
        client(server).seconds(LEGS)
    assert all("elsewhere" not in call.path for call in server.calls)


@pytest.mark.parametrize("manner", [Manner.NEGATIVE, Manner.NOT_FINITE, Manner.ELSEWHERE])
def test_numbers_no_van_could_drive_are_not_taken(server, manner):
    server.manner = manner
    assert client(server).seconds(LEGS) == [None] * len(LEGS)


def test_a_slow_server_is_given_up(server):
    server.manner = Manner.SLOW
    began = time.monotonic()
    with pytest.raises(NoAnswer, match="within 2 seconds"):
        client(server).seconds(LEGS)
    assert time.monotonic() - began < 2.9


def test_nobody_there():
    with pytest.raises(NoAnswer, match="no connection"):
        Osrm("http://127.0.0.1:9").seconds(LEGS)


@contextmanager
def dripping():
    """A server that sends a byte now and then, forever."""
    listening = socket.create_server(("127.0.0.1", 0))
    over = threading.Event()

    def drip():
        connection, _ = listening.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
            while not over.wait(0.2):
                connection.sendall(b" ")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        over.set()
        listening.close()


def test_a_dripping_answer_is_given_up():
    began = time.monotonic()
    with dripping() as url, pytest.raises(NoAnswer, match="drips"):
        Osrm(url).seconds(LEGS)
    assert time.monotonic() - began < 3


def test_who_is_asked_how_it_is(server):
    client(server).greet()
    server.manner = Manner.NEXT_DOOR
    with pytest.raises(NoAnswer, match="is no"):
        client(server).greet()
    with pytest.raises(NoAnswer):
        (Valhalla if server.kind == "osrm" else Osrm)(server.url).greet()


def test_nobody_waits_for_the_server(server):
    server.manner = Manner.SLOW
    ours = roads(server, Guess())
    began = time.monotonic()
    ours.expect(WAY)
    assert [ours.seconds(*leg) for leg in LEGS] == [77.0] * len(LEGS)
    assert roads(server).seconds(*LEGS[0]) is None
    assert time.monotonic() - began < 0.1
    assert server.calls == []


def test_what_was_expected_is_known_at_the_next_look(server):
    ours = roads(server, Guess())
    ours.expect(WAY)
    assert ours.find_out() == 0
    assert [ours.seconds(*leg) for leg in LEGS] == [drive(*leg) for leg in LEGS]
    assert ours.seconds(WAY[0], WAY[3]) == 77.0
    ours.expect(WAY)
    ours.find_out()
    assert len(server.calls) == 1


def test_a_long_way_is_asked_in_parts(server):
    long = [door(number) for number in range(1, 2 * LEGS_AT_ONCE + 12)]
    ours = roads(server)
    ours.expect(long)
    while ours.find_out():
        pass
    assert len(server.calls) == 3
    assert all(ours.seconds(*leg) == drive(*leg) for leg in pairwise(long))
    assert max(len(table) for table in server.asked) <= LEGS_AT_ONCE**2


def test_a_place_beside_every_road_spoils_nothing_for_the_others(server):
    server.nowhere = {round_(WAY[2])}
    ours = roads(server, Guess())
    ours.expect(WAY)
    ours.find_out()
    assert [ours.seconds(*leg) for leg in LEGS] == [
        drive(*LEGS[0]),
        77.0,
        77.0,
        drive(*LEGS[3]),
        drive(*LEGS[4]),
    ]
    asked_so_far = len(server.calls)
    ours.expect(WAY)
    ours.find_out()
    assert len(server.calls) == asked_so_far


@pytest.mark.parametrize("manner", [Manner.DOWN, Manner.JUNK, Manner.WORDS, Manner.REDIRECT])
def test_a_server_that_fails_is_left_alone_and_found_again(server, manner):
    clock = ManualClock(at(9))
    ours = roads(server, Guess(), clock)
    server.manner = manner
    for _ in range(20):
        ours.expect(WAY)
        ours.find_out()
        assert ours.seconds(*LEGS[0]) == 77.0
    assert len(server.calls) == 5
    server.manner = Manner.WELL
    clock.forward(seconds=20)
    ours.expect(WAY)
    ours.find_out()
    assert ours.seconds(*LEGS[0]) == drive(*LEGS[0])


def test_answers_of_yesterday_are_asked_again_and_good_until_then(server):
    passed = [0.0]
    ours = AskedRoads(client(server), None, ManualClock(at(9)), start=False, monotonic=lambda: passed[0])
    ours.expect(WAY)
    ours.find_out()
    passed[0] = timedelta(hours=25).total_seconds()
    assert ours.seconds(*LEGS[0]) == drive(*LEGS[0])
    ours.expect(WAY)
    ours.find_out()
    assert len(server.calls) == 2


def test_memory_and_list_are_bounded(server, monkeypatch):
    monkeypatch.setattr(asked, "LEGS_AT_HAND", 10)
    monkeypatch.setattr(asked, "LEGS_WANTED", 30)
    ours = roads(server)
    ours.expect([door(number) for number in range(100)])
    left = ours.find_out()
    assert left == 5
    ours.find_out()
    known = [leg for leg in pairwise(door(number) for number in range(100)) if ours.seconds(*leg)]
    assert len(known) == 10


def test_a_thread_of_its_own_asks(server):
    ours = AskedRoads(client(server), None, ManualClock(at(9)))
    ours.expect(())
    ours.expect(WAY)
    give_up_at = time.monotonic() + 5
    while ours.seconds(*LEGS[-1]) is None and time.monotonic() < give_up_at:
        time.sleep(0.01)
    assert ours.seconds(*LEGS[-1]) == drive(*LEGS[-1])


def test_learning_waits_and_gives_up_on_a_server_that_is_down(server):
    ours = roads(server)
    ours.find(WAY)
    assert ours.seconds(*LEGS[0]) == drive(*LEGS[0])
    server.manner = Manner.DOWN
    ours.find([door(number, 200) for number in range(1, 400)])
    assert len(server.calls) == 1 + 5
