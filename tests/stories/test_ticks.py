"""A process may start its ticks more than once: a house that is built again after the first one stopped."""

from typing import Any

from portal import jobs


def test_ticks_start_again_in_the_same_process(app: Any):
    for _ in range(2):
        scheduler = jobs.start(app)
        assert {job.id for job in scheduler.get_jobs()} == {tick.name for tick in jobs.TICKS}
        scheduler.shutdown(wait=True)
