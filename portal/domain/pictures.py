"""Which pictures are taken: by what they are, not by what they are called, and how large they may be."""

from enum import StrEnum

MEGABYTE = 1024 * 1024
# One photo or signature from the door, one picture of a problem.
PROOF_BYTES, PROBLEM_BYTES = 5 * MEGABYTE, 8 * MEGABYTE
LONGEST_SIDE = 1600
# A JPEG can be read small, so a phone's 50 megapixels are fine; of the others every pixel has to be unpacked.
MOST_PIXELS = {"JPEG": 50_000_000, "PNG": 25_000_000, "WEBP": 25_000_000}
KEPT_AS = "image/jpeg"


class Sort(StrEnum):
    """What a picture is of."""

    PHOTO = "photo"
    SIGNATURE = "signature"
    PROBLEM = "problem"


class NoPicture(StrEnum):
    """Why a file is not taken; the value is the sentence that people read."""

    EMPTY = "This picture is empty. Please choose another one."
    TOO_LARGE = "This picture is too large. Please choose a smaller one."
    NOT_ONE = "Please choose a JPEG, PNG or WebP picture."
    TOO_MANY_PIXELS = "This picture has too many pixels. Please choose a smaller one."
    BROKEN = "We cannot read this picture. Please choose another one."


def format_of(head: bytes) -> str | None:
    """The format that the first bytes (12 are enough) show: JPEG, PNG or WEBP; None for anything else."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    return None


def refused(raw: bytes, most_bytes: int) -> NoPicture | None:
    """Why these bytes are not even opened."""
    if not raw:
        return NoPicture.EMPTY
    if len(raw) > most_bytes:
        return NoPicture.TOO_LARGE
    return None if format_of(raw[:12]) else NoPicture.NOT_ONE


def too_many(form: str, width: int, height: int) -> bool:
    """Whether a picture of this size would fill the memory: a few kB can claim to be a square mile."""
    return width < 1 or height < 1 or width * height > MOST_PIXELS[form]


def fitted(width: int, height: int) -> tuple[int, int]:
    """The size at which a picture is kept: as it is, or with its longest side at the limit."""
    longest = max(width, height)
    if longest <= LONGEST_SIDE:
        return width, height
    return max(1, width * LONGEST_SIDE // longest), max(1, height * LONGEST_SIDE // longest)
