"""Figures of redirects for those who watch."""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Gauge

from portal.domain.change import Kind
from portal.domain.redirects import EDGES, Fared

LABELS = ["kind", "shipper"]


def gauges(
    counted: Mapping[tuple[int, Kind], Fared], slugs: Mapping[int, str], registry: CollectorRegistry
) -> None:
    """Today's redirects for Prometheus, by kind and shipper."""
    became = Gauge(
        "doorstep_changes_today",
        "Changes asked today by what became of them",
        [*LABELS, "became"],
        registry=registry,
    )
    quick = Gauge(
        "doorstep_change_answers_today",
        "Answers of dispatch to changes asked today, by seconds they took (cumulative)",
        [*LABELS, "le"],
        registry=registry,
    )
    for (shipper_id, kind), fared in counted.items():
        labels = (kind.value, slugs.get(shipper_id, str(shipper_id)))
        for name, count in fared.became.items():
            became.labels(*labels, name).set(count)
        so_far = 0
        for bucket, edge in enumerate((*EDGES, float("inf"))):
            so_far += fared.answered[bucket]
            quick.labels(*labels, "+Inf" if edge == float("inf") else f"{edge:g}").set(so_far)
