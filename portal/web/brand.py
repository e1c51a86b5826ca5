"""A shipper's color made readable: dark enough on light paper, light enough on dark, with an ink for it."""

import re
from collections.abc import Callable
from colorsys import hls_to_rgb, rgb_to_hls
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import Markup
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse

from portal.domain.colors import contrast

HEX = re.compile(r"#[0-9a-fA-F]{6}")
HOUSE_COLOR = "#0b5f6b"
# The grounds of tokens.css on which an accent must be read; the contrast of WCAG 2.2 AA, a little more.
GROUNDS = {"light": ("#f5f4f0", "#ffffff"), "dark": ("#0f1215", "#181c20")}
CONTRAST = 4.7
STEP = 0.01


@dataclass(frozen=True, slots=True)
class Colors:
    """An accent, the ink on it, and a soft ground of the same hue."""

    accent: str
    ink: str
    soft: str


@dataclass(frozen=True, slots=True)
class Logo:
    """A logo's own address, and the size at which it is shown: half its pixels, sharp on every screen."""

    address: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Brand:
    """How a shipper looks and where it can be reached; what it did not say is empty."""

    name: str
    css: Markup
    email: str = ""
    phone: str = ""
    phone_shown: str = ""
    hours: str = ""
    logo: Logo | None = None


def _shade(color: str, lightness: float, strength: float = 1.0) -> str:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, _, saturation = rgb_to_hls(red, green, blue)
    shaded = hls_to_rgb(hue, lightness, saturation * strength)
    return "#" + "".join(f"{round(part * 255):02x}" for part in shaded)


def _until(
    readable: Callable[[str], bool], color: str, lightness: float, step: float, strength: float
) -> str:
    """The first shade that can be read, going lighter or darker step by step; at worst white or black."""
    shade = color
    while not readable(shade) and 0 <= lightness <= 1:
        lightness += step
        shade = _shade(color, min(max(lightness, 0), 1), strength)
    return shade


def _readable(color: str, grounds: tuple[str, ...], step: float) -> str:
    lightness = rgb_to_hls(*(int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)))[1]
    return _until(
        lambda shade: min(contrast(shade, one) for one in grounds) >= CONTRAST, color, lightness, step, 1
    )


def _soft(accent: str, lightness: float, step: float) -> str:
    """A ground of the accent's hue on which the accent itself can be read."""
    first = _shade(accent, lightness, 0.5)
    return _until(lambda shade: contrast(accent, shade) >= CONTRAST, first, lightness, step, 1)


@lru_cache(maxsize=500)
def colors(wanted: str) -> tuple[Colors, Colors]:
    """The accent a shipper wants, moved in lightness until it can be read in light and in dark mode."""
    given = wanted.lower() if HEX.fullmatch(wanted) else HOUSE_COLOR
    light = _readable(given, GROUNDS["light"], -STEP)
    dark = _readable(given, GROUNDS["dark"], STEP)
    return (
        Colors(light, "#ffffff", _soft(light, 0.92, STEP)),
        Colors(dark, _soft(dark, 0.08, -STEP), _soft(dark, 0.14, -STEP)),
    )


def style(light: Colors, dark: Colors) -> Markup:
    """The rules that put a brand's colors in place of the house's; safe to stand in a style element."""

    def root(colors: Colors) -> str:
        hero = f"--hero:{light.accent};--hero-ink:{light.ink}"
        return (
            f":root{{--accent:{colors.accent};--accent-ink:{colors.ink};--accent-soft:{colors.soft};{hero}}}"
        )

    return Markup(root(light) + "@media(prefers-color-scheme:dark){" + root(dark) + "}")


def spoken_number(phone: str) -> str:
    """A number as people write it; as it was given where it is none."""
    try:
        return format_number(parse(phone), PhoneNumberFormat.INTERNATIONAL)
    except NumberParseException:
        return phone


@lru_cache(maxsize=500)
def _brand(name: str, accent: str, email: str, phone: str, hours: str, logo: Logo | None) -> Brand:
    return Brand(name, style(*colors(accent)), email, phone, spoken_number(phone), hours, logo)


def _logo(said: object) -> Logo | None:
    if not isinstance(said, dict):
        return None
    return Logo(f"/brand/{said['name']}.png", max(said["width"] // 2, 1), max(said["height"] // 2, 1))


def brand_of(name: str, said: dict[str, object]) -> Brand:
    """The brand of a shipper from what it said: color, support_email, support_phone, support_hours, logo."""
    texts = (str(said.get(key) or "") for key in ("color", "support_email", "support_phone", "support_hours"))
    return _brand(name, *texts, _logo(said.get("logo")))
