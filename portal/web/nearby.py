"""Where the van is, in words and in numbers: the words say all that the map shows."""

from dataclasses import dataclass

from portal.domain.geo import Point, bearing_deg, distance_m
from portal.domain.visibility import DEFAULT_RULES, Element, Hidden, View
from portal.web.language import N_, catalog, words
from portal.web.local import Local

COMPASS = (
    N_("north"),
    N_("north-east"),
    N_("east"),
    N_("south-east"),
    N_("south"),
    N_("south-west"),
    N_("west"),
    N_("north-west"),
)
NOT_YET = {
    Hidden.STALE: N_("We have not heard from the van for ten minutes, so we do not show where it is."),
    Hidden.TOO_FAR: N_("The map appears here when the van is %(stops)s stops away."),
}
BLURRED = N_("Its place is shown roughly, to protect the driver and the people at other doors.")


@dataclass(frozen=True, slots=True)
class Nearby:
    """Whether the map is shown, the sentences beside it, and the numbers for its marker (degrees)."""

    shown: bool = False
    sentences: tuple[str, ...] = ()
    van: Point | None = None
    near: bool = False
    line: bool = False


def nearby_view(view: View, door: Point | None, local: Local) -> Nearby:
    """What may be shown of the van now; nothing at all when it is not on its way here."""
    _ = words(local.language)
    said = []
    if view.stops_left is not None:
        said.append(_stops(view.stops_left, local))
    if view.van is not None:
        if door is not None:
            facts = {"distance": local.distance(distance_m(view.van, door))}
            eighth = round(bearing_deg(door, view.van) / 45) % 8
            facts["direction"] = _(COMPASS[eighth])
            said.append(_("The van is about %(distance)s %(direction)s of your door.") % facts)
        said.append(_(BLURRED))
        return Nearby(True, tuple(said), view.van, view.near, view.route_ahead)
    if view.van_hidden in NOT_YET:
        said.append(_(NOT_YET[view.van_hidden]) % {"stops": round(DEFAULT_RULES[Element.VAN].limit)})
    return Nearby(False, tuple(said))


def _stops(away: int, local: Local) -> str:
    _ = words(local.language)
    if away <= 1:
        return _("You are the next stop.")
    counted = catalog(local.language).ngettext(
        "There is one stop before you.", "There are %(n)s stops before you.", away - 1
    )
    return counted % {"n": away - 1}
