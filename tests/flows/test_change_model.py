"""Shipments, changes and dispatch against a small model: whatever happens in whatever order."""

from collections import Counter

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.machine import machine

FEW = settings(
    max_examples=8,
    stateful_step_count=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
)


def test_a_few_hundred_steps(app, clock):
    counted: Counter[str] = Counter()
    run_state_machine_as_test(machine(app, clock, counted), settings=FEW)
    assert counted["steps"] > 100
