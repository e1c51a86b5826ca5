"""Answers to our texts: what is certain is understood, everything else is not."""

import re
import time
import tomllib
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.keywords import reserved
from portal.domain.replies import understand
from portal.domain.reply_intents import (
    Choice,
    Code,
    Expects,
    Locker,
    Neighbor,
    NewWindow,
    NotUnderstood,
    Part,
    Undo,
    Where,
)
from portal.domain.reply_vocabulary import phrases
from portal.domain.reply_words import TABLES, Concept
from tests.domain.sayings import ANOTHER_DAY, MONDAY, SAYINGS
from tests.house.files import PROJECT

ALL = [(language, said) for language, sayings in SAYINGS.items() for said in sayings]
NOTHING = NotUnderstood()


def hear(text, language="en", offered=0, expects=Expects.NOTHING, today=MONDAY):
    return understand(text, language, offered, expects, today)


@pytest.mark.parametrize(("language", "said"), ALL)
def test_what_people_say(language, said):
    assert hear(said, language) == SAYINGS[language][said]


def test_there_are_more_than_two_hundred_sayings_and_negations_in_every_language():
    assert len(ALL) > 300
    for sayings in SAYINGS.values():
        assert sum(meant == NOTHING for meant in sayings.values()) >= 7


@pytest.mark.parametrize(("language", "said"), ALL)
def test_the_recipients_language_is_tried_first_and_no_other_turns_it_into_a_different_wish(language, said):
    meant = SAYINGS[language][said]
    for other in ("it", "xx", "", "de-CH"):
        assert hear(said, other) in (meant, NOTHING) or language == "en"


@pytest.mark.parametrize(
    ("said", "language", "meant"),
    [
        ("tomorrow afternoon please", "de", NewWindow(date(2026, 6, 16), Part.AFTERNOON)),
        ("wo ist mein Paket", "tr", Where()),
        ("paczkomat", "en", Locker()),
        ("vecino 12", "pl", Neighbor("12")),
        ("nicht morgen", "nl", NOTHING),
        ("nie jutro", "de", NOTHING),
        ("no mañana", "en", NOTHING),
    ],
)
def test_other_languages_than_the_recipients_are_understood_too(said, language, meant):
    assert hear(said, language) == meant


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("1", 1),
        ("2.", 2),
        ("2️⃣", 2),
        ("#3", 3),
        ("no. 2", 2),
        ("the second one please", 2),
        ("option 2", 2),
        ("yes, 1", 1),
    ],
)
def test_a_number_chooses_what_was_offered(said, number):
    assert hear(said, offered=3, expects=Expects.CHOICE) == Choice(number)


@pytest.mark.parametrize(
    ("said", "language"),
    [("zwei", "de"), ("la segunda", "es"), ("deux", "fr"), ("twee", "nl"), ("dwa", "pl"), ("iki", "tr")],
)
def test_a_choice_in_words(said, language):
    assert hear(said, language, 3, Expects.CHOICE) == Choice(2)


@pytest.mark.parametrize(
    "said", ["4", "0", "1 or 2", "1 2", "not 2", "no, 2", "12", "2 no", "don't want 1", "1st of July or 2"]
)
def test_a_number_that_was_not_offered_or_not_meant_chooses_nothing(said):
    assert hear(said, offered=3, expects=Expects.CHOICE) == NOTHING


@pytest.mark.parametrize("language", TABLES)
def test_no_word_of_a_wish_stops_all_texts(language):
    for words, concepts in phrases(TABLES[language]):
        if not {Concept.NOT, Concept.FILLER} & set(concepts):
            assert reserved(" ".join(words)) is None, words


def test_without_an_offer_a_number_means_nothing():
    assert hear("2") == NOTHING


@pytest.mark.parametrize("said", ["12345", "1234567", "code 12345"])
def test_while_a_code_is_waited_for_one_with_a_slip_counts_as_a_guess(said):
    assert isinstance(hear(said, expects=Expects.CODE), Code)
    assert hear(said) == NOTHING


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("12 Meyer", Neighbor("12", "Meyer")),
        ("Meyer, 12", Neighbor("12", "Meyer")),
        ("12b", Neighbor("12b")),
        ("no 12", Neighbor("12")),
        ("Meyer", Neighbor("", "Meyer")),
        ("Meyer will not like it", NOTHING),
        ("not 12", NOTHING),
        ("tomorrow", NewWindow(date(2026, 6, 16))),
    ],
)
def test_after_we_asked_which_neighbor_a_number_and_a_name_are_enough(said, meant):
    assert hear(said, expects=Expects.NEIGHBOR) == meant


@pytest.mark.parametrize(
    "name",
    ["<b>x</b>", "a" * 61, "x.com", "http://x", "@x", "1=1", "\u202eevil", "Jo Field of the Moor of Old"],
)
def test_a_neighbors_name_is_letters_and_short(name):
    meant = hear(f"neighbor 12 {name}")
    assert meant == NOTHING or (
        isinstance(meant, Neighbor) and len(meant.name) <= 60 and meant.name.replace(" ", "").isalpha()
    )


def test_a_day_by_its_number_is_a_coming_one():
    assert hear("3 January", today=date(2026, 12, 20)) == NewWindow(date(2027, 1, 3))
    assert hear("3 January", today=date(2026, 6, 15)) == NOTHING
    assert hear("31 June") == NOTHING
    assert hear("am 17.6.2031", "de") == NOTHING
    assert hear("29 February", today=date(2028, 2, 20)) == NewWindow(date(2028, 2, 29))


def test_which_windows_a_wish_means():
    def at(hour, day=16):
        return datetime(2026, 6, day, hour, tzinfo=UTC)

    two_hours = timedelta(hours=2)
    evening = hear("tomorrow evening")
    assert evening.on_its_day(at(18)) and not evening.on_its_day(at(18, 17))
    assert [hour for hour in range(8, 21) if evening.at_its_hour(at(hour), at(hour) + two_hours)] == [
        16,
        17,
        18,
        19,
        20,
    ]
    later = hear("after 5pm")
    assert [hour for hour in range(8, 20) if later.at_its_hour(at(hour), at(hour) + two_hours)] == [
        17,
        18,
        19,
    ]
    assert not later.at_its_hour(at(23), at(1, 17))
    exactly = hear("tomorrow at 18:00")
    assert [hour for hour in range(8, 20) if exactly.at_its_hour(at(hour), at(hour) + two_hours)] == [17, 18]
    noon = hear("tomorrow between 12 and 4")
    assert [hour for hour in range(8, 20) if noon.at_its_hour(at(hour), at(hour) + two_hours)] == [12, 13, 14]
    assert hear("not home today").on_its_day(at(8, 16)) and not hear("not home today").on_its_day(at(20, 15))


@pytest.mark.parametrize("language", TABLES)
def test_no_word_means_two_things(language):
    meanings = {}
    for words, concepts in phrases(TABLES[language]):
        meanings.setdefault(words, set()).add(concepts)
    assert {words: concepts for words, concepts in meanings.items() if len(concepts) > 1} == {}


@pytest.mark.parametrize("language", TABLES)
def test_every_language_has_every_meaning(language):
    said = {concept for key in TABLES[language] for concept in (key if isinstance(key, tuple) else (key,))}
    shapes = {Concept.FIGURE, Concept.PAIR, Concept.CLOCK, Concept.DATE, Concept.UNKNOWN}
    assert set(Concept) - said - shapes == set()


@pytest.mark.parametrize("language", TABLES)
def test_the_words_that_our_texts_tell_people_to_use_are_understood(language):
    path = PROJECT / "templates" / "messages" / language / "words.toml"
    words = tomllib.loads(path.read_text(encoding="utf-8"))["replies"]
    told = re.findall(r"\b[^\W\d_]{2,}\b(?: \d+)?", words["reply_not_understood"])
    where, tomorrow, locker, neighbor = (word for word in told if word.split()[0].isupper())
    assert isinstance(hear(where, language), Where)
    assert hear(tomorrow, language) == NewWindow(date(2026, 6, 16))
    assert hear(locker, language) == Locker()
    assert hear(neighbor, language) == Neighbor("12")
    (undo,) = (word for word in re.findall(r"\b[^\W\d_]{2,}\b", words["reply_asked"]) if word.isupper())
    assert hear(undo, language) == Undo()


COLUMNS = (Where, NewWindow, Neighbor, Locker, Undo)
NAMES = {
    "English": "en",
    "German": "de",
    "Spanish": "es",
    "French": "fr",
    "Dutch": "nl",
    "Polish": "pl",
    "Turkish": "tr",
}


def test_what_the_documentation_promises_is_understood():
    lines = (PROJECT / "docs" / "replies.md").read_text(encoding="utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ") and "`" in line]
    assert {cells[0].strip() for cells in rows} == set(NAMES)
    for language, *cells in rows:
        for meant, cell in zip(COLUMNS, cells, strict=True):
            for said in re.findall(r"`([^`]+)`", cell):
                assert isinstance(hear(said, NAMES[language.strip()]), meant), said


@given(st.text(max_size=300), st.sampled_from([*TABLES, "", "it"]), st.sampled_from(Expects))
def test_whatever_comes_is_answered_with_a_value(text, language, expects):
    assert hear(text, language, 3, expects) is not None


NEGATIONS = {
    "en": ["not", "no", "don't", "never", "without"],
    "de": ["nicht", "kein", "nie", "ohne"],
    "es": ["no", "nunca", "sin"],
    "fr": ["pas", "ne", "jamais", "sans"],
    "nl": ["niet", "geen", "nooit", "zonder"],
    "pl": ["nie", "nigdy", "bez"],
    "tr": ["değil", "olmaz", "asla", "istemiyorum"],
}
ACTS = (NewWindow, Neighbor, Locker, Undo, Choice)
# "not after 5" is a wish of its own, and "not today" is one already
NEGATED = [
    (language, said)
    for language, said in ALL
    if isinstance(SAYINGS[language][said], ACTS)
    and not said.startswith("after 5")
    and SAYINGS[language][said] != ANOTHER_DAY
]


@pytest.mark.parametrize(("language", "said"), NEGATED)
def test_a_negation_anywhere_in_a_wish_stops_it(language, said):
    meant = SAYINGS[language][said]
    for word in NEGATIONS[language]:
        for negated in (f"{word} {said}", f"{said} {word}", f"{said}, {word}", f"{said} {word} {word}"):
            heard = hear(negated, language)
            # "no 12" is a number, "not home" another thing: neither turns a wish into a different one
            assert heard in (NOTHING, meant) or not isinstance(heard, ACTS), (negated, heard)
            assert heard == NOTHING or word in ("no", "n") or not isinstance(heard, ACTS), (negated, heard)


def test_a_wall_of_words_costs_next_to_nothing():
    walls = [
        "neighbour " * 400,
        "nieghbor" * 200,
        "1 " * 800,
        "((((" * 400,
        "ñ" * 1600,
        "a.b " * 400,
        "12-" * 500,
        "🙏" * 1600,
    ]
    began = time.perf_counter()
    for wall in walls:
        assert hear(wall, "de", 3, Expects.CODE) is not None
    assert time.perf_counter() - began < 1
