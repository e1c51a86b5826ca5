"""Every knob is written down where an operator looks."""

from portal.config import Settings
from tests.house.files import PROJECT


def test_every_setting_is_in_the_readme():
    readme = (PROJECT / "README.md").read_text()
    assert [name for name in Settings.model_fields if f"`{name.upper()}`" not in readme] == []


def test_every_setting_says_what_it_means():
    assert [name for name, knob in Settings.model_fields.items() if not knob.description] == []
