"""The form for a neighbor: name, house number, and how we may ask them."""

from sqlalchemy.orm import Session

from portal.domain.change import Change, Kind
from portal.domain.kinds.base import No
from portal.domain.kinds.neighbor import LeaveWithNeighbor
from portal.flows import neighbors
from portal.flows.announce import Voice
from portal.web.kinds.base import SAME_TIME, Asking, Form, Meaning, Own
from portal.web.language import N_

RISK = N_("Once your neighbor has it, it counts as delivered.")
WE_ASK = N_("We ask your neighbor first. They do not see what is in it or who sent it.")
YOU_ASK = N_("Your neighbor must say yes first. You get a link to pass on to them yourself.")


def _described(wish: LeaveWithNeighbor, _asking: Asking) -> str:
    return ", ".join(filter(None, (wish.name, wish.house_number, wish.contact)))


def _means(wish: LeaveWithNeighbor | None, _asking: Asking) -> Meaning:
    return Meaning(SAME_TIME, RISK, YOU_ASK if wish and not wish.contact else WE_ASK)


def _own(session: Session, voice: Voice, change: Change) -> Own:
    return Own(
        neighbors.neighbor_link(session, voice, change), neighbors.code_for_recipient(session, voice, change)
    )


NEIGHBOR = Form(
    Kind.NEIGHBOR,
    N_("Leave it with a neighbor"),
    "pages/tracking/_form_neighbor.html",
    wanted=N_("To a neighbor"),
    agreed=N_("The driver brings it to the neighbor you named."),
    fields={
        No.NEIGHBOR_NAME: "name",
        No.NEIGHBOR_NUMBER: "house_number",
        No.NEIGHBOR_CONTACT: "contact",
        No.NEIGHBOR_YOURSELF: "contact",
        No.NEIGHBOR_NOT_NOW: "name",
    },
    # whose number is on file, and whom a neighbor has blocked, is nobody's business who has only the link
    private=frozenset({No.NEIGHBOR_YOURSELF, No.NEIGHBOR_NOT_NOW}),
    described=_described,
    means=_means,
    own=_own,
)
