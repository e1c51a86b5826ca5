"""How the accounts we send by are, for those who watch the house: no secrets, nothing about anybody."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from prometheus_client import CollectorRegistry, Gauge

from notifications.senders import Health, Report, Sender, may_send


def part(watched: Sequence[Sender], reports: Mapping[str, Report], now: datetime) -> dict[str, Any]:
    """For `/readyz`: not ok while a channel has no account left that works; names those that do not."""
    ill = [one for one in watched if not may_send(reports.get(one.name), now)]
    dead = {one.channel for one in ill} - {one.channel for one in watched if one not in ill}
    remarked = [reports[one.name] for one in watched if one.name in reports]
    return {
        "ok": not dead,
        "not_well": [_told(reports[one.name]) for one in ill],
        "remarks": [_told(report) for report in remarked if _has_remark(report, now)],
    }


def gauge(
    watched: Sequence[Sender], reports: Mapping[str, Report], now: datetime, registry: CollectorRegistry
) -> None:
    """For `/metrics`: 1 for each account that works as far as is known."""
    up = Gauge("doorstep_sender_up", "Whether an account can send", ["sender"], registry=registry)
    for one in watched:
        up.labels(one.name).set(may_send(reports.get(one.name), now))


def _has_remark(report: Report, now: datetime) -> bool:
    current = report.until is not None and now <= report.until
    return report.health is Health.WELL and bool(report.code) and current


def _told(report: Report) -> dict[str, str]:
    return {
        "sender": report.name,
        "channel": report.channel,
        "health": report.health,
        "since": report.since.isoformat(),
        "code": report.code,
        "sentence": report.text,
    }
