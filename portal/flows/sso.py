"""Who comes from the operator's own sign-in: an agent who was added here beforehand, and nobody else."""

import importlib.util

from sqlalchemy.orm import Session

from portal.domain.access import fingerprint
from portal.store import agents
from portal.store.agents import Agent


def is_installed() -> bool:
    """Whether the extra `oidc` is there."""
    return all(importlib.util.find_spec(name) for name in ("authlib", "joserfc"))


def agent_of(session: Session, issuer: str, subject: str, email: str) -> Agent | None:
    """The agent who is this subject of the issuer; None: nobody here.

    The first time, the verified address says which agent it is, and the subject is kept. From then on the subject
    counts: an address that the company gives to somebody else does not open the former owner's account.
    """
    mark = fingerprint(f"{issuer} {subject}")
    if known := agents.by_subject(session, mark):
        return known
    found = agents.by_email(session, email)
    if found is None or found.sso_subject:
        return None
    agents.bind_subject(session, found.id, mark)
    return found
