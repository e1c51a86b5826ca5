"""What dispatch pulls: numbered after commit, in order, nothing ever skipped."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.store import changes
from tests.dispatch import new_dispatch, shipment

WRITERS, EACH = 8, 25


@pytest.fixture
def kit(app):
    with app.app_context():
        yield app.extensions["doorstep"]


def test_a_puller_beside_many_writers_misses_nothing_and_reads_nothing_twice(app, kit):
    shipment_id = new_dispatch(app).ships(shipment("A-1"))[0]["id"]

    def write(writer):
        with app.app_context():
            for number in range(EACH):
                with kit.transaction() as session:
                    data = {"name": f"{writer}-{number}"}
                    changes.tell_dispatch(session, 1, shipment_id, "test", kit.now(), data)
                    # later serial ids may be committed first: just what a cursor over them would miss
                    time.sleep(0.002 * (number % 3) if kit.database.engine.dialect.name != "sqlite" else 0)

    def number():
        with app.app_context(), kit.transaction() as session:
            return changes.number_new_entries(session)

    read, cursor = [], 0
    with ThreadPoolExecutor(WRITERS + 2) as pool:
        writers = [pool.submit(write, writer) for writer in range(WRITERS)]
        while not all(writer.done() for writer in writers) or number():
            pool.submit(number).result()
            with kit.reading() as session:
                for entry in changes.feed(session, 1, cursor, 50):
                    read.append(entry.data["name"])
                    cursor = entry.seq
        [writer.result() for writer in writers]
    with kit.reading() as session:
        read += [entry.data["name"] for entry in changes.feed(session, 1, cursor, 1000)]
    assert len(read) == len(set(read)) == WRITERS * EACH


def test_entries_of_another_shipper_are_not_shown(app, kit):
    mine, theirs = new_dispatch(app), new_dispatch(app, "Bolt Bikes")
    shipment_id = mine.ships(shipment("A-1"))[0]["id"]
    with kit.transaction() as session:
        changes.tell_dispatch(session, 1, shipment_id, "test", kit.now(), {})
    with kit.transaction() as session:
        changes.number_new_entries(session)
    assert len(mine.call("GET", "/changes").json["changes"]) == 1
    assert theirs.call("GET", "/changes").json["changes"] == []
