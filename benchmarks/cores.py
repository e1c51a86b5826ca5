"""Keeps the measured and the measuring apart: the server on one core, the load on another."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

PINS = hasattr(os, "sched_setaffinity")
ALL = sorted(os.sched_getaffinity(0)) if PINS else [0]
SERVER = {ALL[0]}
LOAD = {ALL[-1]}


def pin(cores: set[int], process: int = 0) -> None:
    """Bind a process (0: this one) to cores; without effect where the system has no such thing."""
    if PINS and len(ALL) > 1:
        os.sched_setaffinity(process, cores)


@contextmanager
def on(cores: set[int]) -> Iterator[None]:
    """This process works on `cores` for a while."""
    pin(cores)
    try:
        yield
    finally:
        pin(set(ALL))
