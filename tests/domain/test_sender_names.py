"""Under which names messages may come, and which inks can be read: a no says what would be right."""

import pytest

from portal.domain.colors import contrast, ink_problem
from portal.domain.rule_words import label, meaning
from portal.domain.sender_names import email_name_problem, sms_name_problem
from portal.flows.rules_shown import all_rules, usual


@pytest.mark.parametrize("name", ["", "ACME", "Acme Books", "24 Parcels", "A", "abcdefghijk"])
def test_names_that_texts_may_come_from(name):
    assert sms_name_problem(name) == ""


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("abcdefghijkl", "at most 11 characters"),
        ("Möbel", "no 'ö'"),
        ("Acme!", "no '!'"),
        ("ΑCΜΕ", "no 'Α'"),
        ("A\u200b", "no '\\u200b'"),
        ("12345", "at least one letter"),
        ("   ", "at least one letter"),
    ],
)
def test_names_that_texts_may_not_come_from(name, says):
    assert says in sms_name_problem(name)


@pytest.mark.parametrize("name", ["a@b.example", "Bank <x", 'A "B"', "x" * 71, "a\nb", "a; b"])
def test_names_that_emails_may_not_come_from(name):
    assert email_name_problem(name)
    assert email_name_problem("Acme & Söhne, Ltd".replace(",", "")) == ""


def test_an_ink_that_cannot_be_read_is_answered_with_one_that_can():
    assert ink_problem("#ffffff", "#0b5f6b") == ""
    said = ink_problem("#ffffff", "#ffee00")
    assert "#000000 would have" in said
    assert contrast("#000000", "#ffee00") >= 4.5


def test_every_rule_has_words_of_its_own_and_says_what_it_usually_is():
    for rule in all_rules({}):
        assert rule.meaning, rule.name
        assert rule.usual, rule.name
        assert rule.says, rule.name
    assert (usual("map.van"), usual("notice_stops.locker"), usual("at_once")) == (
        "stops:10",
        "4",
        "instructions",
    )


def test_a_rule_that_nobody_described_still_has_a_name():
    assert (label("made_up.part_one"), meaning("made_up")) == ("Made up: part one", "")
