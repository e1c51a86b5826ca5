"""What is still to be erased, as figures for Prometheus."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Gauge


def gauges(copies: tuple[int, Iterable[tuple[str, str, int]]], registry: CollectorRegistry) -> None:
    """Texts that a provider was not brought to erase yet: waiting, and parked until somebody looks."""
    waiting, parked = copies
    left = Gauge(
        "doorstep_provider_copies",
        "Texts still to be erased at their provider; any that is parked is an alarm",
        ["state"],
        registry=registry,
    )
    left.labels("waiting").set(waiting)
    left.labels("parked").set(sum(number for _, _, number in parked))
