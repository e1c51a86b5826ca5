"""What the demo's start page knows: links, sign-in, key, clock, and the last lines of the day.

A file beside the demo's database, because the portal that reads it (`portal/web/demo.py`) is another process.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.demo.cast import Delivery
from portal.demo.papers import Paper

FILE = "demo.json"
LINES_KEPT = 40


@dataclass(slots=True)
class Notebook:
    """The open notebook; every change is written at once, whole or not at all."""

    folder: Path
    facts: dict[str, Any] = field(default_factory=dict)
    told: dict[str, Paper] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)

    def note_shipments(self, deliveries: dict[str, Delivery], answers: Iterable[Paper]) -> None:
        """What the portal answered to shipments: their ids and links."""
        self.told |= {answer["reference"]: answer for answer in answers}
        self.facts["people"] = [
            {
                "name": one.person.name,
                "reference": one.reference,
                "shipper": one.brand.slug,
                "brand": one.brand.name,
                "language": one.person.language,
                "phone": one.person.phone,
                "email": one.person.email,
                "link": self.told[one.reference]["link"],
            }
            for one in deliveries.values()
            if one.reference in self.told
        ]
        self.write()

    def note_line(self, at: datetime, says: str, reference: str = "") -> None:
        """A line of the day."""
        self.lines = [
            *self.lines[1 - LINES_KEPT :],
            {"at": at.isoformat(), "says": says, "reference": reference},
        ]
        self.write()

    def write(self) -> None:
        """Put the notebook beside the database."""
        new = self.folder / f"{FILE}.new"
        new.write_text(json.dumps({**self.facts, "lines": self.lines}, ensure_ascii=False), encoding="utf-8")
        os.replace(new, self.folder / FILE)
