"""What every page of set-up shares: whose things they are, the way between them, and answers with a secret in them."""

import secrets
from dataclasses import dataclass
from typing import Any

from flask import (
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from portal.flows.agents import actor
from portal.flows.operate_terms import Wrong
from portal.flows.set_up import SentBefore
from portal.store import shippers
from portal.store.shippers import Shipper
from portal.wiring import kit

# Stands for the operator in an address; no shipper's short name can be it.
OPERATOR = "_"


@dataclass(frozen=True, slots=True)
class Where:
    """Whose set-up is looked at; no shipper: the operator's own."""

    shipper: Shipper | None

    @property
    def owner(self) -> int:
        """The shipper's number, 0 for the operator."""
        return self.shipper.id if self.shipper else 0

    @property
    def slug(self) -> str:
        """How it is named in addresses."""
        return self.shipper.slug if self.shipper else OPERATOR

    @property
    def name(self) -> str:
        """How people call it."""
        return self.shipper.name if self.shipper else "The operator"


@dataclass(frozen=True, slots=True)
class Noun:
    """A page of set-up: its name in addresses and in what is written down, its words, and whether operators have it."""

    name: str
    label: str
    endpoint: str
    of_operator: bool = True
    names_it_by: str = "slug"


NOUNS = (
    Noun("overview", "Overview", "console_setup.overview"),
    Noun("brand", "Brand", "console_setup_brand.show", of_operator=False),
    Noun("rules", "Rules", "console_setup_rules.show", of_operator=False),
    Noun("words", "Words", "console_wordings.show", of_operator=False, names_it_by="shipper"),
    Noun("goodwill", "Making good", "console_setup_goodwill.show", of_operator=False),
    Noun("keys", "Keys", "console_setup_keys.show"),
    Noun("webhook", "Webhook", "console_setup_webhook.show"),
    Noun("people", "People", "console_setup_people.show"),
    Noun("lockers", "Lockers", "console_setup_lockers.show"),
    Noun("slots", "Slots", "console_setup_slots.show"),
    Noun("vans", "Vans", "console_setup_vans.show"),
    Noun("history", "Changes", "console_setup.history"),
)


def where(slug: str) -> Where:
    """Whose set-up this address names, read anew; not found where it is none of the agent's."""
    if slug == OPERATOR:
        return Where(None) if g.agent.shipper_id is None else abort(404)
    with kit().reading() as session:
        found = shippers.by_slug(session, slug)
    if found is None or g.agent.shipper_id not in (None, found.id):
        abort(404)
    return Where(found)


def whose(slug: str) -> Shipper:
    """The shipper of this address; the operator has no such page."""
    return where(slug).shipper or abort(404)


def who() -> str:
    """How the agent who asks is written down."""
    return actor(g.agent)


def ways(at: Where) -> list[tuple[str, str, str]]:
    """(name, label, address) of each page there is for these."""
    here = current_app.view_functions
    return [
        (noun.name, noun.label, _address(noun, at))
        for noun in NOUNS
        if noun.endpoint in here and (at.shipper or noun.of_operator)
    ]


def _address(noun: Noun, at: Where) -> str:
    named: dict[str, Any] = {noun.names_it_by: at.slug}
    return url_for(noun.endpoint, **named)


def page(noun: str, at: Where, status: int = 200, **more: Any) -> ResponseReturnValue:
    """One page of set-up; every form in it has a token that is good for one sending."""
    form = secrets.token_urlsafe(24)
    context = {"at": at, "noun": noun, "ways": ways(at), "form_token": form, "now": kit().now(), **more}
    return render_template(f"pages/setup/{noun}.html", **context), status


def secret_page(at: Where, noun: str, **more: Any) -> Response:
    """The answer that shows a secret, once: never kept by a browser, never in an address."""
    made = make_response(render_template("pages/setup/secret.html", at=at, noun=noun, ways=ways(at), **more))
    made.headers["Cache-Control"] = "no-store"
    return made


def back(
    endpoint: str, at: Where, sentence: str = "", tone: str = "good", **more: Any
) -> ResponseReturnValue:
    """To a page again, with a sentence of what became of it."""
    if sentence:
        flash(sentence, tone)
    return redirect(url_for(endpoint, slug=at.slug, **more), 303)


def said(wrong: Wrong) -> str:
    """A sentence of a command, as a page says it."""
    return sentence(str(wrong))


def sentence(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def sent_before(before: SentBefore) -> str:
    """What a second sending of a form is told."""
    what = str(before)
    return (
        f"This form was sent before: {what}. Its secret was shown then and is kept nowhere."
        if what
        else ("This form was sent before.")
    )


def form_token() -> str:
    """The one-time token of the form that was sent."""
    return request.form.get("form_token", "")
