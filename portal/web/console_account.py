"""An agent's own account: password, second factor, recovery codes, zone, signed-in browsers."""

from datetime import datetime

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.domain.second_factor import key_for_typing
from portal.flows import accounts, second_factor, sign_in
from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor
from portal.flows.second_factor import Wait
from portal.store import browsers, second_factors
from portal.store.browsers import FULL
from portal.web import guard, qr, signing_in
from portal.web.clean import clean_line
from portal.web.console_ways import say
from portal.web.dossier_view import clock
from portal.web.login import LONGEST_PASSWORD, WRONG_CODE
from portal.web.signing_in import code_time, house, safe_next, token, wait_words
from portal.wiring import kit

bp = Blueprint("console_account", __name__, url_prefix="/console/account")

WRONG_PASSWORD = "This is not your password. Please try again."


@bp.get("")
@guard.agent()
def show() -> ResponseReturnValue:
    """The account."""
    now = kit().now()
    with kit().reading() as session:
        theirs = browsers.of_agent(session, g.agent.id, now)
        enrolled = second_factor.is_enrolled(session, g.agent)
        left = second_factors.codes_left(session, g.agent.id)
    return render_template(
        "pages/console/account.html",
        browsers=[one for one in theirs if one.level == FULL],
        this=g.browser.fingerprint,
        named_by=accounts.NAMED_BY,
        enrolled=enrolled,
        codes_left=left,
        code_required=house().code_required,
        shortest=accounts.SHORTEST_PASSWORD,
        ago=clock("UTC", "", now).ago,
    )


def _back(outcome: Done | Sorry) -> ResponseReturnValue:
    say(outcome)
    return redirect(url_for("console_account.show", _anchor="said"), 303)


def _is_me(password: str) -> bool | Wait:
    """Whether the password is the agent's own; each guess is counted before it is looked at."""
    with kit().transaction() as saving:
        wait = accounts.count_guess(saving, g.agent, kit().now())
    return wait or sign_in.is_right(g.agent, password[:LONGEST_PASSWORD])


@bp.post("/password")
@guard.agent()
def change_password() -> ResponseReturnValue:
    """A new password, with the old one; other browsers are signed out and this one goes on with a new session."""
    form, now = request.form, kit().now()
    if flaw := accounts.flaw_of(form.get("new", ""), form.get("again", ""), g.agent):
        return _back(Sorry(flaw))
    right = _is_me(form.get("password", ""))
    if isinstance(right, Wait):
        return _back(Sorry(wait_words(right.until, now)))
    if not right:
        return _back(Sorry(WRONG_PASSWORD))
    with kit().transaction() as saving:
        outcome = accounts.change_password(saving, g.browser, form["new"], now)
        # a password alone proves less than password and code: what asks for both asks as it did before
        opened = sign_in.open_session(
            saving,
            house(),
            g.agent,
            FULL,
            g.browser.name,
            token(),
            now,
            "new password",
            g.browser.proven_at,
        )
    return signing_in.hand_over(current_app.make_response(_back(outcome)), opened)


@bp.post("/timezone")
@guard.agent()
def set_timezone() -> ResponseReturnValue:
    """The zone beside the door's."""
    with kit().transaction() as saving:
        return _back(accounts.set_timezone(saving, g.agent, clean_line(request.form.get("timezone", ""))))


@bp.post("/browsers")
@guard.agent()
def end_browsers() -> ResponseReturnValue:
    """Sign out one other browser, or all others."""
    with kit().transaction() as saving:
        return _back(accounts.end_browsers(saving, g.browser, request.form.get("browser", ""), kit().now()))


@bp.post("/second-factor")
@guard.agent(fresh=True)
def begin_factor() -> ResponseReturnValue:
    """Make a key for an authenticator; it counts from its first right code on."""
    with kit().transaction() as saving:
        second_factor.offer(saving, house().secret, g.agent, kit().now())
    return redirect(url_for("console_account.factor"), 303)


@bp.get("/second-factor")
@guard.agent(fresh=True)
def factor() -> ResponseReturnValue:
    """The key that waits for its first code, as picture and text."""
    return _factor_page()


def _factor_page(sorry: str = "", status: int = 200) -> ResponseReturnValue:
    with kit().reading() as session:
        offered = second_factor.offered(session, house().secret, g.agent, kit().settings.carrier_name)
    if offered is None:
        return redirect(url_for("console_account.show"), 303)
    page = render_template(
        "pages/console/factor.html",
        key=key_for_typing(offered.key),
        drawing=qr.drawing(offered.uri),
        sorry=sorry,
    )
    return page, status


@bp.post("/second-factor/confirm")
@guard.agent(fresh=True)
def confirm_factor() -> ResponseReturnValue:
    """The first right code: the second factor counts; the recovery codes are shown once."""
    now, device = kit().now(), signing_in.device_of(g.agent.id)
    with kit().reading() as session:
        if second_factor.is_enrolled(session, g.agent):
            return redirect(url_for("console_account.show"), 303)
    if said := _code_is_wrong(device, now):
        return _factor_page(*said)
    with kit().transaction() as saving:
        codes = second_factor.fresh_codes(saving, house().secret, g.agent, now)
    return _recovery(codes)


def _recovery(codes: list[str]) -> str:
    return render_template("pages/console/recovery.html", codes=codes, next=url_for("console_account.show"))


@bp.post("/recovery-codes")
@guard.agent(fresh=True)
def make_codes() -> ResponseReturnValue:
    """Fresh recovery codes, shown once."""
    with kit().transaction() as saving:
        if not second_factor.is_enrolled(saving, g.agent):
            return redirect(url_for("console_account.show"), 303)
        return _recovery(second_factor.fresh_codes(saving, house().secret, g.agent, kit().now()))


@bp.post("/second-factor/remove")
@guard.agent(fresh=True)
def remove_factor() -> ResponseReturnValue:
    """Sign in by password alone; where the house asks for a code, sign in again and set up another phone."""
    with kit().transaction() as saving:
        second_factor.remove(saving, g.agent, actor(g.agent), kit().now())
        if house().code_required:
            browsers.end_of_agent(saving, g.agent.id, "")
    return _back(Done("The second factor is removed."))


@bp.get("/again")
@guard.agent()
def again() -> ResponseReturnValue:
    """Where somebody who is signed in shows once more who they are."""
    return _again_form()


def _again_form(sorry: str = "", status: int = 200) -> ResponseReturnValue:
    with kit().reading() as session:
        enrolled = second_factor.is_enrolled(session, g.agent)
    page = render_template(
        "pages/console/again.html",
        sorry=sorry,
        enrolled=enrolled,
        next=safe_next(request.values.get("next")),
        sso=bool(kit().settings.oidc_issuer),
    )
    return page, status


@bp.post("/again")
@guard.agent()
def prove_again() -> ResponseReturnValue:
    """Check password and code; the browser goes on with a new, fresh session."""
    now, device = kit().now(), signing_in.device_of(g.agent.id)
    right = _is_me(request.form.get("password", ""))
    if isinstance(right, Wait):
        return _again_form(wait_words(right.until, now), 429)
    if not right:
        return _again_form(WRONG_PASSWORD, 401)
    with kit().reading() as session:
        asked = second_factor.is_enrolled(session, g.agent)
    if asked and (said := _code_is_wrong(device, now)):
        return _again_form(*said)
    with kit().transaction() as saving:
        accounts.forget_guesses(saving, g.agent)
        opened = sign_in.open_session(saving, house(), g.agent, FULL, g.browser.name, token(), now, "again")
    response = redirect(safe_next(request.form.get("next")), 303)
    return signing_in.hand_over(current_app.make_response(response), opened)


def _code_is_wrong(device: str, now: datetime) -> tuple[str, int] | None:
    """Count and check the code in the form: what to say and the status, or None when it is right."""
    with kit().transaction() as saving:
        guess = second_factor.count_guess(saving, g.agent, device, now)
    if isinstance(guess, Wait):
        return wait_words(guess.until, now), 429
    with kit().transaction() as saving:
        typed = request.form.get("code", "")
        right = second_factor.check(saving, house().secret, g.agent, typed, code_time(), guess)
    return None if right else (WRONG_CODE, 401)
