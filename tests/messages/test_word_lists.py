"""Word lists of messages: the same names in every language, only what they are given, nothing that sounds of fraud."""

import re
import tomllib

import pytest

from notifications.fraud_words import FORBIDDEN, fraudulent
from notifications.notice import Notice
from notifications.render import REPLY_VALUES
from notifications.sms_text import plain
from portal.domain.events import Reason
from tests.messages.longest import HOWS, KINDS
from tests.messages.samples import FOLDER, LANGUAGES

REPLIES = [(language, name) for language in LANGUAGES for name in REPLY_VALUES]
URL = re.compile(r"https?://")
NAMED = re.compile(r"%\((\w+)\)s")
# the names that words outside the replies are given
GIVEN = {
    "why": {"shipper"},
    "several": {"parcels"},
    "calendar.title": {"shipper"},
    **{f"parcels.{form}": {"count"} for form in ("one", "few", "many", "other")},
}


# what a cheat would write
BAIT = {
    "en": "Urgent: pay the fee immediately, click to verify and win a prize",
    "de": "Dringend: Gebühr sofort bezahlen, klicken, verifizieren, gewinnen",
    "es": "Urgente: pague la tasa inmediatamente, clic para verificar, premio gratis",
    "fr": "Urgent: payez les frais immédiatement, cliquez pour vérifier, cadeau gratuit",
    "nl": "Dringend: betaal de kosten onmiddellijk, klik, verifieer, win een prijs",
    "pl": "Pilne: zapłać opłatę natychmiast, kliknij, zweryfikuj, wygraj nagrodę",
    "tr": "Acil: ücreti hemen ödeyin, tıklayın, doğrulayın, ödül kazanın",
}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_files(language):
    names = {path.relative_to(FOLDER / "en") for path in (FOLDER / "en").rglob("*") if path.is_file()}
    found = {path.relative_to(FOLDER / language) for path in (FOLDER / language).rglob("*") if path.is_file()}
    assert found == names
    assert {path.parts[0] for path in names} - {"words.toml"} == {notice.value for notice in Notice}


@pytest.mark.parametrize(("language", "name"), REPLIES)
def test_an_answer_names_what_it_is_given_and_at_most_one_link(language, name):
    words = word_list(language)["replies"][name]
    assert words.startswith("%(shipper)s: ")
    assert set(NAMED.findall(words)) <= {"shipper", *REPLY_VALUES[name]}
    assert words.count("%(link)s") <= 1 and not URL.search(words)
    assert "%" not in NAMED.sub("", words)


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_name_what_they_are_given(language):
    for name, words in flat(word_list(language)):
        if not name.startswith("replies."):
            assert set(NAMED.findall(words)) <= GIVEN.get(name, set()), name
            assert "%" not in NAMED.sub("", words), name
            assert words.strip() == words != "", name


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_of_a_list_sounds_like_fraud(language):
    for name, words in flat(word_list(language)):
        for form in (words, plain(words)):
            assert fraudulent(language).search(form) is None, (name, form)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_cheat_would_write_is_found(language):
    for form in (BAIT[language], plain(BAIT[language])):
        assert len(fraudulent(language).findall(form)) >= 5, form
    assert set(FORBIDDEN) == set(BAIT) == set(LANGUAGES)


def test_every_language_has_the_same_words():
    shapes = {language: shape(word_list(language)) for language in LANGUAGES}
    assert all(found == shapes["en"] for found in shapes.values())


def test_what_dispatch_can_say_has_words():
    english = word_list("en")
    assert set(english["handed"]) == {*HOWS, "nobody"}
    assert set(english["changes"]) == set(KINDS)
    assert set(english["reasons"]) <= {reason.value for reason in Reason}
    assert set(english["replies"]) == set(REPLY_VALUES)


def word_list(language):
    return tomllib.loads((FOLDER / language / "words.toml").read_text(encoding="utf-8"))


def flat(words, before=""):
    """Every sentence of a word list with its dotted name."""
    for name, value in words.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def shape(value):
    return {name: shape(inner) for name, inner in value.items()} if isinstance(value, dict) else None
