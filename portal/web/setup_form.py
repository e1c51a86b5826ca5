"""Forms of set-up: fields from a table, what was typed and what is stored, and what somebody else changed meanwhile."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from werkzeug.datastructures import MultiDict

from portal.flows.operate_terms import Wrong
from portal.web.clean import clean_line, clean_text
from portal.web.setup_pages import sentence

LONGEST_TYPED = 20_000


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is text, email, tel, url, number, color, datetime-local, area, select, many, yes.

    `choices` are (value, words) of a select, or of the boxes of `many`; `usual` is said where it stays empty,
    `heading` stands above.
    """

    name: str
    label: str
    kind: str = "text"
    hint: str = ""
    longest: int = 200
    choices: tuple[tuple[str, str], ...] = ()
    usual: str = ""
    least: str = ""
    most: str = ""
    needed: bool = False
    fixed: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """A field that somebody else changed while this one was typing."""

    label: str
    was: str
    now: str


@dataclass(slots=True)
class Sheet:
    """A form with its words: what was typed, what was stored when it was opened, and what is wrong with it."""

    fields: Sequence[Field]
    typed: dict[str, str]
    was: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)
    moved: list[Moved] = field(default_factory=list)

    def refuse(self, wrong: Wrong) -> None:
        """Show these sentences beside their fields; one that belongs to none stands above."""
        names = {one.name for one in self.fields}
        for name, text in wrong.fields.items():
            self.wrong[name if name in names else ""] = sentence(text)

    def overtaken(self, stored: Mapping[str, str]) -> bool:
        """Whether somebody changed what is stored since this was opened.

        What they changed is then taken into the form, but where this one typed something else; both see it.
        """
        for one in self.fields:
            was, now = self.was.get(one.name, ""), stored.get(one.name, "")
            if was != now:
                self.moved.append(Moved(one.label, was, now))
                if self.typed.get(one.name, "") == was:
                    self.typed[one.name] = now
        self.was = {one.name: stored.get(one.name, "") for one in self.fields}
        return bool(self.moved)

    def changed(self) -> dict[str, str]:
        """What was typed otherwise than it is stored."""
        return {name: text for name, text in self.typed.items() if text != self.was.get(name, "")}


def headed(heading: str, *fields: Field) -> tuple[Field, ...]:
    """These fields under a heading."""
    return (replace(fields[0], heading=heading), *fields[1:])


def opened(fields: Sequence[Field], stored: Mapping[str, str]) -> Sheet:
    """A form as it is opened."""
    words = {one.name: stored.get(one.name, "") for one in fields}
    return Sheet(fields, dict(words), words)


def sent(fields: Sequence[Field], form: MultiDict[str, str]) -> Sheet:
    """A form as it was sent."""
    typed = {one.name: _typed(one, form) for one in fields}
    was = {one.name: _plain(form.get(f"was-{one.name}", "")) for one in fields}
    return Sheet(fields, typed, was)


def _typed(one: Field, form: MultiDict[str, str]) -> str:
    if one.kind == "many":
        known = {value for value, _ in one.choices}
        return " ".join(value for value in form.getlist(one.name) if value in known)
    text = form.get(one.name, "")[:LONGEST_TYPED]
    return _plain(text) if one.kind == "area" else clean_line(text)


def _plain(text: str) -> str:
    return clean_text(text[:LONGEST_TYPED])
