"""Papers take any letters that people write, in lines that fit."""

from datetime import UTC, datetime

import pytest

from portal.web.paper import BOX, Paper, wrapped

AT = datetime(2026, 6, 15, tzinfo=UTC)


def lines(text: str, room: int = 10) -> list[str]:
    return list(wrapped(text, lambda char: 1, room))


def test_lines_are_as_full_as_they_may_be_and_lose_nothing():
    assert lines("one two three four") == ["one two", "three four"]
    assert lines("a" * 25) == ["a" * 10, "a" * 10, "a" * 5]
    assert lines("so " + "a" * 12 + " b") == ["so", "a" * 10, "aa b"]
    assert lines("") == [""]
    for text in ("x" * 10_000, "ab " * 3_333, "  two  spaces  "):
        assert "".join(lines(text)).replace(" ", "") == text.replace(" ", "")
        assert all(len(line) <= 10 for line in lines(text))


@pytest.mark.parametrize(
    "text",
    [
        "Zażółć gęślą jaźń, İĞŞ ığş, Ελλάδα, Київ",
        "שלום עולם and مرحبا بالعالم",
        "👨\u200d👩\u200d👧 \U0001f9ff \u0000 \ud800 \u202e {nb}",
        "w" * 10_000,
        "",
    ],
)
def test_whatever_is_written_makes_a_paper(text):
    paper = Paper(text[:80], "subject", AT)
    paper.add_page()
    paper.says(text)
    made = bytes(paper.output())
    assert made.startswith(b"%PDF-")
    assert b"/Producer (Doorstep)" in made


def test_letters_of_europe_are_known_and_what_the_font_lacks_is_a_box():
    paper = Paper("t", "s", AT)
    assert paper.known("Łódź İzmir Ωμέγα Дніпро") == "Łódź İzmir Ωμέγα Дніпро"
    assert paper.known("a\u202eb\u0007c") == "abc"
    assert paper.known("漢") == BOX
