"""A paper with our fonts, page numbers and any letters that people write; what a font lacks is shown as a box."""

import logging
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import cast

from fpdf import FPDF
from fpdf.bidi import BidiParagraph
from fpdf.fonts import TTFFont

# The subsetter tells at length what it leaves out.
logging.getLogger("fontTools").setLevel(logging.WARNING)

FONTS = Path(__file__).parent.parent / "static" / "vendor" / "dejavu-2.37"
FACES = {"": "DejaVuSans.ttf", "B": "DejaVuSans-Bold.ttf"}
BOX = "\u25a1"
RIGHT_TO_LEFT = {"R", "AL"}
MARGIN_MM, FOOT_MM = 18, 15
INK, QUIET = (26, 26, 26), (95, 95, 95)


class Paper(FPDF):
    """A4, numbered below. Lengths are in mm, sizes of letters in points."""

    def __init__(self, title: str, subject: str, at: datetime) -> None:
        super().__init__(format="A4")
        self.heading = title
        for style, name in FACES.items():
            self.add_font("text", style, FONTS / name)
        self.set_margins(MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, MARGIN_MM + FOOT_MM)
        self.set_lang("en")
        self.set_font("text", "", 10)
        self.set_title(self.known(title))
        self.set_subject(self.known(subject))
        self.set_creator("Doorstep")
        self.set_producer("Doorstep")
        self.set_creation_date(at)

    def footer(self) -> None:
        """What stands below each page: what it is, and which of how many."""
        self.set_y(-FOOT_MM)
        self.set_font("text", "", 8)
        self.set_text_color(*QUIET)
        half = self.epw / 2
        self.cell(half, 5, self._fitting(self.heading, half))
        self.cell(half, 5, f"Page {self.page_no()} of {{nb}}", align="R")

    def says(
        self, text: str, size: float = 10, *, bold: bool = False, quiet: bool = False, indent: float = 0
    ) -> None:
        """One paragraph, or several with line breaks between; each line is read in its own direction."""
        self.set_font("text", "B" if bold else "", size)
        self.set_text_color(*(QUIET if quiet else INK))
        self.set_x(self.l_margin + indent)
        width, height = self.epw - indent, size * 0.5
        for line in self._wrapped(self.known(text), width):
            self.set_x(self.l_margin + indent)
            self.cell(width, height, _in_reading_order(line), new_x="LMARGIN", new_y="NEXT")

    def _wrapped(self, text: str, width: float) -> Iterator[str]:
        """The text in lines that fit; the library's own way measures a line anew at each letter, seconds a paper."""
        face = cast(TTFFont, self.current_font)
        room = width * 1000 / self.font_size - 2 * self.c_margin * 1000 / self.font_size
        for paragraph in text.split("\n"):
            yield from wrapped(paragraph, lambda char: face.cw[ord(char)], room)

    def keep_together(self, height: float) -> None:
        """Go on on the next page unless so much room is left."""
        if self.will_page_break(height):
            self.add_page()

    def known(self, text: str) -> str:
        """The text in letters that the font has; line breaks stay, and nothing that only directs."""
        has = cast(TTFFont, self.fonts["text"]).cmap
        return "".join(
            char if char == "\n" or ord(char) in has else BOX
            for char in unicodedata.normalize("NFC", text.replace("\t", " "))
            if char == "\n" or unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Mn", "Me")
        )

    def _fitting(self, text: str, width: float) -> str:
        text = _in_reading_order(self.known(text).replace("\n", " "))[:200]
        while text and self.get_string_width(text) > width:
            text = text[:-1]
        return text


def wrapped(paragraph: str, wide: Callable[[str], float], room: float) -> Iterator[str]:
    """A paragraph's lines, none wider than `room`; a word that is wider than a line is parted."""
    line, filled = "", 0.0
    for word in _pieces(paragraph.split(" "), wide, room):
        takes = sum(map(wide, word)) + (wide(" ") if line else 0)
        if line and filled + takes > room:
            yield line
            line, filled, takes = "", 0.0, sum(map(wide, word))
        line, filled = f"{line} {word}" if line else word, filled + takes
    yield line


def _pieces(words: Iterable[str], wide: Callable[[str], float], room: float) -> Iterator[str]:
    for word in words:
        start, filled = 0, 0.0
        for place, char in enumerate(word):
            if filled + wide(char) > room:
                yield word[start:place]
                start, filled = place, 0.0
            filled += wide(char)
        yield word[start:]


def _in_reading_order(line: str) -> str:
    if not any(unicodedata.bidirectional(char) in RIGHT_TO_LEFT for char in line):
        return line
    return BidiParagraph(line).get_reordered_string()
