"""The support desk: search, acts, work queue, guard, rights of a person, figures and set-up."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from portal.db import Moment
from portal.domain.finding import keys_of, vocabulary_of
from portal.domain.shipment import fold
from portal.domain.spelling import neighborhood_keys
from portal.domain.visits import first_attempt
from portal.store.shipment_rows import line_event

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
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    word = sa.String(length=40).with_variant(sa.String(length=40, collation="C"), "postgresql")
    op.create_table(
        "find_keys",
        sa.Column("key", big, autoincrement=False, nullable=False),
        sa.Column("shipment_id", big, autoincrement=False, nullable=False),
        sa.Column("shipper_id", big, autoincrement=False, nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_find_keys_shipment_id_shipments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("key", "shipment_id", "shipper_id", name=op.f("pk_find_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "find_words",
        sa.Column("word", word, nullable=False),
        sa.PrimaryKeyConstraint("word", name=op.f("pk_find_words")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "find_spellings",
        sa.Column("key", big, autoincrement=False, nullable=False),
        sa.Column("word", word, nullable=False),
        sa.PrimaryKeyConstraint("key", "word", name=op.f("pk_find_spellings")),
        sqlite_with_rowid=False,
    )
    if on_postgresql:
        # an index over rows that are there is made in a fraction of the time it takes to grow with them
        op.drop_constraint("fk_find_keys_shipment_id_shipments", "find_keys")
        op.drop_constraint("pk_find_keys", "find_keys")
    find_what_is_there()
    if on_postgresql:
        op.create_primary_key("pk_find_keys", "find_keys", ["key", "shipment_id", "shipper_id"])
        op.create_foreign_key(
            "fk_find_keys_shipment_id_shipments",
            "find_keys",
            "shipments",
            ["shipment_id"],
            ["id"],
            ondelete="CASCADE",
        )
        # byte order, so that beginnings are ranges of an index
        for table, column, length in BY_BYTES:
            op.alter_column(table, column, type_=sa.String(length=length, collation="C"))
    op.create_index("ix_find_keys_shipment_id", "find_keys", ["shipment_id"])
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_constraint("uq_shipments_shipper_id_reference", type_="unique")
        batch_op.create_unique_constraint("uq_shipments_reference_shipper_id", ["reference", "shipper_id"])
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_messages_provider_id",
            ["provider_id"],
            unique=False,
            sqlite_where=sa.text("provider_id <> ''"),
            postgresql_where=sa.text("provider_id <> ''"),
        )
    with op.batch_alter_table("locker_bookings", schema=None) as batch_op:
        for name in ("code_mark", "delegate_mark"):
            batch_op.add_column(sa.Column(name, sa.String(length=32), server_default="", nullable=False))
            batch_op.create_index(
                f"ix_locker_bookings_{name}",
                [name],
                unique=False,
                sqlite_where=sa.text(f"{name} <> ''"),
                postgresql_where=sa.text(f"{name} <> ''"),
            )


BY_BYTES = (("shipments", "reference", 80), ("shipments", "email", 254), ("parcels", "code", 80))
FOUND_BY = ("recipient_name", "lines", "locality", "postcode", "country", "phone")


def find_what_is_there() -> None:
    """Index the shipments there are, a few thousand at a time."""
    connection = op.get_bind()
    table = sa.table(
        "shipments",
        *map(sa.column, ("id", "shipper_id")),
        *(sa.column(name, sa.JSON if name == "lines" else sa.String) for name in FOUND_BY),
    )
    keys = sa.table("find_keys", *map(sa.column, ("key", "shipment_id", "shipper_id")))
    words: set[str] = set()
    last = 0
    piece = sa.select(table).order_by(table.c.id).limit(2_000)
    while rows := connection.execute(piece.where(table.c.id > last)).all():
        last = rows[-1].id
        facts = [(row, [fact_of(getattr(row, name)) for name in FOUND_BY]) for row in rows]
        words.update(word for _, known in facts for word in vocabulary_of(*known[:4]))
        connection.execute(
            sa.insert(keys),
            [
                {"key": key, "shipment_id": row.id, "shipper_id": row.shipper_id}
                for row, known in facts
                for key in keys_of(*known)
            ],
        )
    if words:
        connection.execute(
            sa.insert(sa.table("find_words", sa.column("word"))), [{"word": word} for word in sorted(words)]
        )
    near = [{"key": key, "word": word} for word in sorted(words) for key in neighborhood_keys(word)]
    if near:
        connection.execute(sa.insert(sa.table("find_spellings", sa.column("key"), sa.column("word"))), near)


def fact_of(value: object) -> object:
    """Lines are a list of words, whatever else somebody put there."""
    return [line for line in value if isinstance(line, str)] if isinstance(value, (list, dict)) else value


def find_down() -> None:
    """Search."""
    with op.batch_alter_table("locker_bookings", schema=None) as batch_op:
        for name in ("delegate_mark", "code_mark"):
            batch_op.drop_index(
                f"ix_locker_bookings_{name}",
                sqlite_where=sa.text(f"{name} <> ''"),
                postgresql_where=sa.text(f"{name} <> ''"),
            )
            batch_op.drop_column(name)
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_provider_id",
            sqlite_where=sa.text("provider_id <> ''"),
            postgresql_where=sa.text("provider_id <> ''"),
        )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_constraint("uq_shipments_reference_shipper_id", type_="unique")
        batch_op.create_unique_constraint("uq_shipments_shipper_id_reference", ["shipper_id", "reference"])
    if op.get_bind().dialect.name == "postgresql":
        for table, column, length in BY_BYTES:
            op.alter_column(table, column, type_=sa.String(length=length, collation="default"))
    op.drop_table("find_spellings")
    op.drop_table("find_words")
    op.drop_table("find_keys")


def acts_up() -> None:
    """What agents do."""
    op.create_table(
        "shipment_tags",
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("folded", sa.String(length=60), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("tag", sa.String(length=30), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_shipment_tags_shipment_id_shipments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_shipment_tags_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shipment_id", "folded", name=op.f("pk_shipment_tags")),
    )
    op.create_index("ix_shipment_tags_shipper_id_folded", "shipment_tags", ["shipper_id", "folded"])
    op.create_index("ix_shipment_tags_shipper_id_at", "shipment_tags", ["shipper_id", "at"])
    op.create_table(
        "attentions",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("event_id", sa.String(length=120), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.String(length=120), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_how", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_attentions_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_attentions_shipment_id_shipments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attentions")),
    )
    op.create_index(op.f("ix_attentions_shipment_id"), "attentions", ["shipment_id"])
    nobody_read = sa.text("read_at IS NULL AND ended_at IS NULL")
    op.create_index(
        "ix_attentions_waiting_at",
        "attentions",
        ["at"],
        postgresql_where=nobody_read,
        sqlite_where=nobody_read,
    )
    op.create_table(
        "goodwill_reasons",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("hundredths", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("retired", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_goodwill_reasons_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goodwill_reasons")),
        sa.UniqueConstraint("shipper_id", "code", name=op.f("uq_goodwill_reasons_shipper_id_code")),
    )
    op.create_table(
        "goodwill_ceilings",
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("role", sa.String(length=20), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("hundredths", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_goodwill_ceilings_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shipper_id", "role", "unit", name=op.f("pk_goodwill_ceilings")),
    )
    op.create_table(
        "goodwill_gifts",
        sa.Column("id", sa.String(length=36), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("reason_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("words", sa.String(length=80), nullable=False),
        sa.Column("hundredths", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("unit", sa.String(length=20), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_back_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("taken_back_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_goodwill_gifts_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_goodwill_gifts_shipment_id_shipments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["reason_id"],
            ["goodwill_reasons.id"],
            name=op.f("fk_goodwill_gifts_reason_id_goodwill_reasons"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_goodwill_gifts")),
    )
    op.create_index(op.f("ix_goodwill_gifts_shipment_id"), "goodwill_gifts", ["shipment_id"])
    op.create_index("ix_goodwill_gifts_shipper_id_at", "goodwill_gifts", ["shipper_id", "at"])
    stands = sa.text("taken_back_at IS NULL")
    op.create_index(
        "uq_goodwill_gifts_shipment_id_reason_id",
        "goodwill_gifts",
        ["shipment_id", "reason_id"],
        unique=True,
        postgresql_where=stands,
        sqlite_where=stands,
    )
    approvals_up()


def acts_down() -> None:
    """What agents do."""
    op.drop_table("goodwill_gifts")
    op.drop_table("goodwill_ceilings")
    op.drop_table("goodwill_reasons")
    op.drop_table("attentions")
    op.drop_table("shipment_tags")
    approvals_down()


def approvals_up() -> None:
    """Who calls, and what a second person has to agree to."""
    op.create_table(
        "calls",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("way", sa.String(length=20), nullable=False),
        sa.Column("hint", sa.String(length=300), server_default="", nullable=False),
        sa.Column("words", sa.String(length=200), server_default="", nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("good_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_calls_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"], ["shipments.id"], name=op.f("fk_calls_shipment_id_shipments"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calls")),
    )
    op.create_index(op.f("ix_calls_agent_id"), "calls", ["agent_id"], unique=False)
    op.create_index(
        "ix_calls_shipment_id_agent_id_id", "calls", ["shipment_id", "agent_id", "id"], unique=False
    )
    op.create_table(
        "approvals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("shown", sa.String(length=500), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("caller", sa.String(length=300), nullable=False),
        sa.Column("why", sa.String(length=200), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("asked_by_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lapses_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("standing", sa.String(length=12), nullable=False),
        sa.Column("decided_by", sa.String(length=120), server_default="", nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), server_default="", nullable=False),
        sa.Column("change_id", sa.String(length=36), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["agents.id"], name=op.f("fk_approvals_asked_by_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_approvals_shipment_id_shipments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipper_id"], ["shippers.id"], name=op.f("fk_approvals_shipper_id_shippers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approvals")),
    )
    op.create_index(op.f("ix_approvals_shipment_id"), "approvals", ["shipment_id"], unique=False)
    op.create_index(op.f("ix_approvals_asked_by_id"), "approvals", ["asked_by_id"], unique=False)
    op.create_index(
        "ix_approvals_shipper_id_standing_asked_at",
        "approvals",
        ["shipper_id", "standing", "asked_at"],
        unique=False,
    )
    op.create_index("ix_approvals_standing_lapses_at", "approvals", ["standing", "lapses_at"], unique=False)
    op.create_index(
        "uq_approvals_waiting",
        "approvals",
        ["shipment_id"],
        unique=True,
        postgresql_where=sa.text("standing = 'waiting'"),
        sqlite_where=sa.text("standing = 'waiting'"),
    )


def approvals_down() -> None:
    """Who calls, and what a second person has to agree to."""
    op.drop_table("approvals")
    op.drop_table("calls")


def queue_up() -> None:
    """The work queue."""
    big, moment = sa.BigInteger().with_variant(sa.Integer(), "sqlite"), sa.DateTime(timezone=True)
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.drop_index("ix_follow_ups_shipper_id_closed_at_opened_at")
        batch_op.alter_column("shipper_id", existing_type=big, nullable=True)
        batch_op.alter_column("shipment_id", existing_type=big, nullable=True)
        batch_op.add_column(sa.Column("due_at", moment, nullable=True))
        batch_op.add_column(sa.Column("claimed_by", big, nullable=True))
        batch_op.add_column(sa.Column("claimed_at", moment, nullable=True))
        batch_op.add_column(sa.Column("handed_by", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("handed_words", sa.String(length=300), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("snoozed_until", moment, nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_follow_ups_claimed_by_agents"),
            "agents",
            ["claimed_by"],
            ["id"],
            ondelete="SET NULL",
        )
    op.execute("UPDATE follow_ups SET due_at = opened_at")
    is_open, alarm = sa.text("closed_at IS NULL"), sa.text("shipment_id IS NULL")
    closed = sa.text("closed_at IS NOT NULL")
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        batch_op.alter_column("due_at", existing_type=moment, nullable=False)
        batch_op.create_index(
            "ix_follow_ups_alarm",
            ["kind", "key"],
            unique=True,
            sqlite_where=alarm,
            postgresql_where=alarm,
        )
        for name, columns in OPEN_MATTERS.items():
            batch_op.create_index(name, columns, unique=False, sqlite_where=is_open, postgresql_where=is_open)
        for name, columns in CLOSED_MATTERS.items():
            batch_op.create_index(name, columns, unique=False, sqlite_where=closed, postgresql_where=closed)
    op.create_table(
        "work_marks",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("at", moment, nullable=False),
        sa.Column("seen", big, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_work_marks")),
    )
    for name, (table, columns, where) in LOOKED_AT.items():
        some = sa.text(where) if where else None
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.create_index(
                name,
                columns,
                unique=False,
                sqlite_where=some,
                postgresql_where=some,
                postgresql_using=None if where else "brin",
                postgresql_with={} if where else {"autosummarize": "on"},
            )


# What is looked at for exceptions; a BRIN index where rows come in the order of their time.
LOOKED_AT = {
    "ix_shipments_planned_end_open": (
        "shipments",
        ["planned_end", "id"],
        "finished_at IS NULL AND planned_end IS NOT NULL",
    ),
    "ix_events_received_at": ("events", ["received_at"], ""),
    "ix_messages_settled_at_failed": ("messages", ["settled_at"], "standing = 'failed'"),
    "ix_locker_bookings_until": (
        "locker_bookings",
        ["until"],
        "released_at IS NULL AND until IS NOT NULL",
    ),
}
CLOSED_MATTERS = {
    "ix_follow_ups_closed_at": ["closed_at"],
    "ix_follow_ups_shipper_id_closed_at": ["shipper_id", "closed_at"],
}
OPEN_MATTERS = {
    "ix_follow_ups_open": ["due_at", "id"],
    "ix_follow_ups_shipper_id_open": ["shipper_id", "due_at", "id"],
    "ix_follow_ups_claimed_by_open": ["claimed_by"],
}


def queue_down() -> None:
    """The work queue; alarms that are about no shipment have no place in the list there was before."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    for name, (table, _, where) in LOOKED_AT.items():
        some = sa.text(where) if where else None
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(name, sqlite_where=some, postgresql_where=some)
    op.drop_table("work_marks")
    op.execute("DELETE FROM follow_ups WHERE shipment_id IS NULL OR shipper_id IS NULL")
    is_open, alarm = sa.text("closed_at IS NULL"), sa.text("shipment_id IS NULL")
    closed = sa.text("closed_at IS NOT NULL")
    with op.batch_alter_table("follow_ups", schema=None) as batch_op:
        for name in CLOSED_MATTERS:
            batch_op.drop_index(name, sqlite_where=closed, postgresql_where=closed)
        for name in OPEN_MATTERS:
            batch_op.drop_index(name, sqlite_where=is_open, postgresql_where=is_open)
        batch_op.drop_index("ix_follow_ups_alarm", sqlite_where=alarm, postgresql_where=alarm)
        batch_op.drop_constraint(batch_op.f("fk_follow_ups_claimed_by_agents"), type_="foreignkey")
        for name in ("snoozed_until", "handed_words", "handed_by", "claimed_at", "claimed_by", "due_at"):
            batch_op.drop_column(name)
        batch_op.alter_column("shipment_id", existing_type=big, nullable=False)
        batch_op.alter_column("shipper_id", existing_type=big, nullable=False)
        batch_op.create_index(
            "ix_follow_ups_shipper_id_closed_at_opened_at",
            ["shipper_id", "closed_at", "opened_at"],
            unique=False,
        )


def guard_up() -> None:
    """Sign-in, second factor, reveals."""
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("timezone", sa.String(length=60), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("sso_subject", sa.String(length=300), server_default="", nullable=False)
        )
    with op.batch_alter_table("agent_sessions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("level", sa.String(length=20), server_default="full", nullable=False))
        batch_op.add_column(sa.Column("browser", sa.String(length=120), server_default="", nullable=False))
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sign_in_tries_email"))
        batch_op.alter_column("email", new_column_name="mark", existing_type=sa.String(length=254))
        batch_op.add_column(sa.Column("kind", sa.String(length=20), server_default="email", nullable=False))
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.create_index("ix_sign_in_tries_mark_kind_at", ["mark", "kind", "at"], unique=False)

    op.create_table(
        "second_factors",
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed", sa.String(length=200), nullable=False),
        sa.Column("last_step", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_second_factors_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("seal", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_recovery_codes_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("agent_id", "seal", name=op.f("uq_recovery_codes_agent_id_seal")),
    )
    op.create_table(
        "reveals",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("shipment_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_reveals_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shipper_id"], ["shippers.id"], name=op.f("fk_reveals_shipper_id_shippers"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_reveals_shipment_id_shipments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveals")),
    )
    with op.batch_alter_table("reveals", schema=None) as batch_op:
        batch_op.create_index("ix_reveals_agent_id_at", ["agent_id", "at"], unique=False)
        batch_op.create_index("ix_reveals_shipper_id_at", ["shipper_id", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_reveals_shipment_id"), ["shipment_id"], unique=False)

    op.create_table(
        "quota_uses",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("agent_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_quota_uses_agent_id_agents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_uses")),
    )
    with op.batch_alter_table("quota_uses", schema=None) as batch_op:
        batch_op.create_index("ix_quota_uses_agent_id_what_at", ["agent_id", "what", "at"], unique=False)
        batch_op.create_index(batch_op.f("ix_quota_uses_at"), ["at"], unique=False)


def guard_down() -> None:
    """Sign-in, second factor, reveals."""
    for table in ("quota_uses", "reveals", "recovery_codes", "second_factors"):
        op.drop_table(table)
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.drop_index("ix_sign_in_tries_mark_kind_at")
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.drop_column("kind")
        batch_op.alter_column("mark", new_column_name="email", existing_type=sa.String(length=254))
    with op.batch_alter_table("sign_in_tries", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_tries_email"), ["email"], unique=False)
    with op.batch_alter_table("agent_sessions", schema=None) as batch_op:
        for column in ("proven_at", "seen_at", "browser", "level"):
            batch_op.drop_column(column)
    with op.batch_alter_table("agents", schema=None) as batch_op:
        batch_op.drop_column("sso_subject")
        batch_op.drop_column("timezone")


# What is known of a number or address itself grows old, too: table, its time, and which rows do.
OLD = (
    ("consents", "recorded_at", "given"),
    ("opt_outs", "started_at", "started_at IS NOT NULL"),
    ("unreachable", "until", ""),
    ("preferences", "updated_at", ""),
    ("neighbors", "updated_at", "blocked_at IS NULL"),
)


def rights_up() -> None:
    """Export, erasure and retention."""
    big = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "erasures",
        sa.Column("id", big, autoincrement=True, nullable=False),
        sa.Column("uid", sa.String(length=36), nullable=False),
        sa.Column("shipper_id", big, nullable=True),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("case_ref", sa.String(length=40), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=120), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["shipper_id"], ["shippers.id"], name=op.f("fk_erasures_shipper_id_shippers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
        sa.UniqueConstraint("uid", name=op.f("uq_erasures_uid")),
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasures_shipper_id"), ["shipper_id"], unique=False)
    op.create_table(
        "erasure_marks",
        sa.Column("erasure_id", big, nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["erasures.id"],
            name=op.f("fk_erasure_marks_erasure_id_erasures"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("erasure_id", "fingerprint", name=op.f("pk_erasure_marks")),
    )
    op.create_table(
        "erasure_pieces",
        sa.Column("erasure_id", big, nullable=False),
        sa.Column("shipment_id", big, nullable=False),
        sa.Column("part", sa.String(length=10), nullable=False),
        sa.Column("mark", sa.String(length=64), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["erasure_id"],
            ["erasures.id"],
            name=op.f("fk_erasure_pieces_erasure_id_erasures"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["shipment_id"],
            ["shipments.id"],
            name=op.f("fk_erasure_pieces_shipment_id_shipments"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("erasure_id", "shipment_id", "part", name=op.f("pk_erasure_pieces")),
    )
    with op.batch_alter_table("erasure_pieces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_erasure_pieces_shipment_id"), ["shipment_id"], unique=False)
        batch_op.create_index(
            "ix_erasure_pieces_waiting",
            ["erasure_id"],
            unique=False,
            postgresql_where=sa.text("done_at IS NULL"),
            sqlite_where=sa.text("done_at IS NULL"),
        )
    op.create_table(
        "provider_copies",
        sa.Column("provider", sa.String(length=40), nullable=False),
        sa.Column("provider_id", sa.String(length=120), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=60), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("provider", "provider_id", name=op.f("pk_provider_copies")),
    )
    with op.batch_alter_table("provider_copies", schema=None) as batch_op:
        batch_op.create_index(
            "ix_provider_copies_due_at",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("parked_at IS NULL"),
            sqlite_where=sa.text("parked_at IS NULL"),
        )
    op.create_table(
        "retention_marks",
        sa.Column("shipper_id", big, nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_retention_marks_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("shipper_id", "name", name=op.f("pk_retention_marks")),
    )
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("erased_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("erased_how", sa.String(length=10), server_default="", nullable=False))
        batch_op.add_column(sa.Column("words_gone_at", sa.DateTime(timezone=True), nullable=True))
        for name, column in (("contacts", "erased_at"), ("words", "words_gone_at")):
            waits = sa.text(f"finished_at IS NOT NULL AND {column} IS NULL")
            batch_op.create_index(
                f"ix_shipments_{name}_due",
                ["shipper_id", "finished_at"],
                unique=False,
                postgresql_where=waits,
                sqlite_where=waits,
            )
        never_ended = sa.text("finished_at IS NULL AND erased_at IS NULL")
        batch_op.create_index(
            "ix_shipments_never_ended",
            ["shipper_id", "created_at"],
            unique=False,
            postgresql_where=never_ended,
            sqlite_where=never_ended,
        )
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.create_index("ix_audit_shipper_id_at", ["shipper_id", "at"], unique=False)
    for table, column, where in OLD:
        with op.batch_alter_table(table, schema=None) as batch_op:
            only = sa.text(where) if where else None
            batch_op.create_index(
                f"ix_{table}_{column}", [column], unique=False, postgresql_where=only, sqlite_where=only
            )


def rights_down() -> None:
    """Export, erasure and retention."""
    for table, column, _ in OLD:
        with op.batch_alter_table(table, schema=None) as batch_op:
            batch_op.drop_index(f"ix_{table}_{column}")
    with op.batch_alter_table("audit", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_shipper_id_at")
    with op.batch_alter_table("shipments", schema=None) as batch_op:
        batch_op.drop_index("ix_shipments_never_ended")
        batch_op.drop_index("ix_shipments_words_due")
        batch_op.drop_index("ix_shipments_contacts_due")
        batch_op.drop_column("words_gone_at")
        batch_op.drop_column("erased_how")
        batch_op.drop_column("erased_at")
    for table in ("retention_marks", "provider_copies", "erasure_pieces", "erasure_marks", "erasures"):
        op.drop_table(table)


def setup_up() -> None:
    """The set-up pages: logos, forms that were sent once, and the changes of one shipper among all that is audited."""
    op.create_table(
        "logos",
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"], ["shippers.id"], name=op.f("fk_logos_shipper_id_shippers"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("shipper_id", name=op.f("pk_logos")),
    )
    op.create_index(op.f("ix_logos_fingerprint"), "logos", ["fingerprint"])
    op.create_table(
        "sent_forms",
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("made", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("fingerprint", name=op.f("pk_sent_forms")),
    )
    op.create_index(op.f("ix_sent_forms_at"), "sent_forms", ["at"])
    of_no_shipment = sa.text("shipment_id IS NULL")
    op.create_index(
        "ix_audit_set_up",
        "audit",
        ["shipper_id", "action", "id"],
        postgresql_where=of_no_shipment,
        sqlite_where=of_no_shipment,
    )
    webhooks = sa.text("channel = 'webhook'")
    op.create_index(
        "ix_messages_shipper_id_seq_webhook",
        "messages",
        ["shipper_id", "seq"],
        postgresql_where=webhooks,
        sqlite_where=webhooks,
    )


def setup_down() -> None:
    """The set-up pages."""
    op.drop_index("ix_messages_shipper_id_seq_webhook", "messages")
    op.drop_index("ix_audit_set_up", "audit")
    op.drop_table("sent_forms")
    op.drop_table("logos")


def see_up() -> None:
    """Figures."""
    op.add_column("shipments", sa.Column("first_attempt_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("shipments", sa.Column("first_attempt_ok", sa.Boolean(), nullable=True))
    _first_attempts()
    known = sa.text("first_attempt_at IS NOT NULL")
    op.create_index(
        "ix_shipments_first_attempt_at",
        "shipments",
        ["first_attempt_at"],
        postgresql_where=known,
        sqlite_where=known,
    )
    op.create_table(
        "day_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("depot", sa.String(length=80), nullable=False),
        sa.Column("figure", sa.String(length=20), nullable=False),
        sa.Column("part", sa.String(length=60), nullable=False),
        sa.Column("many", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_day_figures_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("day", "shipper_id", "depot", "figure", "part", name=op.f("pk_day_figures")),
    )


def _first_attempts() -> None:
    """What the stories of known shipments say of their first attempt, in pieces."""
    table = sa.table(
        "shipments",
        sa.column("id", sa.BigInteger()),
        sa.column("status", sa.String()),
        sa.column("story", sa.JSON()),
        sa.column("first_attempt_at", Moment()),
        sa.column("first_attempt_ok", sa.Boolean()),
    )
    write = (
        table.update()
        .where(table.c.id == sa.bindparam("of"))
        .values(first_attempt_at=sa.bindparam("at"), first_attempt_ok=sa.bindparam("ok"))
    )
    connection, last = op.get_bind(), 0
    while True:
        some = connection.execute(
            sa.select(table.c.id, table.c.story).where(table.c.id > last).order_by(table.c.id).limit(1000)
        ).all()
        if not some:
            return
        found = [(row.id, _first_attempt(row.story)) for row in some]
        if known := [{"of": of, "at": one[0], "ok": one[1]} for of, one in found if one]:
            connection.execute(write, known)
        last = some[-1].id


def _first_attempt(story: Any) -> Any:
    try:
        return first_attempt(fold(map(line_event, story)).story)
    except (TypeError, ValueError):
        # no story of ours: nothing is known of an attempt
        return None


def see_down() -> None:
    """Figures."""
    op.drop_table("day_figures")
    op.drop_index("ix_shipments_first_attempt_at", table_name="shipments")
    op.drop_column("shipments", "first_attempt_ok")
    op.drop_column("shipments", "first_attempt_at")
