"""Words that are spelled alike, and keys under which shipments are found, for whatever anybody writes."""

import random

import pytest

from portal.domain.clue import LONGEST, MOST_WORDS, read
from portal.domain.finding import door_key, end_key, keys_of, pair_key, postcode_key, word_key, words_of
from portal.domain.pickup import code_mark
from portal.domain.spelling import distance, nearest, neighborhood, slips

SLIPS = (
    ("smith", "smiht"),
    ("smith", "smth"),
    ("smith", "smithe"),
    ("schmidt", "schmitd"),
    ("lindgren", "lindgrne"),
    ("kowalski", "kovalsky"),
    ("mehringdamm", "meringdam"),
    ("lindenstrasse", "lindnstrase"),
    ("okafor", "okaffor"),
)


@pytest.mark.parametrize(("word", "typed"), SLIPS)
def test_a_slip_is_found_again(word: str, typed: str):
    assert neighborhood(word) & neighborhood(typed)
    assert nearest(typed, {word, "unlike", "quitedifferent"}) == [word]


def test_the_likeliest_comes_first_and_the_word_itself_is_no_guess():
    assert nearest("meyer", {"meier", "meyers", "beyer", "meyer"}) == ["meier", "meyers", "beyer"]


def test_short_words_and_numbers_are_right_or_wrong():
    assert [slips(word) for word in ("ann", "10969", "12a", "anna", "lindgren")] == [0, 0, 0, 1, 2]
    assert nearest("12a", {"12b"}) == nearest("ann", {"anne"}) == []


def plain_distance(one: str, other: str) -> int:
    """The same, as it stands in textbooks (optimal string alignment)."""
    table = [
        [max(at, there) if not at * there else 0 for there in range(len(other) + 1)]
        for at in range(len(one) + 1)
    ]
    for at in range(1, len(one) + 1):
        for there in range(1, len(other) + 1):
            same = one[at - 1] == other[there - 1]
            costs = [
                table[at - 1][there] + 1,
                table[at][there - 1] + 1,
                table[at - 1][there - 1] + (not same),
            ]
            if at > 1 < there and one[at - 1] == other[there - 2] and one[at - 2] == other[there - 1]:
                costs.append(table[at - 2][there - 2] + 1)
            table[at][there] = min(costs)
    return table[-1][-1]


def test_distance_is_that_of_the_textbook_up_to_its_bound():
    dice = random.Random(5)
    for _ in range(3_000):
        one, other = ("".join(dice.choices("abc", k=dice.randrange(9))) for _ in range(2))
        for most in (1, 2):
            assert distance(one, other, most) == min(plain_distance(one, other), most + 1), (one, other)


def test_whatever_is_two_slips_away_shares_a_spelling():
    dice = random.Random(6)
    for _ in range(2_000):
        word = "".join(dice.choices("abcdefgh", k=dice.randint(8, 14)))
        typed = word
        for _ in range(2):
            at = dice.randrange(len(typed))
            typed = dice.choice(
                (
                    typed[:at] + typed[at + 1 :],
                    typed[:at] + "x" + typed[at:],
                    typed[:at] + "x" + typed[at + 1 :],
                )
            )
        if slips(typed) == 2:
            assert neighborhood(word) & neighborhood(typed), (word, typed)


def test_a_word_has_a_bounded_number_of_spellings():
    assert max(len(neighborhood("abcdefghijklmnop"[:length] * 1)) for length in range(17)) <= 37


DOOR = ("Jürgen Weiß", ["Lindenstraße 12", "2. Stock"], "Berlin", "10969", "DE", "+4917012345678")


def test_the_keys_of_a_shipment():
    keys = keys_of(*DOOR)
    for word in ("jurgen", "weiss", "lindenstrasse", "12", "berlin"):
        assert word_key(word) in keys
    assert pair_key("weiss", "jurgen") in keys
    assert pair_key("12", "lindenstrasse") in keys
    assert postcode_key("10969") in keys
    assert {end_key("5678"), end_key("345678")} <= keys
    assert end_key("678") is None
    assert door_key("DE", "109 69", ["LINDENSTRASSE  12,", "2. stock"]) in keys
    assert len(keys) <= 20


def test_a_postcode_in_two_parts_is_found_by_them_and_as_one():
    keys = keys_of("Ann Hill", ["4 Mill Lane"], "London", "SW1A 1AA", "GB", "")
    assert {postcode_key("sw1a1aa"), word_key("sw1a"), word_key("1aa")} <= keys


ODD = (
    "",
    " ",
    "\x00",
    "%",
    "_",
    "\\",
    '" OR *',
    "a & b | !c <-> d:*",
    "' OR 1=1 --",
    "🦆🦆",
    "\ud800",
    "ﷺ",
    "İstanbul",
    "ß" * 300,
    "x" * 10_000,
    "a " * 5_000,
    "½ ⅷ ①",
    "王小明 北京路 12號",
    "مرحبا",
    "e\u0301" * 200,
)


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_odd_texts_are_read_and_keyed_alike(text: str):
    clue = read(text)
    assert len(clue.text) <= LONGEST
    assert len(clue.words) <= MOST_WORDS
    keys = keys_of(text, [text, text], text, text, text, text)
    assert all(-(2**63) <= key < 2**63 for key in keys)
    assert len(keys) <= 60
    assert all(len(word) <= 40 for word in words_of(text))


IDS = (
    ("https://track.example.com/callbacks/twilio/status/0197F3A2-1c2d-7e3f-8a4b-5c6d7e8f9a0b#rc=2", "our_id"),
    ("console/shipments/7#m-0197f3a2-1c2d-7e3f-8a4b-5c6d7e8f9a0b", "our_id"),
    ("SM0123456789abcdef0123456789abcdef", "carrier_ids"),
    ("14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0", "carrier_ids"),
    ("1234 5678", "locker_code"),
    ("ada@example.org", "email"),
    ("SW1A 1AA", "postcode"),
    ("0170 / 123 456 78", "digits"),
)


@pytest.mark.parametrize(("typed", "meant"), IDS)
def test_what_a_text_can_be(typed: str, meant: str):
    assert getattr(read(typed), meant)


def test_last_digits_are_taken_as_they_are_heard():
    assert read("0012").digits == "0012"
    assert read("0049 170 12345678").digits == "4917012345678"


def test_a_mark_of_a_lockers_code_needs_our_secret_and_no_gaps():
    assert (
        code_mark(b"ours", "1234 5678") == code_mark(b"ours", "12345678") != code_mark(b"theirs", "12345678")
    )
    assert code_mark(b"ours", " ") == ""
