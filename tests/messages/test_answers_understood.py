"""What our texts invite people to answer is what we understand, as their phone shows it, in every language."""

import re

import pytest

from notifications.notice import Notice
from portal.domain.replies import understand
from portal.domain.reply_intents import Choice, Code, Expects, Locker, Neighbor, NewWindow, Undo, Where
from tests.messages.samples import LANGUAGES, NOON, RENDERER, SPECIAL

TODAY = NOON.date()
# a word in capitals, or two, with a house number
INVITED = re.compile(r"\b[^\W\d_a-zß-öø-ÿ]{2,}(?: 12)?\b")


def invited(language, name, **values):
    said = RENDERER.reply(name, language, "Fern & Kettle", **values).text
    return INVITED.findall(said)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_word_that_is_offered_is_understood(language):
    words = invited(language, "reply_not_understood")
    meant = [understand(word, language, 0, Expects.NOTHING, TODAY) for word in words]
    assert [type(one) for one in meant] == [Where, NewWindow, Locker, Neighbor], (words, meant)
    assert meant[3] == Neighbor(house_number="12")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_that_takes_back_takes_back(language):
    (word,) = invited(language, "reply_asked", wish="x")
    assert understand(word, language, 0, Expects.NOTHING, TODAY) == Undo()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_code_and_a_number_are_answers(language):
    code = str(SPECIAL[Notice.ONE_TIME_CODE]["code"])
    assert code in RENDERER.reply("reply_confirm", language, "Fern & Kettle", code=code, wish="x").text
    assert understand(code, language, 0, Expects.CODE, TODAY) == Code(code)
    assert understand("2", language, 3, Expects.CHOICE, TODAY) == Choice(2)
