"""What a shipper allows, and how much notice each change needs."""

from dataclasses import dataclass, field

from portal.domain.change import IfUnanswered, Kind
from portal.domain.retention import Keep
from portal.domain.visibility import MapRules


@dataclass(frozen=True, slots=True)
class ShipperRules:
    """A shipper's rules; `forbids` names kinds of change, `notice_minutes` and `notice_stops` override the usual
    notice per kind.

    `month_ceiling_micros` is what its messages may cost in a month, in millionths of the currency of the
    operator's prices; 0: no ceiling. `level` is how many of 100 windows shall hold, 80 or 90; 0: as the house does.
    `keep` says how long what is known of people is kept. `embed_origins` are the shops' origins whose pages may show
    the delivery in a frame.

    When the agents' queue hears of something: `late_minutes` after a window's end the van is expected, no event for
    `stalled_hours`, `unanswered_percent` of a change's time gone, `pickup_hours` before a stay in a locker ends,
    handed over more than `far_m` from the door.
    """

    forbids: frozenset[Kind] = frozenset()
    notice_minutes: dict[Kind, int] = field(default_factory=dict)
    notice_stops: dict[Kind, int] = field(default_factory=dict)
    answer_minutes: int = 0
    if_unanswered: IfUnanswered = IfUnanswered.REFUSE
    changes_per_shipment: int = 3
    month_ceiling_micros: int = 0
    at_once: frozenset[Kind] = frozenset({Kind.INSTRUCTIONS})
    neighbor_minutes: int = 60
    hold_days: int = 14
    extend_hours: int = 24
    overflow_m: int = 2_000
    keep_days: int = 7
    level: int = 0
    late_minutes: int = 10
    stalled_hours: int = 24
    unanswered_percent: int = 50
    pickup_hours: int = 24
    far_m: int = 200
    keep: Keep = field(default_factory=Keep)
    map: MapRules = field(default_factory=MapRules)
    embed_origins: tuple[str, ...] = ()

    def notice_for(self, kind: Kind, usual: int) -> int:
        """Minutes before the window in which this kind is no longer taken: `usual` unless the shipper says."""
        return self.notice_minutes.get(kind, usual)

    def stops_for(self, kind: Kind, usual: int) -> int:
        """How many stops before the door this kind is no longer taken: `usual` unless the shipper says."""
        return self.notice_stops.get(kind, usual)
