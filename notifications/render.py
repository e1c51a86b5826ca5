"""Words for a notice: templates and word lists by language, compiled once, and times as people say them."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined, Template, select_autoescape
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.calendar import Visit, calendar
from notifications.context import context_of, preview, small_print
from notifications.message import Channel
from notifications.notice import Facts, Notice
from notifications.phrases import phrases
from notifications.sms_text import one_line, one_stop, plain, segments
from notifications.wording import OURS_ALONE, Part, Wordings, as_email, own_words

# Compiled templates of shippers that are kept at hand.
MOST_OWNED = 2000

# What an answer to a text may name beside the shipper. A language may leave one out, but never name another.
REPLY_VALUES = {
    "reply_stop": (),
    "reply_start": (),
    "reply_help": (),
    "reply_where": ("window", "link"),
    "reply_where_unknown": ("link",),
    "reply_where_done": ("handed", "link"),
    "reply_where_else": ("link",),
    "reply_confirm": ("wish", "code", "link"),
    "reply_choose": ("choices", "link"),
    "reply_neighbor": ("link",),
    "reply_several": ("link",),
    "reply_asked": ("wish", "link"),
    "reply_neighbor_first": ("link",),
    "reply_next_door": ("link",),
    "reply_undone": ("link",),
    "reply_nothing_to_undo": ("link",),
    "reply_not_possible": ("link",),
    "reply_wrong_code": ("link",),
    "reply_not_understood": ("link",),
    "reply_no_delivery": (),
}

# Emails that tell when we come, and carry it for the calendar.
TELL_WHEN = {
    Notice.WINDOW_PROMISED,
    Notice.REMINDER,
    Notice.OUT_FOR_DELIVERY,
    Notice.DELAYED,
    Notice.CHANGE_ACCEPTED,
}


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one message; `language` is the one that was found.

    `segments` are those of an SMS, `calendar` is the .ics of an email that tells a window.
    """

    language: str
    text: str
    subject: str = ""
    html: str = ""
    segments: int = 0
    calendar: str = ""


class Renderer:
    """Renders from `folder`: `base.*`, `<language>/words.toml`, `<language>/<notice>/{sms,subject,email}.*`.

    The environment is sandboxed, escapes HTML and refuses undefined names. A language falls back by its tag
    (`de-CH` to `de`), then to `default`.
    """

    def __init__(self, folder: Path, default: str = "en") -> None:
        self.folder = folder
        self.default = default
        self.environment = ImmutableSandboxedEnvironment(
            loader=FileSystemLoader(folder),
            autoescape=select_autoescape(["html"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            cache_size=-1,
        )
        self._words: dict[str, dict[str, Any]] = {}
        self._templates: dict[str, Template] = {}
        self._owned: dict[tuple[str, str], Template] = {}

    @cached_property
    def languages(self) -> frozenset[str]:
        """The languages that have a word list."""
        return frozenset(path.parent.name for path in self.folder.glob("*/words.toml"))

    def language(self, wished: str) -> str:
        """The language to speak to somebody who wishes for a BCP 47 tag."""
        parts = wished.replace("_", "-").split("-")
        chain = ("-".join(parts[:length]) for length in range(len(parts), 0, -1))
        return next((tag for tag in chain if tag in self.languages), self.default)

    def render(
        self,
        notice: str,
        channel: Channel,
        language: str,
        facts: Facts,
        at: datetime,
        wordings: Wordings = OURS_ALONE,
    ) -> Rendered:
        """The words of `notice` for a message that leaves at `at`; "today" is the door's day then.

        `wordings` are the shipper's own words, by language, notice and part.
        """
        spoken = self.language(language)
        own = own_words(wordings, spoken, notice)
        context = context_of(facts, spoken, language, self.words(spoken), at)
        folder = f"{spoken}/{notice}"
        if channel is Channel.SMS:
            text = plain(self._said(f"{folder}/sms.txt", context, own.get(Part.SMS)))
            return Rendered(spoken, text, segments=segments(text))
        context |= small_print(context)
        text = self._said(f"{folder}/email.txt", context, as_email(own, f"{folder}/email.txt")).strip() + "\n"
        context["preview"] = preview(text)
        return Rendered(
            spoken,
            text=text,
            subject=one_line(self._said(f"{folder}/subject.txt", context, own.get(Part.SUBJECT))),
            html=self._said(f"{folder}/email.html", context, as_email(own, f"{folder}/email.html")),
            calendar=self._calendar(facts, spoken, at) if notice in TELL_WHEN else "",
        )

    def reply(self, name: str, language: str, shipper: str, **values: object) -> Rendered:
        """The answer to a text, from the word list's `replies`; `REPLY_VALUES` says what each may name."""
        spoken = self.language(language)
        given = _Given({key: one_line(str(value)) for key, value in values.items()})
        given["shipper"] = one_line(shipper)
        text = plain(one_stop(self.words(spoken)["replies"][name] % given))
        return Rendered(spoken, text, segments=segments(text))

    def window(self, language: str, start: datetime, end: datetime, timezone: str, at: datetime) -> str:
        """From when to when, as a message in this language that leaves at `at` would say it."""
        spoken = self.language(language)
        return phrases(spoken, language, timezone).window(start, end, at, self.words(spoken)["today"])

    def visit_words(self, language: str, shipper: str) -> tuple[str, str]:
        """Title and note of a visit in somebody's calendar."""
        words = self.words(self.language(language))["calendar"]
        return words["title"] % {"shipper": one_line(shipper)}, words["note"]

    def _calendar(self, facts: Facts, spoken: str, at: datetime) -> str:
        if not (facts.calendar_uid and facts.window_start and facts.window_end):
            return ""
        if facts.change_kind and facts.change_kind != "new_window":
            return ""
        title, note = self.visit_words(spoken, facts.shipper)
        times = facts.window_start, facts.window_end, at
        uid, zone = facts.calendar_uid, facts.timezone
        return calendar(Visit(uid, facts.revision, *times, facts.link, title, note, zone=zone))

    def words(self, language: str) -> Mapping[str, Any]:
        """The word list of a language that exists."""
        if language not in self._words:
            text = (self.folder / language / "words.toml").read_text(encoding="utf-8")
            self._words[language] = tomllib.loads(text)
        return self._words[language]

    def _said(self, name: str, context: Mapping[str, Any], own: str | None = None) -> str:
        """What our template `name` says, or the shipper's `own` in its place."""
        template = self._template(name) if own is None else self._own(own, name)
        return one_stop(template.render(context))

    def _own(self, source: str, name: str) -> Template:
        """A shipper's template, escaped as the file it stands for."""
        kept = self._owned.get((source, name))
        if kept is None:
            if len(self._owned) >= MOST_OWNED:
                self._owned.clear()
            code = self.environment.compile(source, name)
            kept = Template.from_code(self.environment, code, self.environment.make_globals(None))
            self._owned[source, name] = kept
        return kept

    def _template(self, name: str) -> Template:
        if name not in self._templates:
            self._templates[name] = self.environment.get_template(name)
        return self._templates[name]


class _Given(dict[str, str]):
    """What a reply may name. The tests see to it that nothing else is named; a person gets no error."""

    def __missing__(self, name: str) -> str:
        return ""
