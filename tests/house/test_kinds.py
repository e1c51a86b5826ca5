"""A kind of change is whole: a rule, an effect, a form, and words wherever somebody speaks of it."""

import tomllib
from dataclasses import MISSING, fields

import pytest

from portal.domain import telling_changes
from portal.domain.change import Kind
from portal.domain.kinds import KINDS
from portal.domain.kinds.packing import pack, unpack
from portal.flows.kinds import EFFECTS
from portal.web.kinds import FORMS
from tests.house.files import PROJECT

MESSAGES = PROJECT / "templates" / "messages"
TONGUES = sorted(path.name for path in MESSAGES.iterdir() if path.is_dir())


@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_its_rule_its_effect_and_its_form(kind: Kind):
    assert KINDS[kind].kind is kind
    assert kind in EFFECTS
    assert FORMS[kind].kind is kind
    assert KINDS[kind].wish.kind is kind


@pytest.mark.parametrize("kind", Kind)
def test_its_form_asks_for_every_field_of_its_wish_under_its_name(kind: Kind):
    page = (PROJECT / "templates" / FORMS[kind].template).read_text(encoding="utf-8")
    missing = {field.name for field in fields(KINDS[kind].wish) if f'name="{field.name}"' not in page}
    assert missing == set()


@pytest.mark.parametrize("kind", Kind)
def test_every_no_it_places_has_a_field_to_stand_at(kind: Kind):
    names = {field.name for field in fields(KINDS[kind].wish)}
    assert set(FORMS[kind].fields.values()) <= names
    assert FORMS[kind].private <= FORMS[kind].fields.keys()


@pytest.mark.parametrize("kind", Kind)
def test_its_wish_survives_being_kept_while_the_code_is_fetched(kind: Kind):
    required = {field.name: "x" for field in fields(KINDS[kind].wish) if field.default is MISSING}
    wish = KINDS[kind].wish(**required)
    assert unpack(pack(wish)) == wish


@pytest.mark.parametrize("kind", Kind)
def test_agents_and_dispatch_have_words_for_it(kind: Kind):
    assert telling_changes.WISHED[kind]


@pytest.mark.parametrize("tongue", TONGUES)
def test_messages_have_words_for_every_kind(tongue: str):
    words = tomllib.loads((MESSAGES / tongue / "words.toml").read_text(encoding="utf-8"))
    assert words["changes"].keys() == set(Kind)
