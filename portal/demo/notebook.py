"""What the demo's start page knows: links, sign-in, key, clock, and the last lines of the day.

A file beside the demo's database, because the portal that reads it (`portal/web/demo.py`) is another process.
"""

import json
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from portal.demo.cast import Delivery

FILE = "demo.json"
LINES_KEPT = 40


@dataclass(slots=True)
class Notebook:
    """The open notebook; every change is written at once, whole or not at all."""

    folder: Path
    facts: dict[str, Any] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    lines: list[dict[str, str]] = field(default_factory=list)

    def note_links(self, deliveries: dict[str, Delivery], links: dict[str, str]) -> None:
        """Links by reference, as the portal made them."""
        self.links |= links
        self.facts["people"] = [
            {
                "name": one.person.name,
                "reference": one.reference,
                "shipper": one.brand.slug,
                "brand": one.brand.name,
                "language": one.person.language,
                "phone": one.person.phone,
                "email": one.person.email,
                "link": self.links[one.reference],
            }
            for one in deliveries.values()
            if one.reference in self.links
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
