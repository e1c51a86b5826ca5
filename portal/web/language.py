"""Which language a page speaks, and its words. Recipient first, then the browser, then the shipper."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from urllib.parse import parse_qs

from babel import Locale, UnknownLocaleError
from babel.support import NullTranslations, Translations
from flask import Flask, has_request_context, request
from flask_babel import Babel
from markupsafe import Markup
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

FOLDER = Path(__file__).resolve().parent.parent / "translations"
LANGUAGES = {
    "en": "English",
    "de": "Deutsch",
    "es": "Español",
    "fr": "Français",
    "nl": "Nederlands",
    "pl": "Polski",
    "tr": "Türkçe",
}
USUAL = "en"

Words = Callable[[str], str]


def N_(text: str) -> str:
    """Mark a sentence in a table for the translators; it is translated where it is shown."""
    return text


@lru_cache(maxsize=16)
def catalog(language: str) -> NullTranslations:
    """The sentences of a language, read once: Flask-Babel's way to each costs a page a third of its time."""
    return Translations.load(str(FOLDER), [language])


@lru_cache(maxsize=16)
def words(language: str) -> Words:
    """The function that says an English sentence in this language."""
    return catalog(language).gettext


def known(tag: str) -> str:
    """The language we speak for a BCP 47 tag such as `de-AT`, or an empty string."""
    short = tag.replace("_", "-").partition("-")[0].lower()
    return short if short in LANGUAGES else ""


def choose(asked: str, own: str = "", last: str = "") -> str:
    """The language of a page: `?lang=`, else the recipient's own, the browser's, the shipper's, English."""
    return known(asked) or known(own) or of_browser() or known(last) or USUAL


def of_browser() -> str:
    """What the browser asks for, if we speak it."""
    return _first_known(request.headers.get("Accept-Language", "")) if has_request_context() else ""


@lru_cache(maxsize=512)
def _first_known(accepted: str) -> str:
    """The first language of an Accept-Language header that we speak."""
    wanted: Iterable[str] = (tag for tag, _ in parse_accept_header(accepted, LanguageAccept))
    return next(filter(None, map(known, wanted)), "")


@lru_cache(maxsize=512)
def spoken(query: str, accepted: str) -> str:
    """What of a request decides the language of a recipient's answer, besides the shipment itself."""
    asked = parse_qs(query, keep_blank_values=True).get("lang", [""])[0]
    return known(asked) or f"or {_first_known(accepted)}"


@lru_cache(maxsize=512)
def tongues(language: str, here: str) -> Markup:
    """The list of languages with links to the same page, written once: it stands on every page of a recipient.

    `here` is what of the page's query has to stay, such as `kind=locker&`.
    """
    now = Markup('<li><span class="here" lang="{tag}" aria-current="true">{name}</span></li>')
    other = Markup('<li><a href="?{here}lang={tag}" lang="{tag}" hreflang="{tag}">{name}</a></li>')
    items = LANGUAGES.items()
    return Markup().join(
        (now if tag == language else other).format(tag=tag, name=name, here=here) for tag, name in items
    )


def of_request() -> str:
    """The language of a page that knows no recipient, such as an error page."""
    return choose(request.args.get("lang", "")) if has_request_context() else USUAL


@lru_cache(maxsize=512)
def locale(language: str, country: str) -> Locale:
    """How dates and numbers are written: the language as used in the country of the door."""
    try:
        return Locale.parse(f"{language}_{country.upper()}") if country else Locale.parse(language)
    except (UnknownLocaleError, ValueError):
        return Locale.parse(language)


def install(app: Flask) -> None:
    """Give every template `_`, `page_language()` and `LANGUAGES`."""
    Babel(app, default_translation_directories=str(FOLDER), locale_selector=of_request)
    app.jinja_env.globals.update(page_language=of_request, LANGUAGES=LANGUAGES, tongues=tongues)
