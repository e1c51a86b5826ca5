"""What the terminal shows: the links to open, then the day line by line."""

import sys
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from portal.demo.cards import CARDS
from portal.demo.notebook import Notebook
from portal.demo.plan import local
from portal.demo.seed import Secrets

# The start page picks whoever the van is near just then; the terminal is written once and names an early door.
SOON = "Maria Alvarez"
FIVE = [(role.names[0] if role.names else SOON, role.title) for role in CARDS]


@dataclass(slots=True)
class Screen:
    """The terminal."""

    out: TextIO = sys.stdout

    def line(self, text: str = "") -> None:
        """One line, at once."""
        print(text, file=self.out, flush=True)

    def happened(self, at: datetime, says: str) -> None:
        """Something of the day, with the town's clock."""
        self.line(f"  {local(at)}  {says}")

    def links(self, address: str, keys: Secrets, notebook: Notebook) -> None:
        """Where to look, aligned."""
        links = {person["name"]: person["link"] for person in notebook.facts.get("people", ())}
        rows = [
            ("Start here", f"{address}/"),
            *((name, f"{links[name]}  {title}") for name, title in FIVE),
            ("Outbox", f"{address}/outbox  phone and mailbox"),
            ("Desk", f"{address}/desk  answer wishes"),
            ("Console", f"{address}/console  {keys.agent}  {keys.password}"),
            ("API", f"{address}/api/openapi.json"),
            ("API key", keys.key),
        ]
        wide = max(len(name) for name, _ in rows)
        self.line()
        for name, text in rows:
            self.line(f"  {name.ljust(wide)}  {text}")
        self.line()
        self.line("  Ctrl-C ends the demo. The day:")
        self.line()
