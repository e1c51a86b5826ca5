"""Every message as its reader sees it. Changed on purpose: `UPDATE_SNAPSHOTS=1 pytest tests/messages`."""

import html
import os
import re
from pathlib import Path

import pytest

from notifications.message import Channel
from notifications.notice import Notice
from notifications.render import REPLY_VALUES
from tests.messages import longest
from tests.messages.samples import LANGUAGES, LINK, NOON, RENDERER, written

FOLDER = Path(__file__).parent / "snapshots"
EVERY = [(language, notice) for language in LANGUAGES for notice in Notice]


def shown(language: str, notice: Notice) -> str:
    """A message in both forms, for a person to read."""
    sms = written(notice, Channel.SMS, language)
    mail = written(notice, Channel.EMAIL, language)
    return (
        f"SMS ({len(sms.text)} characters, {sms.segments} segment)\n\n{sms.text}\n\n\n"
        f"EMAIL\n\nSubject: {mail.subject}\nPreview: {preview(mail.html)}\n\n{mail.text}"
    )


def preview(page: str) -> str:
    """What an inbox shows beside the subject."""
    hidden = re.search(r'<div class="preview"[^>]*>([^<]*)</div>', page)
    assert hidden, "no preview"
    return " ".join(html.unescape(hidden[1]).split())


def answers(language: str) -> str:
    """Every answer to a text, for a person to read."""
    words, at = RENDERER.words(language), longest.day(language)
    values = {
        "link": LINK,
        "code": "380751",
        "window": longest.window(language, at),
        "choices": f"1 {longest.window(language, NOON)}, 2 {longest.window(language, at)}",
        "wish": words["changes"]["neighbor"],
        "handed": words["handed"]["neighbor"],
    }
    exactly = {"reply_confirm": {"wish": f"{values['wish']} (Meyer, 12)"}}
    said = {
        name: RENDERER.reply(name, language, "Fern & Kettle", **(values | exactly.get(name, {}))).text
        for name in REPLY_VALUES
    }
    return "\n\n".join(f"{name}\n{text}" for name, text in said.items()) + "\n"


def several(language: str) -> str:
    """How a message counts parcels: one, two, five and twenty-two take the forms that languages have."""
    said = [
        written(Notice.OUT_FOR_DELIVERY, Channel.EMAIL, language, parcels=parcels)
        for parcels in (1, 2, 5, 22)
    ]
    return "\n\n".join(f"{mail.subject}\n{mail.text.partition(chr(10) * 2)[0]}" for mail in said) + "\n"


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_the_message_reads_as_reviewed(language, notice):
    assert_reviewed(language, notice.value, shown(language, notice))


@pytest.mark.parametrize("language", LANGUAGES)
def test_answers_read_as_reviewed(language):
    assert_reviewed(language, "replies", answers(language))


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_parcels_are_counted_as_reviewed(language):
    assert_reviewed(language, "several_parcels", several(language))


def assert_reviewed(language: str, name: str, now_reads: str) -> None:
    file = FOLDER / language / f"{name}.txt"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now_reads, encoding="utf-8")
    assert file.is_file(), "a new message: review it with UPDATE_SNAPSHOTS=1"
    assert file.read_text(encoding="utf-8") == now_reads


def test_no_snapshot_is_left_of_a_message_that_is_gone():
    left = {(file.parent.name, file.stem) for file in FOLDER.glob("*/*.txt")}
    names = [*(notice.value for notice in Notice), "replies", "several_parcels"]
    assert left == {(language, name) for language in LANGUAGES for name in names}
