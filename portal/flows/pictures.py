"""A file from outside becomes a picture of ours: opened warily, made small, written anew without anything beside it."""

import warnings
from dataclasses import dataclass
from hashlib import sha256
from io import BytesIO
from threading import Lock

from PIL import Image, ImageOps

from portal.domain import pictures as rules
from portal.domain.pictures import NoPicture

QUALITY = 82
WHITE = (255, 255, 255)
# One at a time: a picture takes up to 300 MB while it is unpacked, and requests come as they like.
ONE_AT_A_TIME = Lock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG of our own; `sha256` is that of the file as it was sent, by which it is known again."""

    body: bytes
    sha256: str


def developed(raw: bytes, most_bytes: int) -> Picture | NoPicture:
    """The picture in a file, turned upright and without its metadata; or why it is not taken."""
    if why := rules.refused(raw, most_bytes):
        return why
    form = rules.format_of(raw[:12])
    try:
        with ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            body = _anew(raw, str(form))
    except Image.DecompressionBombError:
        return NoPicture.TOO_MANY_PIXELS
    # Pillow's readers raise nearly anything on a file that was made to break them.
    except Exception:
        return NoPicture.BROKEN
    return body if isinstance(body, NoPicture) else Picture(body, sha256(raw).hexdigest())


def _anew(raw: bytes, form: str) -> bytes | NoPicture:
    with Image.open(BytesIO(raw), formats=(form,)) as opened:
        if rules.too_many(form, *opened.size):
            return NoPicture.TOO_MANY_PIXELS
        opened.draft("RGB", (rules.LONGEST_SIDE, rules.LONGEST_SIDE))
        upright = _smooth(ImageOps.exif_transpose(opened))
        small = upright.resize(rules.fitted(*upright.size), Image.Resampling.LANCZOS, reducing_gap=2.0)
    written = BytesIO()
    _on_white(small).save(written, "JPEG", quality=QUALITY, optimize=True)
    return written.getvalue()


def _smooth(picture: Image.Image) -> Image.Image:
    """In a mode that can be made smaller without steps."""
    if picture.mode in ("L", "RGB", "RGBA"):
        return picture
    return picture.convert("RGB" if picture.mode == "CMYK" else "RGBA")


def _on_white(picture: Image.Image) -> Image.Image:
    """Plain colors only: a signature on nothing would come out black on black. A new image carries no metadata."""
    colored = picture.convert("RGBA")
    plain = Image.new("RGB", colored.size, WHITE)
    plain.paste(colored, mask=colored.getchannel("A"))
    return plain
