"""Addresses of our own styles, scripts and pictures, with the file's fingerprint: browsers may keep them."""

import hashlib
from functools import lru_cache
from pathlib import Path

from flask import Flask

STATIC = Path(__file__).resolve().parent.parent / "static"


@lru_cache(maxsize=256)
def asset(name: str) -> str:
    """The address of a file below `portal/static`, such as `css/base.css`; a missing one is an error."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


def install(app: Flask) -> None:
    """Give every template `asset`."""
    app.jinja_env.globals["asset"] = asset
