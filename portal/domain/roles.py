"""What a person of the operator or of a shipper may do in console and desk."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """From the least to the most; each may do what those before it may."""

    VIEWER = "viewer"
    AGENT = "agent"
    LEAD = "lead"
    ADMIN = "admin"


RANK = {role: place for place, role in enumerate(Role)}


def may(role: str, needed: Role) -> bool:
    """Whether somebody of this role may do what needs that one. An unknown role may do nothing."""
    return role in RANK and RANK[Role(role)] >= RANK[needed]


@dataclass(frozen=True, slots=True)
class Post:
    """Somebody's place: their role, and the house they work for (a shipper's id, or None: the operator)."""

    role: str
    house: int | None


def why_not_manage(by: Post, of: Post) -> str:
    """What keeps somebody from managing somebody else, as a sentence; empty when nothing does."""
    if not may(by.role, Role.ADMIN):
        return "Only an admin manages agents."
    if by.house is not None and by.house != of.house:
        return "You manage the agents of your own house only."
    return ""


def why_not_become(by: Post, of: Post, role: str, *, oneself: bool, last_admin: bool) -> str:
    """What keeps an agent from being given this role, as a sentence; empty when nothing does."""
    if role not in RANK:
        return f"There is no role {role!r}; choose one of {', '.join(Role)}."
    if sentence := why_not_manage(by, of):
        return sentence
    if oneself:
        return "Nobody changes their own role; another admin can."
    if last_admin and of.role == Role.ADMIN and role != Role.ADMIN:
        return LAST_ADMIN
    return ""


LAST_ADMIN = "This is the last admin of this house; make somebody else an admin first."


def why_not_leave(by: Post, of: Post, *, oneself: bool, last_admin: bool) -> str:
    """What keeps an agent from being let go, as a sentence; empty when nothing does."""
    if sentence := why_not_manage(by, of):
        return sentence
    if oneself:
        return "Nobody lets themselves go; another admin can."
    return LAST_ADMIN if last_admin and of.role == Role.ADMIN else ""
