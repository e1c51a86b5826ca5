"""Figures in words: shares, seconds and days as the page of figures writes them."""

from collections.abc import Iterable
from datetime import date

from babel.dates import format_date
from babel.numbers import format_decimal, format_percent
from prometheus_client import CollectorRegistry, Gauge

from portal.domain.figures import EDGES, Counted
from portal.web.language import of_request


def percent(share: float | None) -> str:
    """A share as `97.3 %`, cut rather than rounded up; a dash where there is too little to say."""
    if share is None:
        return "–"
    return format_percent(int(share * 1000) / 1000, "#,##0.0\u00a0%", locale=of_request())


def seconds(value: float | None) -> str:
    """Seconds as `0.4 s` or `2 min`; a dash where there is too little to say."""
    if value is None:
        return "–"
    if value >= 60:
        return f"{value / 60:.0f}\u00a0min"
    return f"{format_decimal(value, '0.##' if value < 10 else '0', locale=of_request())}\u00a0s"


def day_name(day: date) -> str:
    """A day as the reader's language writes it."""
    return format_date(day, "medium", locale=of_request())


LABELS = ["channel", "notice", "shipper"]


def gauges(lines: Iterable[Counted], slugs: dict[int, str], registry: CollectorRegistry) -> None:
    """Today's figures for Prometheus, by channel, notice and shipper."""
    many = Gauge(
        "doorstep_messages_today",
        "Messages made today by what became of them",
        [*LABELS, "became"],
        registry=registry,
    )
    quick = Gauge(
        "doorstep_hand_off_today",
        "Messages handed over today, by seconds from when they were due (cumulative)",
        [*LABELS, "le"],
        registry=registry,
    )
    cost = Gauge("doorstep_cost_today", "Expected cost of today's messages", LABELS, registry=registry)
    parts = Gauge("doorstep_segments_today", "Segments of SMS sent today", LABELS, registry=registry)
    for line in lines:
        kind, fared = line.kind, line.fared
        labels = (kind.channel, kind.notice, slugs.get(kind.shipper_id, str(kind.shipper_id)))
        for became, count in fared.became.items():
            many.labels(*labels, became).set(count)
        so_far = 0
        for bucket, edge in enumerate((*EDGES, float("inf"))):
            so_far += fared.hand_off[bucket]
            quick.labels(*labels, "+Inf" if edge == float("inf") else f"{edge:g}").set(so_far)
        cost.labels(*labels).set(fared.cost_micros / 1_000_000)
        parts.labels(*labels).set(fared.segments)
