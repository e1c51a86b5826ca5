"""A logo from outside becomes a small picture of ours: opened warily, made small, written anew, seen on white."""

import warnings
from hashlib import sha256
from io import BytesIO

from PIL import Image, ImageOps

from portal.domain import pictures as rules
from portal.domain.colors import contrast
from portal.domain.pictures import NoPicture
from portal.flows.operate_terms import Wrong
from portal.flows.pictures import ONE_AT_A_TIME, WHITE
from portal.store.logos import Logo

MOST_BYTES = rules.MEGABYTE
# Twice what pages show, for sharp screens; a page and its logo stay small together.
WIDEST, HIGHEST, SMALL_ENOUGH = 400, 80, 6 * 1024
COLORS = (0, 256, 64, 32, 16, 8)
# Some of a logo must be seen on the white it stands on: one pixel in a hundred, as WCAG asks of what is no text.
SEEN, SEEN_SHARE = 3.0, 0.01


def drawn(raw: bytes) -> Logo:
    """The logo in a file, as a PNG. Raises `Wrong` that says what would be right."""
    if why := rules.refused(raw, MOST_BYTES):
        raise Wrong(_sentence(why), "logo")
    form = str(rules.format_of(raw[:12]))
    try:
        with ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            small = _small(raw, form)
    except Image.DecompressionBombError:
        raise Wrong(_sentence(NoPicture.TOO_MANY_PIXELS), "logo") from None
    except Wrong:
        raise
    # Pillow's readers raise nearly anything on a file that was made to break them.
    except Exception:
        raise Wrong(_sentence(NoPicture.BROKEN), "logo") from None
    if not _is_seen(small):
        raise Wrong("this logo cannot be seen on white; choose one for light paper.", "logo")
    body = _written(small)
    return Logo(sha256(body).hexdigest(), *small.size, body)


def _sentence(why: NoPicture) -> str:
    if why is NoPicture.NOT_ONE:
        return "a logo is a PNG, JPEG or WebP picture; an SVG may hold scripts and is not taken."
    if why is NoPicture.TOO_LARGE:
        return f"a logo has at most {MOST_BYTES // rules.MEGABYTE} MB."
    return why[0].lower() + why[1:]


def _small(raw: bytes, form: str) -> Image.Image:
    with Image.open(BytesIO(raw), formats=(form,)) as opened:
        if rules.too_many(form, *opened.size):
            raise Wrong(_sentence(NoPicture.TOO_MANY_PIXELS), "logo")
        upright = ImageOps.exif_transpose(opened).convert("RGBA")
    box = upright.getchannel("A").getbbox()
    if box is None:
        raise Wrong("this picture is empty: nothing of it can be seen.", "logo")
    upright = upright.crop(box)
    upright.thumbnail((WIDEST, HIGHEST), Image.Resampling.LANCZOS)
    plain = Image.new("RGBA", upright.size)
    plain.paste(upright)
    return plain


def _written(logo: Image.Image) -> bytes:
    """As a PNG with as many colors as fit."""
    body = b""
    for colors in COLORS:
        written, fewer = BytesIO(), logo.quantize(colors, Image.Quantize.FASTOCTREE) if colors else logo
        fewer.save(written, "PNG", optimize=True)
        body = written.getvalue()
        if len(body) <= SMALL_ENOUGH:
            return body
    raise Wrong("this logo is too finely drawn for a small picture; choose a plainer one.", "logo")


def _is_seen(logo: Image.Image) -> bool:
    plain = Image.new("RGB", logo.size, WHITE)
    plain.paste(logo, mask=logo.getchannel("A"))
    small = plain.quantize(64).convert("RGB")
    found = small.getcolors(small.width * small.height) or []
    seen = sum(count for count, color in found if contrast(_hex(color), "#ffffff") >= SEEN)
    return seen >= SEEN_SHARE * small.width * small.height


def _hex(color: object) -> str:
    return "#" + "".join(f"{part:02x}" for part in color)  # type: ignore[attr-defined]
