"""Structured logs without personal data: one JSON line each, known fields only, links and keys never."""

import json
import logging
import re
import sys
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any

import structlog

# What may stand in a log line. A field that is not named here is dropped, so that nobody's name slips in.
FIELDS = {
    *(
        "event",
        "level",
        "timestamp",
        "logger",
        "kind",
        "endpoint",
        "method",
        "status",
        "ms",
        "channel",
        "count",
    ),
    *(
        "shipper_id",
        "shipment_id",
        "change_id",
        "message_id",
        "outcome",
        "code",
        "tick",
        "port",
        "problem",
        "seq",
    ),
    *("exception", "worker", "provider", "because", "key_id", "agent_id", "scope", "versions"),
}
# Links, devices, addresses and numbers, also as in a URL; and the row that PostgreSQL shows when it refuses one.
SECRETS = re.compile(
    r"(/[tnu]/)[A-Za-z0-9_-]{10,}|(/devices/)\S+|[\w.+-]+(?:@|%40)[\w-]+\.[\w.]+|(?:\+|%2[Bb])\d{6,}"
    r"|(DETAIL: )(?s:.*?)(?=\n\[SQL|\nCONTEXT|\n\nThe above|\Z)"
)


def _known_fields(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: value for name, value in line.items() if name in FIELDS}


def hide(text: str) -> str:
    """The text with links, addresses and numbers struck out."""
    return SECRETS.sub(lambda found: (found[1] or found[2] or found[3] or "") + "***", text)


def _struck_out(_logger: Any, _name: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    return {name: hide(value) if isinstance(value, str) else value for name, value in line.items()}


def set_up(level: str) -> None:
    """Send logs to standard error at this level."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.format_exc_info,
            _known_fields,
            _struck_out,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
    _strike_out_others()
    for noisy in ("apscheduler", "twilio", "urllib3", "sqlalchemy"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    # a tick that failed is told by us; one that still runs when its next turn comes is no news
    for told in ("apscheduler.executors", "apscheduler.scheduler"):
        logging.getLogger(told).setLevel(logging.CRITICAL)


class Struck(logging.Formatter):
    """A line of a library's own logging, as JSON, struck out like ours."""

    def format(self, record: logging.LogRecord) -> str:
        """The record with its exception."""
        line = {
            "event": hide(super().format(record)),
            "logger": record.name,
            "level": record.levelname.lower(),
            "timestamp": datetime.fromtimestamp(record.created, UTC).isoformat(),
        }
        return json.dumps(line, ensure_ascii=False)


def _strike_out_others() -> None:
    """Libraries log by `logging`: their lines, and traces above all, are struck out too."""
    root = logging.getLogger()
    for former in [handler for handler in root.handlers if isinstance(handler.formatter, Struck)]:
        root.removeHandler(former)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Struck())
    handler.setLevel(logging.WARNING)
    root.addHandler(handler)
