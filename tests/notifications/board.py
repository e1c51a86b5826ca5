"""Accounts on a switchboard whose register is in memory."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace

from notifications.provider import Carrier
from notifications.senders import Health, Report, Sender, Switchboard


@dataclass(slots=True)
class MemoryRegister:
    """As careful as the one in the database."""

    known: dict[str, Report] = field(default_factory=dict)

    def reports(self) -> Mapping[str, Report]:
        return dict(self.known)

    def note(self, report: Report, over: Set[Health]) -> bool:
        before = self.known.get(report.name) or replace(report, health=Health.WELL, by_receipt=False)
        if before.health not in over:
            return False
        if before.health is report.health:
            since, late = before.since, before.by_receipt
            self.known[report.name] = replace(report, since=since, by_receipt=late)
            return False
        if before.by_receipt and not report.by_receipt:
            return False
        self.known[report.name] = report
        return True


def board(*carriers: Carrier, register: MemoryRegister | None = None, per_second: float = 0.0) -> Switchboard:
    """The accounts in this order."""
    return Switchboard([Sender(one, per_second) for one in carriers], register or MemoryRegister())
