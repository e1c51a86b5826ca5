"""What a person of the operator or of a shipper may do in console and desk."""

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
