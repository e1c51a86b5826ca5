"""What the hand-over left as proof, in lines that say it all in words."""

from collections.abc import Iterable
from typing import Protocol

from portal.domain.handover import FAR_M, Handover, Proof
from portal.domain.telling import plain


class _Picture(Protocol):
    @property
    def sort(self) -> str: ...


class Door(Protocol):
    """The proof of the hand-over that counts."""

    @property
    def handover(self) -> Handover | None: ...
    @property
    def pictures(self) -> Iterable[_Picture]: ...
    @property
    def missing(self) -> Iterable[Proof]: ...


def door_lines(door: Door | None) -> tuple[str, ...]:
    """Pictures, distance, PIN, who signed, and what nobody sent, as sentences; none before a hand-over."""
    if door is None:
        return ()
    sorts = sorted({plain(str(picture.sort)) for picture in door.pictures})
    said = [f"From the door: {', '.join(sorts)}."] if sorts else []
    if door.handover:
        said += _handover(door.handover)
    if missing := [plain(one.value) for one in door.missing]:
        said.append(f"Nobody sent: {', '.join(missing)}.")
    return tuple(said)


def _handover(proof: Handover) -> Iterable[str]:
    if proof.distance_m is not None:
        far = ": that is far" if proof.distance_m > FAR_M else ""
        yield f"Handed over {proof.distance_m:.0f} m from the door's place on the map{far}."
    if proof.lat is not None and proof.lng is not None:
        yield f"The driver's device was at {proof.lat:.5f}, {proof.lng:.5f}."
    if proof.pin_right is not None:
        yield "The PIN was right." if proof.pin_right else "The PIN was wrong."
    if proof.signed_by:
        yield f"Signed by {proof.signed_by}."
