"""Versions of answers: whatever is forgotten is never given again, in one process and in many."""

import os
import signal
import time
from datetime import timedelta

import pytest
import redis

from portal.store.redis_line import WAIT_SECONDS, RedisLine
from portal.store.shared_versions import ANSWER_SECONDS, ANSWERS, LINK, MARK, SharedVersions
from portal.store.versions import Known, MemoryVersions
from tests.conftest import A_MONDAY
from tests.servers.valkey import Valkey

LATER = A_MONDAY + timedelta(minutes=5)
ANSWER = Known('"abc"', LATER, 12.5)
ANN, BEN = "a" * 64, "b" * 64


@pytest.fixture(params=["memory", "shared"])
def pair(request):
    """Two views of one memory: the same object, or two processes on one Valkey."""
    if request.param == "memory":
        versions = MemoryVersions()
        return versions, versions
    url = request.getfixturevalue("valkey_url")
    return SharedVersions(RedisLine(url)), SharedVersions(RedisLine(url))


@pytest.fixture
def here_and_there(valkey_url):
    return SharedVersions(RedisLine(valkey_url)), SharedVersions(RedisLine(valkey_url))


@pytest.fixture
def own_valkey(tmp_path):
    with Valkey(tmp_path) as valkey:
        yield valkey


def keeps(versions, who=ANN, shipment_id=1, name="en", answer=ANSWER):
    versions.keep(who, name, shipment_id, answer, versions.ticket())


def test_an_answer_is_given_again_until_its_shipment_changes(pair):
    here, there = pair
    keeps(here)
    keeps(here, BEN, 2)
    assert there.known(ANN, "en") == ANSWER
    assert there.known(ANN, "de") is None
    there.changing({1})
    there.forget({1})
    assert here.known(ANN, "en") is None
    assert here.known(BEN, "en") == ANSWER


def test_who_read_before_a_change_keeps_nothing(pair):
    here, there = pair
    ticket = here.ticket()
    there.changing({1})
    there.forget({1})
    here.keep(ANN, "en", 1, ANSWER, ticket)
    here.keep(BEN, "en", 2, ANSWER, ticket)
    assert here.known(ANN, "en") is None
    assert here.known(BEN, "en") == ANSWER
    keeps(here)
    assert there.known(ANN, "en") == ANSWER


def test_a_memory_that_forgot_what_it_forgot_refuses_all_who_read_before():
    versions = MemoryVersions(most=2)
    ticket = versions.ticket()
    for shipment_id in (1, 2, 3):
        versions.forget({shipment_id})
    versions.keep(ANN, "en", 1, ANSWER, ticket)
    assert versions.known(ANN, "en") is None


def test_a_process_that_dies_after_its_commit_leaves_nothing_stale(here_and_there, valkey_url):
    here, there = here_and_there
    keeps(here)
    there.changing({1})
    # it commits and is gone: nobody forgets
    assert here.known(ANN, "en") is None
    keeps(here)
    assert here.known(ANN, "en") is None
    with redis.Redis.from_url(valkey_url) as client:
        assert 0 < client.ttl(f"{MARK}1") <= 30
        client.delete(f"{MARK}1")  # half a minute later
    keeps(here)
    assert here.known(ANN, "en") == ANSWER


def test_the_mark_of_two_at_once_stays_for_the_one_who_is_not_done(here_and_there):
    here, there = here_and_there
    here.changing({1})
    there.changing({1})
    here.forget({1})
    keeps(here)
    assert here.known(ANN, "en") is None


def test_a_flushed_memory_takes_no_ticket_of_before(here_and_there, valkey_url):
    here, there = here_and_there
    ticket = here.ticket()
    there.changing({1})
    there.forget({1})
    with redis.Redis.from_url(valkey_url) as client:
        client.flushdb()
        client.script_flush()
    here.keep(ANN, "en", 1, ANSWER, ticket)
    assert here.known(ANN, "en") is None
    keeps(here)
    assert there.known(ANN, "en") == ANSWER


def test_everything_runs_out_and_names_no_person(here_and_there, valkey_url):
    here, _ = here_and_there
    keeps(here)
    with redis.Redis.from_url(valkey_url, decode_responses=True) as client:
        assert 0 < client.ttl(f"{ANSWERS}1") <= ANSWER_SECONDS
        assert client.ttl(LINK + ANN) > 0
        here.changing({1})
        here.forget({1})
        lasting = {key for key in client.scan_iter("*") if client.ttl(key) < 0}
    assert lasting == {"doorstep:since"}


def test_without_redis_nothing_is_known_and_nobody_waits(own_valkey):
    versions = SharedVersions(RedisLine(own_valkey.url))
    keeps(versions)
    own_valkey.kill()
    began = time.monotonic()
    for _ in range(200):
        assert versions.known(ANN, "en") is None
        keeps(versions)
        versions.forget({1})
    assert time.monotonic() - began < 3 * WAIT_SECONDS
    own_valkey.start()
    wait_until(lambda: keeps(versions) or versions.known(ANN, "en") == ANSWER)


def test_what_could_not_be_forgotten_is_forgotten_when_redis_is_back(own_valkey):
    here, there = SharedVersions(RedisLine(own_valkey.url)), SharedVersions(RedisLine(own_valkey.url))
    keeps(here)
    keeps(here, BEN, 2)
    os.kill(own_valkey.process.pid, signal.SIGSTOP)
    try:
        there.changing({1})
        there.forget({1})
    finally:
        os.kill(own_valkey.process.pid, signal.SIGCONT)
    wait_until(lambda: here.known(ANN, "en") is None)
    assert here.known(BEN, "en") == ANSWER


def test_a_line_that_redis_ended_is_opened_again_at_once(here_and_there, valkey_url):
    here, _ = here_and_there
    keeps(here)
    with redis.Redis.from_url(valkey_url) as client:
        client.client_kill_filter(_type="normal", skipme=True)
    assert here.known(ANN, "en") == ANSWER


def test_a_forked_process_has_a_line_of_its_own(here_and_there):
    here, there = here_and_there
    keeps(here)
    child = os.fork()
    if not child:
        os._exit(0 if here.known(ANN, "en") == ANSWER else 1)
    for _ in range(50):
        assert here.known(ANN, "en") == ANSWER
    assert os.waitpid(child, 0)[1] == 0
    there.forget({1})
    assert here.known(ANN, "en") is None


def wait_until(true, seconds=10.0):
    until = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)
