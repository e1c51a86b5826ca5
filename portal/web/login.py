"""Agents sign in and out. The answer and its time are the same whether an address is known or not."""

from flask import Blueprint, current_app, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.domain.second_factor import key_for_typing
from portal.flows import second_factor, sign_in
from portal.flows.second_factor import Wait
from portal.store.browsers import CODE_AWAITED, FULL, TO_ENROLL, Browser
from portal.web import guard, qr, signing_in
from portal.web.clean import clean_line
from portal.web.signing_in import code_time, house, safe_next, token, wait_words
from portal.wiring import kit

bp = Blueprint("login", __name__)

WRONG = "This email and password do not belong together. Please try again."
WRONG_CODE = "This code is not right, or it was used before. Please type the one that is shown now."
LONGEST_PASSWORD = 1_000


@bp.get("/console/login")
@guard.open_door("nobody is signed in yet")
def form() -> ResponseReturnValue:
    """The form; who is signed in already goes on."""
    with kit().reading() as reading:
        known = sign_in.recognise(reading, house(), token(), kit().now())
    if known is not None:
        return redirect(safe_next(request.args.get("next")), 303)
    return _form(SORRY.get(request.args.get("sorry", ""), ""))


# What other ways of signing in may say here; the address names only which.
SORRY = {
    "sso": "The sign-in of your company did not work out. Please try again, or use your password.",
    "unknown": "Your company knows you, but nobody here has your address. Please ask an admin to add you.",
}


def _form(sorry: str = "", email: str = "", status: int = 200) -> ResponseReturnValue:
    back = safe_next(request.values.get("next"))
    sso = bool(kit().settings.oidc_issuer)
    page = render_template("pages/console/login.html", sorry=sorry, email=email, next=back, sso=sso)
    return page, status


@bp.post("/console/login", endpoint="sign_in")
@guard.open_door("checks the password itself")
def check_password() -> ResponseReturnValue:
    """Check email and password; a right one opens a new session and ends the browser's former one."""
    email = clean_line(request.form.get("email", ""))[:254]
    password = request.form.get("password", "")[:LONGEST_PASSWORD]
    now = kit().now()
    with kit().transaction() as saving:
        attempt = sign_in.begin(saving, email, signing_in.device(), signing_in.network(), now)
    if isinstance(attempt, Wait):
        return _form(wait_words(attempt.until, now), email, 429)
    if not sign_in.is_right(attempt.agent, password) or attempt.agent is None:
        return _form(WRONG, email, 401)
    with kit().transaction() as saving:
        browser = signing_in.browser_name()
        opened = sign_in.admit(saving, house(), attempt, password, browser, token(), now)
    return signing_in.go_on(opened, attempt.agent.id, request.form.get("next"))


def _halfway(level: str) -> Browser | None:
    with kit().reading() as reading:
        return sign_in.halfway(reading, token(), level, kit().now())


def _start_again() -> ResponseReturnValue:
    return redirect(url_for("login.form", next=safe_next(request.values.get("next"))), 303)


@bp.get("/console/login/code")
@guard.open_door("shows a form to a browser whose password was right")
def code() -> ResponseReturnValue:
    """Where the code of the second factor is typed."""
    return _code_form() if _halfway(CODE_AWAITED) else _start_again()


def _code_form(sorry: str = "", status: int = 200) -> ResponseReturnValue:
    back = safe_next(request.values.get("next"))
    return render_template("pages/console/login_code.html", sorry=sorry, next=back), status


@bp.post("/console/login/code")
@guard.open_door("the password was right; checks the code itself")
def check_code() -> ResponseReturnValue:
    """Check the code; a right one opens the console."""
    browser, now = _halfway(CODE_AWAITED), kit().now()
    if browser is None:
        return _start_again()
    agent, device = browser.agent, signing_in.device_of(browser.agent.id)
    with kit().transaction() as saving:
        guess = second_factor.count_guess(saving, agent, device, now)
    if isinstance(guess, Wait):
        return _code_form(wait_words(guess.until, now), 429)
    with kit().transaction() as saving:
        typed = request.form.get("code", "")
        how = second_factor.check(saving, house().secret, agent, typed, code_time(), guess)
        if how:
            opened = sign_in.open_session(
                saving, house(), agent, FULL, browser.name, token(), now, f"password and {how}"
            )
    if not how:
        return _code_form(WRONG_CODE, 401)
    return signing_in.go_on(opened, agent.id, request.form.get("next"))


@bp.get("/console/login/second-factor")
@guard.open_door("shows its key to a browser whose password was right and that has no second factor yet")
def enroll() -> ResponseReturnValue:
    """Where a second factor is set up that the house asks for."""
    browser = _halfway(TO_ENROLL)
    return _enroll_form(browser) if browser else _start_again()


def _enroll_form(browser: Browser, sorry: str = "", status: int = 200) -> ResponseReturnValue:
    with kit().reading() as reading:
        offered = second_factor.offered(reading, house().secret, browser.agent, kit().settings.carrier_name)
    if offered is None:
        return _start_again()
    back, drawn = safe_next(request.values.get("next")), qr.drawing(offered.uri)
    page = render_template(
        "pages/console/login_enroll.html",
        key=key_for_typing(offered.key),
        drawing=drawn,
        next=back,
        sorry=sorry,
        agent=browser.agent,
    )
    return page, status


@bp.post("/console/login/second-factor")
@guard.open_door("the password was right; checks the first code itself")
def confirm() -> ResponseReturnValue:
    """The first right code: the second factor counts, recovery codes are shown once, the console is open."""
    browser, now = _halfway(TO_ENROLL), kit().now()
    if browser is None:
        return _start_again()
    agent, device = browser.agent, signing_in.device_of(browser.agent.id)
    with kit().transaction() as saving:
        guess = second_factor.count_guess(saving, agent, device, now)
    if isinstance(guess, Wait):
        return _enroll_form(browser, wait_words(guess.until, now), 429)
    with kit().transaction() as saving:
        typed = request.form.get("code", "")
        if right := second_factor.check(saving, house().secret, agent, typed, code_time(), guess):
            codes = second_factor.fresh_codes(saving, house().secret, agent, now)
            opened = sign_in.open_session(
                saving, house(), agent, FULL, browser.name, token(), now, "enrolling"
            )
    if not right:
        return _enroll_form(browser, WRONG_CODE, 401)
    session.clear()
    page = render_template(
        "pages/console/recovery.html", codes=codes, next=safe_next(request.form.get("next"))
    )
    response = current_app.make_response(page)
    return signing_in.remember(signing_in.hand_over(response, opened), agent.id)


@bp.post("/console/logout")
@guard.agent()
def sign_out() -> ResponseReturnValue:
    """End the session, here and on the server."""
    with kit().transaction() as saving:
        sign_in.sign_out(saving, g.agent, token(), kit().now())
    session.clear()
    response = redirect(url_for("login.form"), 303)
    response.delete_cookie(
        guard.agent_cookie(), path="/", secure=current_app.config["SESSION_COOKIE_SECURE"], httponly=True
    )
    return response
