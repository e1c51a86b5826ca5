"""A shipper's own words: what is refused, on which line, and how they read in a message."""

from dataclasses import replace

import pytest

from notifications.message import Channel
from notifications.notice import Notice
from notifications.wording import Part, is_sound, names_of, problems
from tests.notifications.cast import at, facts

SMS, EMAIL = Channel.SMS, Channel.EMAIL
OUT = Notice.OUT_FOR_DELIVERY


def wrong(text, part=Part.SAYS, notice=OUT):
    return [(one.line, one.because) for one in problems(notice, part, text)]


def test_names_and_conditions_are_fine():
    assert (
        wrong("Hello!\n{% if window and how != 'locker' %}We come {{ window }}.{% else %}Soon.{% endif %}")
        == []
    )
    assert wrong("{{ sender }}: {{ 'now' if window else 'soon' }} {{ link }}", Part.SMS) == []


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("One\n{{ windwo }}", 2, "no 'windwo'"),
        ("{% for i in range(10**9) %}x{% endfor %}", 1, "A loop"),
        ("a\nb\n{% for i in link %}{% for j in link %}x{% endfor %}{% endfor %}", 3, "A loop"),
        ("{{ range(999999999) }}", 1, "A call"),
        ("{{ link.__class__ }}", 1, "A dot"),
        ("{{ link['x'] }}", 1, "A bracket"),
        ("{{ link | upper }}", 1, "A filter"),
        ("{{ 'x' * 1000000000 }}", 1, "not possible"),
        ("{{ 9 ** 9 ** 9 }}", 1, "not possible"),
        ("{{ [link] }}", 1, "not possible"),
        ("{% include 'base.html' %}", 1, "An include"),
        ("{% extends 'base.html' %}", 1, "An extends"),
        ("{% set link = 'https://evil.example' %}", 1, "A set"),
        ("{% block says %}x{% endblock %}", 1, "A block"),
        ("{% macro m() %}{{ m() }}{% endmacro %}", 1, "A macro"),
        ("fine\n{%- raw %}{{ <img src=x> }}{% endraw %}", 2, "A raw passage"),
        ("{% if window < 3 %}x{% endif %}", 1, "compared"),
        ("{% if 'a' in 3 %}x{% endif %}", 1, "compared"),
        ("{% if (link == 'a') < how %}x{% endif %}", 1, "compared"),
        ("fine\n{{ link }\n", 3, "cannot be read"),
        ("{% endblock %}", 1, "cannot be read"),
        ("{{ '}}<b>' }}", 1, "quoted word"),
        ("{% if link %}", 1, "cannot be read"),
        ("   \n ", 1, "no words"),
        ("x" * 3001, 1, "too long"),
        ("{% if link %}" * 300 + "x" + "{% endif %}" * 300, 1, "too long"),
        ("{{ " + "not " * 600 + "link }}", 1, ""),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(text, line, says):
    found = wrong(text)
    assert found or text.startswith("{{ not")
    if found:
        assert says in found[0][1]
        assert found[0][0] in (line, line - 1)


def test_a_text_names_nobody_and_is_one_line():
    assert "neighbor" not in names_of(Part.SMS)
    assert "no 'neighbor'" in wrong("{{ sender }}: {{ neighbor }} has it. {{ link }}", Part.SMS)[0][1]
    assert wrong("{{ sender }}:\n{{ link }}", Part.SMS) == [(2, "This must be one line.")]
    assert wrong("{{ neighbor }} has it.") == []


def test_one_time_codes_keep_our_words():
    assert "cannot be changed" in wrong("{{ sender }} {{ link }}", Part.SMS, Notice.ONE_TIME_CODE)[0][1]


def test_a_text_in_the_shippers_words(renderer):
    own = {("en", OUT, "sms"): "{{ sender }}: your flowers are on the road, {{ window }}. {{ link }}"}
    said = renderer.render(OUT, SMS, "en", facts(), at(8), own)
    assert said.text.startswith("Fern & Kettle: your flowers are on the road, ")
    assert said.segments == 1
    german = renderer.render(OUT, SMS, "de", facts(), at(8), own)
    assert german.text == renderer.render(OUT, SMS, "de", facts(), at(8)).text


def test_an_email_in_the_shippers_words_keeps_the_frame_and_escapes(renderer):
    own = {
        ("en", OUT, "headline"): "Flowers & <b>more</b>",
        (
            "en",
            OUT,
            "says",
        ): "They come {{ window }}.\n{% if neighbor %}\nTo {{ neighbor }}.\n{% endif %}\n\nWater them.",
        ("en", OUT, "subject"): "{{ sender }}: flowers",
    }
    said = renderer.render(OUT, EMAIL, "en", facts(neighbor="<script>x</script>"), at(8), own)
    assert said.subject == "Fern & Kettle: flowers"
    assert "Flowers & <b>more</b>" in said.text
    assert "Flowers &amp; &lt;b&gt;more&lt;/b&gt;" in said.html
    assert "To <script>x</script>." in said.text
    assert "To &lt;script&gt;x&lt;/script&gt;." in said.html
    assert "<p>Water them.</p>" in said.html
    assert facts().link in said.html


def test_words_that_no_longer_fit_give_way_to_ours(renderer):
    own = {("en", OUT, "sms"): "{{ gone }} {{ link }}"}
    assert not is_sound(OUT, "sms", own["en", OUT, "sms"])
    ours = renderer.render(OUT, SMS, "en", facts(), at(8))
    assert renderer.render(OUT, SMS, "en", facts(), at(8), own) == ours


def test_what_is_missing_in_the_facts_is_simply_empty(renderer):
    own = {("en", OUT, "sms"): "{{ sender }}: {{ window }}{{ pickup_until }}{{ happened_at }} {{ link }}"}
    bare = replace(facts(), window_start=None, window_end=None)
    assert "None" not in renderer.render(OUT, SMS, "en", bare, at(8), own).text


def test_markup_in_a_raw_passage_is_never_obeyed(renderer):
    own = {("en", OUT, "says"): "{% raw %}{{ <img src=x onerror=alert(1)> }}{% endraw %}"}
    assert renderer.render(OUT, EMAIL, "en", facts(), at(8), own) == renderer.render(
        OUT, EMAIL, "en", facts(), at(8)
    )
