"""Every notice has its words in every language."""

from notifications.notice import Notice
from tests.house.files import PROJECT

MESSAGES = PROJECT / "templates" / "messages"
FILES = ("sms.txt", "subject.txt", "email.txt", "email.html")


def languages() -> list[str]:
    return sorted(folder.name for folder in MESSAGES.iterdir() if folder.is_dir())


def test_english_and_german_are_there():
    assert {"de", "en"} <= set(languages())


def test_every_notice_has_every_language():
    wanted = [
        MESSAGES / language / notice / file for language in languages() for notice in Notice for file in FILES
    ]
    assert [str(path.relative_to(MESSAGES)) for path in wanted if not path.is_file()] == []


def test_no_words_are_left_over_from_a_notice_that_is_gone():
    known = {notice.value for notice in Notice}
    folders = {
        folder.name
        for language in languages()
        for folder in (MESSAGES / language).iterdir()
        if folder.is_dir()
    }
    assert folders <= known
