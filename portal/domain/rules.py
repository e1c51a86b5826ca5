"""What a shipper allows, and how much notice each change needs."""

from dataclasses import dataclass, field

from portal.domain.change import IfUnanswered, Kind

NOTICE_MINUTES = {Kind.NEIGHBOR: 30, Kind.LOCKER: 120, Kind.NEW_WINDOW: 120}


@dataclass(frozen=True, slots=True)
class ShipperRules:
    """A shipper's rules; `forbids` names kinds of change, `notice_minutes` overrides the usual notice per kind.

    `month_ceiling_micros` is what its messages may cost in a month, in millionths of the currency of the
    operator's prices; 0: no ceiling.
    """

    forbids: frozenset[Kind] = frozenset()
    notice_minutes: dict[Kind, int] = field(default_factory=dict)
    answer_minutes: int = 0
    if_unanswered: IfUnanswered = IfUnanswered.REFUSE
    changes_per_shipment: int = 3
    month_ceiling_micros: int = 0

    def notice_for(self, kind: Kind) -> int:
        """Minutes before the window in which this kind of change is no longer taken."""
        return self.notice_minutes.get(kind, NOTICE_MINUTES.get(kind, 60))
