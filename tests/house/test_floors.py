"""The floors of the house: who may import whom."""

import ast
import subprocess
import sys
from pathlib import Path

from tests.house.files import PROJECT, python


def test_the_import_contracts_hold():
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    asked = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True)
    assert asked.returncode == 0, asked.stdout + asked.stderr


def test_the_rules_need_the_standard_library_only():
    rules = [path for path in python("portal") if path.parts[1] == "domain"]
    allowed = sys.stdlib_module_names | {"portal.domain"}
    assert {str(path): outside for path in rules if (outside := imported(path) - allowed)} == {}


def test_doors_write_no_queries():
    # the session's type and the database's failures are all a door may know of SQLAlchemy
    allowed = {"sqlalchemy.orm.Session"}
    known = {
        f"{path}: {name}"
        for path in python("portal")
        if path.parts[1] == "web"
        for name in names_from(path, "sqlalchemy")
        if name not in allowed and not name.startswith("sqlalchemy.exc.")
    }
    assert known == set()


def test_nobody_but_the_wiring_and_the_commands_asks_the_clock():
    # access to the wall clock elsewhere would need patching in tests
    allowed = {"portal/clock.py"}
    asking = {
        str(path)
        for path in python("portal", "notifications")
        if str(path) not in allowed and clock_calls((PROJECT / path).read_text())
    }
    assert asking == set()


def imported(path: Path) -> set[str]:
    """Top names of what a file imports; our own with two parts."""
    names = set()
    for node in ast.walk(ast.parse((PROJECT / path).read_text())):
        if isinstance(node, ast.Import):
            names |= {short(alias.name) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(short(node.module or "") if not node.level else "a relative import")
    return names


def names_from(path: Path, package: str) -> set[str]:
    """What a file takes from a package, in full."""
    return {
        f"{node.module}.{alias.name}"
        for node in ast.walk(ast.parse((PROJECT / path).read_text()))
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package
        for alias in node.names
    }


def short(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2]) if parts[0] in ("portal", "notifications") else parts[0]


def clock_calls(source: str) -> list[int]:
    """Lines that ask for the time of day."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and ast.unparse(node.func)
        in ("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time")
    ]
