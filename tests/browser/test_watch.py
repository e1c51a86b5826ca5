"""The watch itself: what a page must not do is seen."""

from typing import Any

import pytest
from flask import Flask, Response

NOTHING_INLINE = "default-src 'self'; img-src 'self' data:"
HEAD = "<!doctype html><html lang=en><link rel=icon href=data:,><title>t</title><main><h1>t</h1>"


@pytest.fixture
def app() -> Flask:
    app = Flask("watched")

    def door(path: str, body: str) -> None:
        app.add_url_rule(
            path, path, lambda: Response(HEAD + body, headers={"Content-Security-Policy": NOTHING_INLINE})
        )

    door("/good", "<p>nothing to see</p>")
    door("/far", "<img alt=x src=http://127.0.0.2:9999/x.png>")
    door("/inline", "<script>document.title = 'run'</script>")
    door("/styled", "<p style='color: red'>x</p>")
    door("/missing", "<link rel=stylesheet href=/no.css>")
    door("/broken", "<script src=/broken.js></script>")
    door("/unlabeled", "<form><input></form>")
    app.add_url_rule("/broken.js", "js", lambda: Response("nobody.here()", mimetype="text/javascript"))
    return app


@pytest.mark.parametrize(
    ("path", "seen"),
    [
        ("/far", "asked a third party: http://127.0.0.2:9999/x.png"),
        ("/inline", "CSP script-src-elem refused inline"),
        ("/styled", "CSP style-src-attr refused inline"),
        ("/missing", "404 for http://127.0.0.1"),
        ("/broken", "nobody is not defined"),
    ],
)
def test_what_a_page_must_not_do_is_seen(page: Any, watch: Any, path: str, seen: str):
    page.goto(path)
    page.wait_for_load_state("networkidle")
    assert any(seen in complaint for complaint in watch.complaints), watch.complaints
    watch.forgive(".")


def test_a_good_page_is_left_in_peace(page: Any, axe: Any):
    page.goto("/good")
    assert axe(page) == []


def test_axe_sees_a_field_without_a_label(page: Any, axe: Any):
    page.goto("/unlabeled")
    assert [line.partition(":")[0] for line in axe(page)] == ["label"]
