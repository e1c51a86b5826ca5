"""Every file says what it is for, stands where people look for it, and knows no machine but its own."""

import ast
import re

from tests.house.files import PROJECT, listed, python, texts

TOP = {
    *("portal", "notifications", "templates", "migrations", "tests", "pyproject.toml", "README.md"),
    *("Makefile", "LICENSE", "CHANGELOG.md", "docs", "benchmarks", "deploy", ".ci", ".gitignore"),
}
# folders of somebody's own computer; written apart, so that this file is not found by itself
SOMEBODYS = re.compile(
    "|".join(("/" + "work/", "/" + "root/", "/" + "Users/", r"/" + r"home/\w+/", r"\.\./" + "shared"))
)
OURS = ("portal", "notifications", "tests", "benchmarks", "migrations")


def test_only_what_people_expect_stands_at_the_top():
    assert {path.parts[0] for path in listed()} <= TOP


def test_every_file_begins_by_saying_what_it_is_for():
    mute = [path for path in python(*OURS) if not ast.get_docstring(ast.parse((PROJECT / path).read_text()))]
    assert mute == []


def test_no_file_names_a_folder_of_somebodys_computer():
    found = {
        f"{path}:{number}"
        for path, text in texts()
        for number, line in enumerate(text.splitlines(), 1)
        if SOMEBODYS.search(line)
    }
    assert found == set()


def test_no_lock_file_names_a_host():
    for lock in ("deploy/requirements.txt", "deploy/requirements-dev.txt"):
        assert "://" not in (PROJECT / lock).read_text()
