"""STOP, START and HELP, as people in seven languages write them."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.keywords import KNOWN, OF_CARRIER, PHRASES, SISTERS, folded, is_yes, reserved
from notifications.receipts import Keyword
from portal.domain.reply_words import TABLES, Concept

STOP, START, HELP = Keyword.STOP, Keyword.START, Keyword.HELP


def meant(text: str) -> Keyword | None:
    found = reserved(text)
    return found.keyword if found else None


@pytest.mark.parametrize(
    "word",
    ["STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "stop", " Stop \n"],
)
def test_twilio_obeys_and_answers_its_own_words(word):
    found = reserved(word)
    assert found is not None
    assert (found.keyword, found.answered_by_carrier) == (STOP, True)


@pytest.mark.parametrize(
    ("word", "keyword"),
    [
        ("Stopp", STOP),
        ("Abmelden!", STOP),
        ("aufhoeren", STOP),
        ("PARAR", STOP),
        ("¡Baja!", STOP),
        ("arrêt", STOP),
        ("ARRET", STOP),
        ("Désabonner", STOP),
        ("STÓJ", STOP),
        ("wypisz", STOP),
        ("stoppen", STOP),
        ("Uitschrijven.", STOP),
        ("iptal", STOP),
        ("İPTAL", STOP),
        ("IPTAL", STOP),
        ("ıptal", STOP),
        ("durdur", STOP),
        ("wznów", START),
        ("BAŞLAT", START),
        ("Hilfe?", HELP),
        ("ayuda", HELP),
        ("aide", HELP),
        ("pomoc", HELP),
        ("hulp", HELP),
        ("yardım", HELP),
        ("YARDIM", HELP),
    ],
)
def test_their_sisters_are_ours_to_answer(word, keyword):
    found = reserved(word)
    assert found is not None
    assert (found.keyword, found.answered_by_carrier) == (keyword, False)


@pytest.mark.parametrize(
    "text",
    [
        "STOP.",
        "«STOP»",
        '"stop"',
        "\u201eStop\u201c",
        "ST\u200bOP",
        "\ufeffSTOP\u200d",
        "\u2066stop\u2069",
        "\u00a0stop\u00a0",
        "stop!!!",
        "(stop)",
        "ＳＴＯＰ",
        "STOP 👍",
        "opt-out",
        "Opt out",
        "stop all",
        "Please stop!",
    ],
)
def test_what_people_put_around_a_word_makes_no_difference(text):
    assert meant(text) is STOP


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        ".",
        "\u200b",
        "stop at the neighbor",
        "please do not stop",
        "I want to cancel",
        "S T O P",
        "stopper",
        "end of the street",
        "help me find it",
        "1",
        "yes",
        "ok",
        "ja",
        "sí",
        "evet",
        "STOP" * 20,
        "x" * 100_000,
        "ЅТОР",
    ],
)
def test_anything_else_is_no_keyword(text):
    assert reserved(text) is None


@pytest.mark.parametrize("text", ["YES", "yes", " Yes. ", "y\u200bes"])
def test_yes_is_known_apart(text):
    assert is_yes(text)
    assert reserved(text) is None


@pytest.mark.parametrize("text", ["yes please", "ok", "ja", "si", "👍", ""])
def test_only_the_one_word_is_twilios_yes(text):
    assert not is_yes(text)


def test_every_language_can_stop_and_ask_for_help():
    by_hand = {"de": "STOPP", "es": "PARAR", "fr": "ARRET", "pl": "STOJ", "nl": "STOPPEN", "tr": "DUR"}
    assert set(by_hand) | {"en"} == set(TABLES)
    assert {KNOWN[word] for word in by_hand.values()} == {STOP}


def test_no_word_has_two_meanings():
    listed = [
        folded(word) for table in (OF_CARRIER, SISTERS) for words in table.values() for word in words.split()
    ]
    listed += [folded(phrase) for phrases in PHRASES.values() for phrase in phrases]
    assert len(listed) == len(set(listed))


def test_no_word_that_stops_is_a_yes_or_a_way_to_take_back_a_change():
    # "cancel" alone stops at Twilio whatever we think of it, and "iptal" is what Turkish texts ask for to stop them
    taken = {
        folded(phrase)
        for table in TABLES.values()
        for concept in (Concept.YES, Concept.UNDO, Concept.WHERE, Concept.TOMORROW)
        for phrase in re.split(r",\s*", " ".join(table.get(concept, "").split()))
    }
    assert taken & KNOWN.keys() <= {"CANCEL", "IPTAL"}


@given(st.text(max_size=80))
def test_nothing_that_somebody_sends_breaks_it(text):
    found = reserved(text)
    if found is not None:
        letters = "".join(char for char in unicodedata.normalize("NFKC", text) if char.isalnum())
        assert letters
