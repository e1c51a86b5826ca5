"""What a recipient's page knows once the parcel was handed over."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class After:
    """Whether there is a photo or a signature, what the recipient said ("I have it", None: nothing), the stars they
    gave (0: none yet), whether they reported a problem, and whether an agent doubts what dispatch told."""

    photo: bool = False
    signature: bool = False
    has_it: bool | None = None
    stars: int = 0
    reported: bool = False
    doubted: bool = False
