"""Pictures for tests: a photo with a place in its metadata, and files that only pretend to be pictures."""

import io
import struct
import zlib

from PIL import Image

SOMEWHERE = b"GPS"


def photo(width: int = 64, height: int = 48, form: str = "JPEG", color: str = "teal") -> bytes:
    """A small picture of one color."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), color).save(written, form)
    return written.getvalue()


def photo_with_place() -> bytes:
    """A phone's photo: it says where it was made, by whom, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112], exif[0x013B] = 6, "Ann Archer"
    exif.get_ifd(0x8825)[2] = (52.0, 31.0, 12.0)
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(written, "JPEG", exif=exif, comment=b"secret of the camera")
    return written.getvalue()


def bomb(side: int = 60_000) -> bytes:
    """A PNG of a few bytes that says it is a square of so many pixels."""

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
# Readable as a picture and as a page: what comes after the picture must be gone.
POLYGLOT = photo() + HTML
