"""What agents do with their own account: password, zone, browsers."""

import zoneinfo
from datetime import datetime

from sqlalchemy.orm import Session

from portal.flows.agent_acts import Done, Sorry
from portal.flows.agents import actor, hashed
from portal.flows.second_factor import Wait
from portal.flows.sign_in import TRIES, TRIES_WITHIN
from portal.store import agents, audit, browsers, sign_in_tries
from portal.store.agents import Agent
from portal.store.browsers import Browser

SHORTEST_PASSWORD, LONGEST_PASSWORD = 12, 1_000
# as much of a session's fingerprint as names it among an agent's own
NAMED_BY = 16


def count_guess(session: Session, agent: Agent, now: datetime) -> Wait | None:
    """Count a guess at the own password from within, before it is looked at."""
    until = sign_in_tries.count(session, "own", str(agent.id), now, TRIES_WITHIN, TRIES)
    return Wait(until) if until else None


def flaw_of(password: str, again: str, agent: Agent) -> str:
    """What is wrong with a new password, as a sentence; empty when nothing is."""
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        return f"A new password has {SHORTEST_PASSWORD} to {LONGEST_PASSWORD:,} characters."
    if password != again:
        return "The two new passwords are not the same."
    if len(set(password)) < 5 or agent.email.partition("@")[0] in password.lower():
        return "This password is easy to guess. Please choose another."
    return ""


def change_password(session: Session, browser: Browser, password: str, now: datetime) -> Done:
    """The old one was right: a new one, and every other browser is signed out."""
    agent = browser.agent
    agents.set_password(session, agent.id, hashed(password))
    browsers.end_of_agent(session, agent.id, "", but=browser.fingerprint)
    forget_guesses(session, agent)
    audit.record(session, actor(agent), "password_changed", now, shipper_id=agent.shipper_id)
    return Done("The password is changed. All your other browsers are signed out.")


def end_browsers(session: Session, browser: Browser, name: str, now: datetime) -> Done | Sorry:
    """Sign one other browser of one's own out, by the beginning of its fingerprint, or with no name all others."""
    if name and len(name) != NAMED_BY:
        return Sorry("This browser is signed out already.")
    ended = browsers.end_of_agent(session, browser.agent.id, name, but=browser.fingerprint)
    if not ended:
        return Sorry("This browser is signed out already." if name else "There is no other browser.")
    agent = browser.agent
    audit.record(session, actor(agent), "own_sessions_ended", now, shipper_id=agent.shipper_id, count=ended)
    return Done("The browser is signed out." if name else "All your other browsers are signed out.")


def set_timezone(session: Session, agent: Agent, timezone: str) -> Done | Sorry:
    """The zone in which times are shown beside the door's; empty: none of one's own."""
    if timezone and timezone not in zoneinfo.available_timezones():
        return Sorry("This is no time zone; choose one such as Europe/Berlin or America/New_York.")
    agents.set_timezone(session, agent.id, timezone)
    return Done("Times are shown in your zone beside the door's.")


def forget_guesses(session: Session, agent: Agent) -> None:
    """The own password was right: start counting anew."""
    sign_in_tries.forget(session, "own", str(agent.id))
