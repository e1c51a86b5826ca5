"""The ceilings: the least a Flask app on the same server can do for an answer of the same size."""

import os

from flask import Flask, Response, render_template
from jinja2 import DictLoader

# An ordinary page: a list of lines with two escaped values each, as a page of facts has them.
PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><h1>{{ title }}</h1><ul>
{% for row in rows %}
<li class="row"><time datetime="2026-06-15T12:00">{{ row.at }}</time> <span>{{ row.text }}</span></li>
{%- endfor %}</ul><p>{{ filler }}</p></body></html>
"""
PATH = "/page"
ROW = {"at": "12:00", "text": "The parcel has left the depot and is on its way to you."}


def page() -> Flask:
    """A page of BARE_BYTES bytes, escaped and rendered anew for each call."""
    app = plain()
    wanted = int(os.environ["BARE_BYTES"])
    rows = [ROW] * rows_for(app, wanted)
    filler = "x" * (wanted - size(app, rows, ""))

    @app.get(PATH)
    def show() -> str:
        return render_template("page.html", title="Delivery", rows=rows, filler=filler)

    return app


def text() -> Flask:
    """Two letters of plain text."""
    app = plain()

    @app.get("/text")
    def show() -> Response:
        return Response("ok", mimetype="text/plain")

    return app


def plain() -> Flask:
    app = Flask("bare")
    app.jinja_loader = DictLoader({"page.html": PAGE})
    app.add_url_rule("/healthz", "healthz", lambda: "ok")
    return app


def rows_for(app: Flask, wanted: int) -> int:
    """As many lines as fit."""
    none, one = size(app, [], ""), size(app, [ROW], "")
    return max(0, (wanted - none) // (one - none))


def size(app: Flask, rows: list[dict[str, str]], filler: str) -> int:
    with app.app_context():
        return len(render_template("page.html", title="Delivery", rows=rows, filler=filler).encode())
