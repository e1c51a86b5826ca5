"""Every message as its reader sees it. Changed on purpose: `UPDATE_SNAPSHOTS=1 pytest tests/messages`."""

import os
from pathlib import Path

import pytest

from notifications.message import Channel
from notifications.notice import Notice
from tests.messages.samples import LANGUAGES, written

FOLDER = Path(__file__).parent / "snapshots"
EVERY = [(language, notice) for language in LANGUAGES for notice in Notice]


def shown(language: str, notice: Notice) -> str:
    """A message in both forms, for a person to read."""
    sms = written(notice, Channel.SMS, language)
    mail = written(notice, Channel.EMAIL, language)
    return (
        f"SMS ({len(sms.text)} characters, {sms.segments} segment)\n\n{sms.text}\n\n\n"
        f"EMAIL\n\nSubject: {mail.subject}\n\n{mail.text}"
    )


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_the_message_reads_as_reviewed(language, notice):
    file = FOLDER / language / f"{notice}.txt"
    now_reads = shown(language, notice)
    if os.environ.get("UPDATE_SNAPSHOTS"):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(now_reads, encoding="utf-8")
    assert file.is_file(), "a new message: review it with UPDATE_SNAPSHOTS=1"
    assert file.read_text(encoding="utf-8") == now_reads


def test_no_snapshot_is_left_of_a_message_that_is_gone():
    left = {(file.parent.name, file.stem) for file in FOLDER.glob("*/*.txt")}
    assert left == {(language, notice.value) for language, notice in EVERY}
