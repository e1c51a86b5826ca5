"""The support desk: search, acts, work queue, guard, rights of a person, figures and set-up."""

import sqlalchemy as sa  # noqa: F401
from alembic import op  # noqa: F401

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    find_up()
    acts_up()
    queue_up()
    guard_up()
    rights_up()
    setup_up()
    see_up()


def downgrade() -> None:
    see_down()
    setup_down()
    rights_down()
    guard_down()
    queue_down()
    acts_down()
    find_down()


def find_up() -> None:
    """Search."""


def find_down() -> None:
    """Search."""


def acts_up() -> None:
    """What agents do."""


def acts_down() -> None:
    """What agents do."""


def queue_up() -> None:
    """The work queue."""


def queue_down() -> None:
    """The work queue."""


def guard_up() -> None:
    """Sign-in, second factor, reveals."""


def guard_down() -> None:
    """Sign-in, second factor, reveals."""


def rights_up() -> None:
    """Export, erasure and retention."""


def rights_down() -> None:
    """Export, erasure and retention."""


def setup_up() -> None:
    """The set-up pages."""


def setup_down() -> None:
    """The set-up pages."""


def see_up() -> None:
    """Figures."""


def see_down() -> None:
    """Figures."""
