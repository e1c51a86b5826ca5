"""The project's files, as the walls' tests see them."""

import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TEXT = {
    ".py",
    ".md",
    ".html",
    ".txt",
    ".toml",
    ".css",
    ".js",
    ".sh",
    ".yml",
    ".yaml",
    ".ini",
    ".mako",
    ".json",
}


@functools.cache
def listed() -> tuple[Path, ...]:
    """Every file that git keeps, relative; outside a checkout, every file but what work leaves behind."""
    asked = subprocess.run(["git", "ls-files"], cwd=PROJECT, capture_output=True, text=True)
    if asked.returncode == 0 and asked.stdout:
        return tuple(Path(line) for line in asked.stdout.splitlines() if (PROJECT / line).is_file())
    return tuple(path.relative_to(PROJECT) for path in walked(PROJECT))


def walked(folder: Path) -> Iterator[Path]:
    ignored = {line.strip("/") for line in (PROJECT / ".gitignore").read_text().splitlines()}
    for path in sorted(folder.iterdir()):
        if path.name in ignored or path.suffix in (".pyc", ".egg-info") or path.name == ".git":
            continue
        if path.is_dir():
            yield from walked(path)
        else:
            yield path


def python(*folders: str) -> list[Path]:
    """The Python files under these top-level folders."""
    return [path for path in listed() if path.suffix == ".py" and path.parts[0] in folders]


def texts() -> list[tuple[Path, str]]:
    """Every file a person may read, with its text; lock files and other people's code are not ours."""
    return [
        (path, (PROJECT / path).read_text(encoding="utf-8"))
        for path in listed()
        if (path.suffix in TEXT or path.name in ("Makefile", "Dockerfile", "run"))
        and "vendor" not in path.parts
        and not path.name.startswith("requirements")
    ]
