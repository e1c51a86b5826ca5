"""What every message must keep, in every language: one segment, plain words, one link, nothing personal."""

import html
import re
from dataclasses import fields

import pytest

from notifications.fraud_words import FORBIDDEN, fraudulent
from notifications.message import Channel
from notifications.notice import CODES, Facts, Notice
from notifications.phrases import plural
from notifications.render import REPLY_VALUES
from notifications.sms_text import is_gsm7, plain
from tests.messages import longest
from tests.messages.limits import COUNTRIES, IN_A_COUNTRY, TOGETHER
from tests.messages.samples import HOST, LANGUAGES, LINK, PREFERENCES, RENDERER, SPECIAL, written

SMS, EMAIL = Channel.SMS, Channel.EMAIL
# one is typed where it was asked for, the other may reach somebody who is no longer to see the delivery
WITHOUT_A_BUTTON = {*CODES, Notice.CONTACT_CHANGED}
# an agent's own words need the room, and money beside a link looks like fraud
WITHOUT_A_LINK = {*WITHOUT_A_BUTTON, Notice.AGENT_WRITES, Notice.MADE_GOOD}
PRIVATE = ("neighbor", "locker", "locker_address", "refusal")
EVERY = [(language, notice) for language in LANGUAGES for notice in Notice]
URL = re.compile(r"https?://[^\s\"<>)]+")

REPLIES = [(language, name) for language in LANGUAGES for name in REPLY_VALUES]


def test_the_voice_speaks_seven_languages():
    assert LANGUAGES == ["de", "en", "es", "fr", "nl", "pl", "tr"]
    assert set(FORBIDDEN) == set(LANGUAGES)


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_text_is_as_short_as_it_may_be_at_its_longest(language, notice):
    said = longest.text(language, notice)
    assert_fits(said, longest.allowed(language, notice))
    assert longest.text(language, notice, longest.PARCELS).segments <= max(TOGETHER, said.segments)


@pytest.mark.parametrize(("language", "name"), REPLIES)
def test_an_answer_is_as_short_as_it_may_be_at_its_longest(language, name):
    assert_fits(longest.reply(language, name), longest.allowed(language, name))


@pytest.mark.parametrize("tag", COUNTRIES)
def test_no_countrys_habits_make_a_text_much_dearer(tag):
    for notice in Notice:
        said = longest.text(tag, notice)
        assert is_gsm7(said.text), said.text
        assert said.segments <= IN_A_COUNTRY, said.text


def assert_fits(said, allowed):
    found = f"{len(said.text)} characters, {said.segments} segments, allowed {allowed}: {said.text}"
    assert is_gsm7(said.text), f"not in the GSM-7 alphabet: {said.text}"
    assert said.segments == allowed, found


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_text_begins_with_the_brand(language, notice):
    assert written(notice, SMS, language).text.startswith("Fern & Kettle: ")


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_no_message_sounds_like_fraud(language, notice):
    words = fraudulent(language)
    mail = written(notice, EMAIL, language)
    for said in (written(notice, SMS, language).text, mail.subject, mail.text):
        assert words.search(URL.sub("", said)) is None, said


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_a_text_has_one_link_on_our_host_and_a_code_has_none(language, notice):
    found = URL.findall(written(notice, SMS, language).text)
    assert found == ([] if notice in WITHOUT_A_LINK else [LINK])


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_an_email_has_one_button_and_loads_nothing(language, notice):
    mail = written(notice, EMAIL, language)
    links = re.findall(r'href="([^"]+)"', mail.html)
    button = LINK + str(SPECIAL.get(notice, {}).get("page", ""))
    assert links == ([PREFERENCES] if notice in WITHOUT_A_BUTTON else [button, PREFERENCES])
    assert set(URL.findall(mail.text)) == set(links)
    assert all(f"//{HOST}/" in link for link in links)
    assert not re.search(r"<(img|script|link|iframe)|url\(|@import", mail.html)
    assert "prefers-color-scheme: dark" in mail.html
    assert len(mail.html) < 10_000


@pytest.mark.parametrize(("language", "notice"), EVERY)
def test_plain_text_says_what_html_says(language, notice):
    mail = written(notice, EMAIL, language)
    preview, body = mail.html.split("</div>", 1)
    assert "display:none" in preview
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
    assert subject.startswith("Fern & Kettle: ")
    assert len(subject) <= 90


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_text_names_no_neighbor_no_place_and_no_locker(language):
    for notice in Notice:
        said = written(notice, SMS, language, place="By the green door", support_phone="+12025550100").text
        told = [str(SPECIAL.get(notice, {}).get(name, "")) for name in PRIVATE]
        told += ["By the green door", "+12025550100", "FK-1001", "help@fern-kettle.example.com"]
        assert not any(value and value in said for value in told)


def test_words_are_given_nobodys_name_number_or_address():
    assert {field.name for field in fields(Facts)} & {
        "name",
        "phone",
        "email",
        "address",
        "recipient",
    } == set()


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
    # French sets a colon and a semicolon apart from the word before
    close = ",." if language == "fr" else ",.:;"
    for channel in (SMS, EMAIL):
        said = written(notice, channel, language, **bare)
        assert "None" not in said.text
        assert not re.search(rf" [{close}]|\(\)|: *\.", said.text), said.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_of_several_parcels_counts_them_and_one_of_one_does_not(language):
    count = RENDERER.words(language)["parcels"][plural(language, 5)] % {"count": 5}
    for notice in Notice:
        mail = written(notice, EMAIL, language, parcels=5)
        assert written(notice, SMS, language, parcels=5).text.startswith(f"Fern & Kettle ({plain(count)}): ")
        assert mail.subject.startswith(f"Fern & Kettle ({count}): ")
        assert mail.html.count(count) == mail.text.count(count) == 1
        assert plain(count) not in written(notice, SMS, language).text
