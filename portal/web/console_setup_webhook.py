"""Set-up's page of the webhook: where dispatch is called, with which secrets, what was delivered, and again."""

from dataclasses import dataclass

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue

from notifications.message import Attempt, Message, Standing
from portal.domain.roles import Role
from portal.flows import operate_webhook, set_up
from portal.flows.operate_terms import Wrong
from portal.flows.operate_webhook import TYPES
from portal.flows.set_up import SentBefore
from portal.store import outbox, webhooks
from portal.web import guard, setup_form
from portal.web.clean import clean_line
from portal.web.setup_form import Field, Sheet
from portal.web.setup_pages import Where, back, form_token, page, said, secret_page, sent_before, where, who
from portal.wiring import kit

bp = Blueprint("console_setup_webhook", __name__, url_prefix="/console/setup")

A_PAGE = 30
FIELDS = (
    Field(
        "url", "Address", "url", "Where we call, by POST; https for real parcels.", longest=2_000, needed=True
    ),
    Field(
        "events", "What is told", "many", "None: all of these.", choices=tuple((one, one) for one in TYPES)
    ),
)
TONES = {Standing.DELIVERED: "good", Standing.QUEUED: "quiet", Standing.SENDING: "quiet"}


@dataclass(frozen=True, slots=True)
class Delivery:
    """A call with its tries, as the log shows it."""

    message: Message
    tries: list[Attempt]

    @property
    def tone(self) -> str:
        """How it stands, by its chip."""
        return TONES.get(self.message.standing, "bad")

    @property
    def waits(self) -> bool:
        """Whether it is tried again by itself."""
        return self.message.standing is Standing.QUEUED and bool(self.message.attempts)


@bp.get("/<slug>/webhook")
@guard.agent(Role.ADMIN, fresh=True)
def show(slug: str) -> ResponseReturnValue:
    """The endpoint, and the last deliveries; `?before=` goes on after one."""
    at = where(slug)
    with kit().reading() as session:
        stored = operate_webhook.stored(webhooks.of(session, at.owner))
    return _page(at, setup_form.opened(FIELDS, stored))


@bp.post("/<slug>/webhook")
@guard.agent(Role.ADMIN, fresh=True)
def save(slug: str) -> ResponseReturnValue:
    """Set the endpoint; the first time, this answer alone shows its secret."""
    at, sheet, now = where(slug), setup_form.sent(FIELDS, request.form), kit().now()
    url, events = sheet.typed["url"], sheet.typed["events"].split()
    try:
        operate_webhook.check(url, events, kit().settings.webhook_allow_private)
        with kit().transaction() as session:
            set_up.hold(session, at.owner)
            if sheet.overtaken(operate_webhook.stored(webhooks.of(session, at.owner, hold=True))):
                return _page(at, sheet, 409)
            put = operate_webhook.put(session, who(), at.owner, url, events, now)
    except Wrong as wrong:
        sheet.refuse(wrong)
        return _page(at, sheet, 422)
    if put.secret:
        return _secret(at, put.secret)
    return back("console_setup_webhook.show", at, "The webhook is kept, and switched on.")


@bp.post("/<slug>/webhook/<any(rotate,forget,off,on,test):step>")
@guard.agent(Role.ADMIN, fresh=True)
def act(slug: str, step: str) -> ResponseReturnValue:
    """A new secret; the old one's end; off and on; a test."""
    at, now, secret = where(slug), kit().now(), ""
    try:
        with kit().transaction() as session:
            set_up.once(session, form_token(), now)
            match step:
                case "rotate":
                    secret = operate_webhook.rotate(session, who(), at.owner, now)
                    set_up.made(session, form_token(), "a new secret was made")
                case "forget":
                    operate_webhook.forget_old(session, who(), at.owner, now)
                case "test":
                    operate_webhook.test(session, kit().voice, who(), at.owner, now)
                case _:
                    operate_webhook.switch(session, who(), at.owner, step == "on", now)
    except SentBefore as before:
        return back("console_setup_webhook.show", at, sent_before(before), "warn")
    except Wrong as wrong:
        return back("console_setup_webhook.show", at, said(wrong), "bad")
    return _secret(at, secret) if secret else back("console_setup_webhook.show", at, SAID[step])


SAID = {
    "forget": "The old secret signs no more.",
    "test": "A test is on its way; look at the log in a moment.",
    "on": "The webhook is switched on.",
    "off": "The webhook is switched off. Changes are kept, and can be read by the API.",
}


@bp.post("/<slug>/webhook/deliveries/<message_id>/again")
@guard.agent(Role.ADMIN, fresh=True)
def again(slug: str, message_id: str) -> ResponseReturnValue:
    """Send a delivery again, with the same id."""
    at = where(slug)
    try:
        with kit().transaction() as session:
            operate_webhook.replay(session, kit().voice, who(), at.owner, message_id, kit().now())
    except Wrong:
        abort(404)
    return back("console_setup_webhook.show", at, "It is sent again, with the same webhook-id.")


def _secret(at: Where, secret: str) -> ResponseReturnValue:
    return secret_page(
        at,
        "webhook",
        title="The webhook's secret",
        secrets=[("Secret", secret)],
        more=[
            "Dispatch checks with it that a call is ours (Standard Webhooks).",
            "An old secret signs for a day more.",
        ],
        leave=url_for("console_setup_webhook.show", slug=at.slug),
    )


def _page(at: Where, sheet: Sheet, status: int = 200) -> ResponseReturnValue:
    before = clean_line(request.args.get("before", ""))[:60]
    with kit().reading() as session:
        endpoint = webhooks.of(session, at.owner)
        sent = outbox.webhook_deliveries(session, at.owner or None, A_PAGE + 1, before)
        tries = outbox.attempts_of(session, sent)
    log = [Delivery(one, tries.get(one.id, [])) for one in sent[:A_PAGE]]
    more = log[-1].message.id if len(sent) > A_PAGE else None
    return page("webhook", at, status, sheet=sheet, endpoint=endpoint, log=log, more=more)
