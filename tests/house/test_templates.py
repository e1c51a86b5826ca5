"""Every field of a template is escaped, and no page needs what the security policy forbids."""

import re
from pathlib import Path

from tests.house.files import PROJECT, listed, python

# what goes out unescaped, and why it may: path -> reason
UNESCAPED = {
    "portal/web/qr.py": "a QR code's squares; what it says is not among them",
    "portal/web/brand.py": "a brand's colors, each checked to be #rrggbb",
    "portal/web/language.py": "the list of languages, whose fields are escaped as they are put in",
    "portal/web/demo_post.py": "links around addresses in the demo's texts; address and text are escaped",
}
TEMPLATES = [path for path in listed() if path.parts[0] == "templates" and path.suffix == ".html"]
PAGES = [path for path in TEMPLATES if "messages" not in path.parts]

RAW = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "a javascript link": re.compile(r"javascript:", re.I),
    "a script without file or nonce": re.compile(r"<script(?![^>]*\s(src|nonce)=)", re.I),
    "a style without nonce": re.compile(r"<style(?![^>]*\snonce=)", re.I),
}
ELSEWHERE = re.compile(r"""(src|srcset|action|href)\s*=\s*["'](https?:)?//""", re.I)


def test_every_field_is_escaped():
    assert {str(path) for path in TEMPLATES if RAW.search(text(path))} <= set(UNESCAPED)


def test_no_code_declares_markup_safe_by_itself():
    loud = {str(path) for path in python("portal", "notifications") if re.search(r"\bMarkup\(", text(path))}
    assert loud <= set(UNESCAPED)


def test_no_page_has_anything_inline():
    found = {
        (str(path), name) for path in PAGES for name, shape in INLINE.items() if shape.search(text(path))
    }
    assert found == set()


def test_no_page_names_another_host():
    assert {str(path) for path in PAGES if ELSEWHERE.search(text(path))} == set()


def text(path: Path) -> str:
    return (PROJECT / path).read_text(encoding="utf-8")
