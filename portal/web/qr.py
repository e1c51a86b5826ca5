"""QR codes as drawings in the page itself: nobody else is told what they say."""

import segno
from markupsafe import Markup

# the drawing takes its size from the page's own style
QUIET = 2


def drawing(text: str) -> Markup:
    """The QR code of a text as an inline SVG without style of its own, dark on light whatever the page's colors."""
    code = segno.make(text, error="m", micro=False)
    svg = code.svg_inline(
        border=QUIET,
        dark="#000000",
        light="#ffffff",
        omitsize=True,
        title="QR code of the key",
        svgclass="qr",
        lineclass=None,
    )
    return Markup(svg)
