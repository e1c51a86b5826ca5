"""Every sentence of a recipient's page has its form in every language, compiled and fresh."""

from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po

from portal.domain.access import CodeVerdict
from portal.domain.answering import REFUSALS
from portal.domain.events import Happening, How, Reason
from portal.domain.kinds.base import No
from portal.domain.pictures import NoPicture
from portal.domain.problem import NotReported
from portal.domain.rating import NotRated
from portal.flows import codes
from portal.web import language, phrases
from tests.house.files import PROJECT

FOREIGN = sorted(set(language.LANGUAGES) - {language.USUAL})
WORDS = PROJECT / "portal" / "translations"


def catalog(tongue: str) -> Catalog:
    with (WORDS / tongue / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=tongue)


def said_by_code_and_templates() -> set[str]:
    with (WORDS / "babel.cfg").open() as file:
        methods, options = parse_mapping_cfg(file)
    found = extract_from_dir(PROJECT, methods, options, keywords={"_": None, "N_": None, "ngettext": (1, 2)})
    ids = {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}
    return ids - {""}


SAID_BY_CODES = {codes.NO_CONTACT, codes.TOO_MANY, codes.TOO_MANY_TODAY, codes.TOO_NEW}


def said_by_the_domain() -> set[str]:
    return (
        {sentence.value for sentence in (*No, *CodeVerdict, *NoPicture, *NotReported, *NotRated)}
        | SAID_BY_CODES
        | set(REFUSALS.values())
    )


@pytest.mark.parametrize("tongue", FOREIGN)
def test_every_sentence_has_its_form(tongue: str):
    words = catalog(tongue)
    missing = {
        sentence
        for sentence in said_by_code_and_templates() | said_by_the_domain()
        if sentence not in words or not words[sentence].string or words[sentence].fuzzy
    }
    assert missing == set()


@pytest.mark.parametrize("tongue", FOREIGN)
def test_no_form_is_left_of_a_sentence_that_is_gone(tongue: str):
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in catalog(tongue)} - {
        ""
    }
    assert known - said_by_code_and_templates() - said_by_the_domain() == set()


@pytest.mark.parametrize("tongue", FOREIGN)
def test_placeholders_survive_translation(tongue: str):
    known = catalog(tongue)
    broken = [str(error) for message in known for error in message.check(known)]
    assert broken == []


@pytest.mark.parametrize("tongue", FOREIGN)
def test_the_compiled_words_are_fresh(tongue: str):
    compiled = (WORDS / tongue / "LC_MESSAGES" / "messages.mo").read_bytes()
    fresh = BytesIO()
    write_mo(fresh, catalog(tongue))
    want, have = (
        {str(message.id): message.string for message in read_mo(BytesIO(data)) if message.id}
        for data in (fresh.getvalue(), compiled)
    )
    assert have == want, "run: pybabel compile -d portal/translations"


def test_everything_that_can_happen_has_words():
    assert phrases.HAPPENED.keys() == set(Happening)
    assert phrases.HANDED.keys() == set(How)
    assert phrases.WHY.keys() == set(Reason)


def test_each_language_has_a_folder():
    folders = {path.name for path in Path(WORDS).iterdir() if path.is_dir()}
    assert folders == set(FOREIGN)
