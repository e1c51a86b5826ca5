"""The proof of delivery as a page shows it: to whoever has the link a little, after the one-time code all of it."""

from dataclasses import dataclass

from portal.domain.delivery import Shipment
from portal.domain.events import How
from portal.domain.handover import Proof as Sort
from portal.domain.handover import pin_of
from portal.domain.pictures import Sort as PictureSort
from portal.domain.shipment import Status
from portal.flows.handover import AtTheDoor
from portal.web.language import words
from portal.web.local import Local, opening
from portal.web.phrases import HANDED
from portal.web.phrases_after import PICTURES


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture: its name for the address, its heading and what it is for those who do not see it."""

    name: str
    title: str
    alt: str


@dataclass(frozen=True, slots=True)
class ProofPage:
    """What the page of a hand-over shows. `more`: there is something that only the code opens; empty fields and
    pictures are not shown."""

    how: str
    at: str
    photo: bool
    more: bool
    place: str = ""
    signed_by: str = ""
    distance: str = ""
    pin_checked: bool = False
    pictures: tuple[Shown, ...] = ()


def proof_page(
    shipment: Shipment, door: AtTheDoor | None, local: Local, *, verified: bool
) -> ProofPage | None:
    """The proof of a delivery, None before it."""
    state = shipment.state
    if state.status is not Status.DELIVERED or state.since is None or state.how is None:
        return None
    _ = words(local.language)
    how, at = _(HANDED[state.how]), opening(local.at(state.since))
    proof, pictures = (door.handover, door.pictures) if door else (None, ())
    photo = any(one.sort is PictureSort.PHOTO for one in pictures)
    public_place = state.place if state.how is How.LOCKER else ""
    if not verified:
        hidden = bool(pictures or proof or (state.place and not public_place))
        return ProofPage(how, at, photo, hidden, public_place)
    return ProofPage(
        how,
        at,
        photo,
        False,
        state.place,
        proof.signed_by if proof else "",
        local.distance(proof.distance_m) if proof and proof.distance_m is not None else "",
        bool(proof and proof.pin_right),
        tuple(Shown(one.id, *map(_, PICTURES[Sort(one.sort.value)])) for one in pictures),
    )


def pin_to_show(shipment: Shipment, secret: bytes, *, verified: bool) -> str:
    """The PIN for the driver, once the code was typed and while it is of use; else nothing."""
    wanted = shipment.restrictions.pin and not shipment.state.finished
    return pin_of(secret, shipment.id) if wanted and verified else ""
