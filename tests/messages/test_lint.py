"""What every message must keep, in every language: one segment, plain words, one link, nothing personal."""

import html
import re
import tomllib
from datetime import timedelta

import pytest

from notifications.message import Channel
from notifications.notice import Notice
from notifications.sms_text import is_gsm7
from portal.domain.change import Kind
from portal.domain.events import How, Reason
from tests.messages.samples import FOLDER, HOST, LANGUAGES, LINK, NOON, PREFERENCES, SPECIAL, written

SMS, EMAIL = Channel.SMS, Channel.EMAIL
EVERY = [(language, notice) for language in LANGUAGES for notice in Notice]
URL = re.compile(r"https?://[^\s\"<>)]+")

# words of the people who cheat in our name
FORBIDDEN = {
    "en": r"fees?|pay|paid|payment|urgent\w*|immediately|verify\w*|click\w*|customs charge|free|win",
    "de": r"gebühr\w*|zahl\w*|bezahl\w*|dringend\w*|sofort|verifizier\w*|klick\w*|gratis|gewinn\w*",
}
# where an SMS reads longest; a name of 20 characters is the longest a shipper may have in a text
LONGEST_NAME = "Kettle & Nordlicht Co"[:20]
HOWS = [how.value for how in How]
KINDS = [kind.value for kind in Kind]
INSTANCES = {
    Notice.DELIVERED: [{"how": how} for how in HOWS],
    Notice.CHANGE_ASKED: [{"change_kind": kind} for kind in KINDS],
    Notice.CHANGE_ACCEPTED: [{"change_kind": kind} for kind in KINDS],
    Notice.CHANGE_REFUSED: [{"change_kind": kind} for kind in KINDS],
}


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_text_is_one_segment_at_its_longest(language, notice):
    for more in INSTANCES.get(notice, [{}]):
        # the window is of another day, so that its date is spelled out
        for start in (NOON, NOON.replace(day=30, hour=8)):
            end = start + timedelta(hours=2)
            longest = {"shipper": LONGEST_NAME, "window_start": start, "window_end": end}
            said = written(notice, SMS, language, **(longest | more))
            assert is_gsm7(said.text), said.text
            assert said.segments == 1, f"{len(said.text)} characters: {said.text}"


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_text_begins_with_the_brand(language, notice):
    assert written(notice, SMS, language).text.startswith("Fern & Kettle")


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_no_message_sounds_like_fraud(language, notice):
    words = re.compile(rf"\b({FORBIDDEN[language]})\b", re.IGNORECASE)
    mail = written(notice, EMAIL, language)
    for said in (written(notice, SMS, language).text, mail.subject, mail.text):
        assert words.search(URL.sub("", said)) is None, said


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_text_has_one_link_on_our_host_and_a_code_has_none(language, notice):
    found = URL.findall(written(notice, SMS, language).text)
    assert found == ([] if notice is Notice.ONE_TIME_CODE else [LINK])


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_an_email_has_one_button_and_loads_nothing(language, notice):
    mail = written(notice, EMAIL, language)
    links = re.findall(r'href="([^"]+)"', mail.html)
    assert links == ([PREFERENCES] if notice is Notice.ONE_TIME_CODE else [LINK, PREFERENCES])
    assert set(URL.findall(mail.text)) == set(links)
    assert all(f"//{HOST}/" in link for link in links)
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", mail.html)
    assert "prefers-color-scheme: dark" in mail.html
    assert len(mail.html) < 10_000


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_plain_text_says_what_html_says(language, notice):
    mail = written(notice, EMAIL, language)
    body = mail.html.split("</head>", 1)[1]
    seen = html.unescape(re.sub(r"<[^>]+>", " ", body)).split()
    # the brand stands above the headline; in plain text it stands in the subject
    assert " ".join(seen).removeprefix("Fern & Kettle ") == " ".join(bare_words(mail.text))


def bare_words(text):
    """Words without the addresses that HTML hides behind words, and the colon that leads to them."""
    lines = [re.sub(r":\s*$", "", URL.sub("", line)) for line in text.splitlines() if line != "--"]
    return " ".join(lines).split()


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_subject_is_short_enough_for_a_phone_to_show_what_matters(language, notice):
    subject = written(notice, EMAIL, language).subject
    assert subject.startswith("Fern & Kettle")
    assert len(subject) <= 90


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_names_no_neighbor_no_place_and_no_locker(language):
    for notice, special in SPECIAL.items():
        said = written(notice, SMS, language).text
        told = (special.get(name) for name in ("neighbor", "locker", "locker_address"))
        assert not any(value and str(value) in said for value in told)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_is_bound_to_what_it_is_for_and_to_our_host(language):
    said = written(Notice.ONE_TIME_CODE, SMS, language).text
    assert said.splitlines()[-1] == f"@{HOST} #380751"
    assert "380751" in said.splitlines()[0]


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_message_stands_without_anything_that_may_be_missing(language, notice):
    bare = {
        "window_start": None,
        "window_end": None,
        "reason": "unknown",
        "how": "",
        "neighbor": "",
        "locker": "",
        "refusal": "",
        "pickup_until": None,
        "happened_at": None,
        "reference": "",
        "support_email": "",
        "preferences": "",
    }
    for channel in (SMS, EMAIL):
        said = written(notice, channel, language, **bare)
        assert "None" not in said.text
        assert not re.search(r" [,.:;]|\(\)|: *\.", said.text), said.text


def test_every_language_has_the_same_words():
    shapes = {language: shape(word_list(language)) for language in LANGUAGES}
    assert all(found == shapes["en"] for found in shapes.values())


def test_what_dispatch_can_say_has_words():
    english = word_list("en")
    assert set(english["handed"]) == {*HOWS, "nobody"}
    assert set(english["changes"]) == set(KINDS)
    assert set(english["reasons"]) <= {reason.value for reason in Reason}


def word_list(language):
    return tomllib.loads((FOLDER / language / "words.toml").read_text(encoding="utf-8"))


def shape(value):
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else None
