"""How texts are counted, cleaned and worded."""

from dataclasses import replace

import pytest
from jinja2 import UndefinedError

from notifications.message import Channel
from notifications.notice import Notice
from notifications.phrases import plural
from notifications.render import Renderer
from notifications.sms_text import is_gsm7, one_line, one_stop, plain, segments
from tests.notifications.cast import at, facts


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),
        ("€" * 81, 2),
        ("ж" * 70, 1),
        ("ж" * 71, 2),
        ("🚚" * 35, 1),
        ("🚚" * 36, 2),
        ("", 1),
    ],
)
def test_segments_are_counted_as_they_are_billed(text, parts):
    assert segments(text) == parts


def test_typographic_characters_do_not_double_the_price():
    assert plain("“Fern” – it’s 2:00\u202fPM\u2009…\u00a0now") == '"Fern" - it\'s 2:00 PM ... now'


def test_the_one_ascii_character_that_texts_lack_is_replaced():
    assert plain("the `van`") == "the 'van'"


def test_accents_go_where_that_saves_a_segment():
    assert plain("Zażółć gęślą jaźń, ŁÓDŹ") == "Zazolc gesla jazn, LODZ"
    assert plain("ığüşöçâ İĞÜŞÖÇÂ") == "igüsöca IGÜSÖÇA"
    assert plain("Où ça? L’été, œuf, Noël") == "Où ca? L'été, oeuf, Noel"
    assert plain("¿Mañana? Sí, a las 3 ª") == "¿Mañana? Si, a las 3 a"
    assert plain("Grüße, Ærø, ñ") == "Grüße, Ærø, ñ"


def test_another_script_is_left_as_it_is():
    assert plain("Ваша посылка, ж") == "Ваша посылка, ж"


def test_control_and_direction_marks_are_stripped():
    assert plain("a\x00b\u202ec\u200d\x1b[1m d") == "abc[1m d"
    assert is_gsm7(plain("a\u200bb"))


def test_a_subject_is_one_line():
    assert one_line("Fern\r\nBcc: all@example.org\x00") == "Fern Bcc: all@example.org"


def test_today_is_the_doors_day_when_the_message_leaves(renderer):
    said = renderer.render(Notice.OUT_FOR_DELIVERY, Channel.SMS, "en", facts(), at(9)).text
    assert "expected today, 2:00-4:00 PM" in said
    said = renderer.render(Notice.WINDOW_PROMISED, Channel.SMS, "en", facts(), at(-10)).text
    assert "comes Mon, Mar 2, 2:00-4:00 PM" in said


def test_a_language_falls_back_by_its_tag_then_to_english(renderer):
    assert [renderer.language(tag) for tag in ("de", "de-CH", "de_AT", "en-GB", "tlh", "")] == [
        *("de", "de", "de", "en", "en", "en")
    ]


def test_the_country_decides_on_twelve_or_twenty_four_hours(renderer):
    said = renderer.render(Notice.OUT_FOR_DELIVERY, Channel.SMS, "en-GB", facts(), at(9)).text
    assert "today, 14:00-16:00" in said


@pytest.mark.parametrize(
    ("tag", "ends"), [("es-MX", "p.m. ¿No"), ("es-CO", "p. m. ¿No"), ("en-CA", "p.m. Not")]
)
def test_a_sentence_that_ends_on_an_abbreviation_has_one_stop(renderer, tag, ends):
    said = renderer.render(Notice.WINDOW_PROMISED, Channel.SMS, tag, facts(), at(6))
    assert ends in said.text
    assert one_stop("Wait ... a.m..") == "Wait ... a.m."
    assert one_stop("hm. m...") == "hm. m..."


def test_a_window_over_midnight_names_both_days(renderer):
    late = facts(window_start=at(21), window_end=at(24))
    said = renderer.render(Notice.WINDOW_PROMISED, Channel.EMAIL, "en", late, at(9))
    assert "Mar 2" in said.subject
    assert "Mar 3" in said.subject


def test_what_a_shipper_or_dispatch_writes_is_escaped_in_html_and_harmless_in_text(renderer):
    nasty = facts(
        shipper="<script>alert(1)</script>", neighbor='"><img src=x onerror=alert(1)>', place="a\nb\x00c"
    )
    said = renderer.render(Notice.DELIVERED, Channel.EMAIL, "en", replace(nasty, how="neighbor"), at(9))
    assert "<script>" not in said.html
    assert "<img" not in said.html
    assert "Where: a b c." in said.text


def test_a_color_that_is_no_color_is_not_used(renderer):
    said = renderer.render(
        Notice.HELD, Channel.EMAIL, "en", facts(color="red;background:url(//evil.example)"), at(9)
    )
    assert "evil" not in said.html
    assert facts().color in said.html


@pytest.mark.parametrize(
    ("language", "parcels", "form"),
    [
        *(("en", 1, "one"), ("en", 2, "other"), ("pl", 1, "one"), ("pl", 3, "few"), ("pl", 5, "many")),
        *(("pl", 22, "few"), ("tr", 2, "other"), ("fr", 1, "one"), ("fr", 2, "other"), ("pt-BR", 2, "other")),
    ],
)
def test_each_language_counts_parcels_in_its_own_forms(language, parcels, form):
    assert plural(language, parcels) == form


def test_several_parcels_stand_beside_the_brand_and_no_count_is_no_news(renderer):
    def sms(parcels):
        return renderer.render(Notice.HELD, Channel.SMS, "en", facts(parcels=parcels), at(9)).text

    assert sms(3).startswith("Fern & Kettle (3 parcels): we are keeping")
    assert {sms(number)[:15] for number in (1, 0, -2)} == {"Fern & Kettle: "}


def test_an_answer_is_one_line_and_says_what_it_is_given(renderer):
    said = renderer.reply(
        "reply_where", "de-AT", "Fern\nKettle", window="heute,\x00 14 Uhr", link="https://t.example/1"
    )
    assert said.text == "Fern Kettle: Ihre Sendung kommt heute, 14 Uhr. https://t.example/1"
    assert (said.language, said.segments) == ("de", 1)


def test_an_answer_keeps_percent_signs_of_others_and_lacks_nothing_fatal(renderer):
    said = renderer.reply("reply_choose", "en", "100 % Fern", choices="1 %(link)s, 2 50%", link="L")
    assert said.text.startswith("100 % Fern: which one? 1 %(link)s, 2 50%. ")
    assert "None" not in renderer.reply("reply_where", "en", "Fern").text


def test_a_window_is_said_as_in_a_message(renderer):
    said = renderer.window("en-GB", at(13), at(15), "Europe/Berlin", at(9))
    assert said == "today, 14:00–16:00"


def test_the_preview_of_an_email_says_what_the_subject_does_not(renderer):
    said = renderer.render(Notice.OUT_FOR_DELIVERY, Channel.EMAIL, "en", facts(parcels=2), at(9))
    hidden = said.html.partition('class="preview"')[2].partition("</div>")[0]
    assert "mso-hide:all" in hidden
    assert hidden.partition(">")[2].startswith("We expect to be with you today")


def test_an_undefined_name_is_an_error_not_a_gap(tmp_path):
    folder = tmp_path / "en" / "held"
    folder.mkdir(parents=True)
    (tmp_path / "en" / "words.toml").write_text('today = "today"')
    (folder / "sms.txt").write_text("{{ shipper }} {{ nobody_knows }}")
    with pytest.raises(UndefinedError):
        Renderer(tmp_path).render(Notice.HELD, Channel.SMS, "en", facts(), at(9))
