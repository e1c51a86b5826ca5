"""Reads an answer as a browser or a spreadsheet would, and says what in it somebody else could have put there."""

import csv
import io
import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from tests.faults.hostile import MARK

URLS = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href"}
RUNS = {
    "object",
    "embed",
    "base",
    "applet",
    "frame",
    "frameset",
    "marquee",
    "foreignobject",
    "animate",
    "set",
}
SAFE_SCHEMES = {"", "http", "https", "mailto", "tel", "sms", "data", "webcal"}
FORMULA = "=+-@|%＝＋－＠\t\r"


@dataclass
class Field:
    """One thing a form asks for."""

    tag: str
    kind: str
    name: str
    value: str
    choices: list[str] = field(default_factory=list)


@dataclass
class Form:
    """A form of a page."""

    action: str
    method: str
    fields: list[Field] = field(default_factory=list)


class Page(HTMLParser):
    """A page taken apart: `wrong` is what no page of ours holds, `forms` and `links` are what it leads to."""

    def __init__(self, html: str, mail: bool = False) -> None:
        super().__init__(convert_charrefs=True)
        self.mail = mail
        self.wrong: list[str] = []
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._form: Form | None = None
        self._script = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """One element: nothing that runs, no address that is a script."""
        told = {name.lower(): value or "" for name, value in attrs}
        if tag in RUNS or MARK in tag:
            self.wrong.append(f"<{tag}>")
        if tag == "script":
            self._script = True
            known = told.get("src") or told.get("nonce") or told.get("type") == "application/json"
            if not known:
                self.wrong.append("a script that is not ours")
        if tag == "style" and not self.mail and not told.get("nonce"):
            self.wrong.append("a style in the page")
        if tag == "meta" and told.get("http-equiv", "").lower() == "refresh":
            self.wrong.append("a page that leads on by itself")
        for name, value in told.items():
            if name.startswith("on") or MARK in name or (name in ("style", "srcdoc") and not self.mail):
                self.wrong.append(f"<{tag} {name}>")
            scheme = value.strip().partition(":")[0].lower() if ":" in value else ""
            if name in URLS and scheme.isalpha() and scheme not in SAFE_SCHEMES:
                self.wrong.append(f"<{tag} {name}={value[:40]}>")
        self._gather(tag, told)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """`<br/>` and the like."""
        self.handle_starttag(tag, attrs)
        self._script = False

    def handle_endtag(self, tag: str) -> None:
        """A form or a script ends."""
        if tag == "form":
            self._form = None
        if tag == "script":
            self._script = False

    def handle_data(self, data: str) -> None:
        """Words; inside a script none of ours has somebody's."""
        if self._script and f"{MARK}(" in data and "<" in data:
            self.wrong.append("somebody's words inside a script")

    def _gather(self, tag: str, told: dict[str, str]) -> None:
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        elif tag == "form":
            self._form = Form(told.get("action", ""), told.get("method", "get").lower())
            self.forms.append(self._form)
        elif self._form is not None and tag in ("input", "textarea", "select", "button") and told.get("name"):
            kind = told.get("type", "text" if tag == "input" else tag)
            self._form.fields.append(Field(tag, kind.lower(), told["name"], told.get("value", "")))
        elif tag == "option" and self._form is not None and self._form.fields and told.get("value"):
            self._form.fields[-1].choices.append(told["value"])


def wrong_with(status: int, kind: str, body: bytes, where: str) -> list[str]:
    """What is wrong with an answer; empty is good."""
    if status >= 500:
        return [f"{where}: {status}"]
    text = body.decode("utf-8", "replace")
    if kind.startswith("text/html"):
        return [f"{where}: {one}" for one in Page(text).wrong]
    if kind.startswith("text/csv"):
        return [f"{where}: formula {cell[:20]!r}" for cell in _cells(text) if _is_formula(cell)]
    if "json" in kind:
        json.loads(text)
    elif kind.startswith("application/pdf"):
        return [
            f"{where}: {one}"
            for one in ("/JavaScript", "/JS", "/Launch", "/EmbeddedFile")
            if one.encode() in body
        ]
    elif kind.startswith("image/svg"):
        return [f"{where}: {one}" for one in Page(text).wrong]
    return []


def _cells(text: str) -> list[str]:
    return [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"))) for cell in row]


def _is_formula(cell: str) -> bool:
    plain = "".join(char for char in cell if char.isprintable()).lstrip()
    return bool(plain) and plain[0] in FORMULA and not plain.lstrip("-+").replace(".", "", 1).isdigit()


def same_house(link: str) -> str:
    """The path and query of a link of ours; empty for any other."""
    parts = urlsplit(link)
    if parts.scheme not in ("", "http", "https") or (
        parts.netloc and not parts.netloc.startswith(("localhost", "127."))
    ):
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")
