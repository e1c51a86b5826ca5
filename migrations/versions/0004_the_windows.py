"""The windows: what was learned from rounds, how windows fared, devices of vans and the trail they leave."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spreads",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("owner", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("depot", sa.String(length=80), nullable=False),
        sa.Column("profile", sa.String(length=20), nullable=False),
        sa.Column("level", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("spreads", sa.JSON(), nullable=False),
        sa.Column("rounds", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("deliveries", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("learned_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spreads")),
        sa.UniqueConstraint(
            "owner", "depot", "profile", "level", name=op.f("uq_spreads_owner_depot_profile_level")
        ),
    )
    op.create_table(
        "devices",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("van_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("label", sa.String(length=80), nullable=False),
        sa.Column("secret", sa.String(length=64), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["van_id"], ["vans.id"], name=op.f("fk_devices_van_id_vans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_devices")),
        sa.UniqueConstraint("secret", name=op.f("uq_devices_secret")),
    )
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_devices_van_id"), ["van_id"], unique=False)

    op.create_table(
        "trail",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("van_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lat", sa.Double(), nullable=False),
        sa.Column("lng", sa.Double(), nullable=False),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("speed_mps", sa.Double(), nullable=True),
        sa.Column("verdict", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(
            ["van_id"], ["vans.id"], name=op.f("fk_trail_van_id_vans"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_trail")),
    )
    with op.batch_alter_table("trail", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_trail_received_at"), ["received_at"], unique=False)
        batch_op.create_index("ix_trail_van_id_received_at", ["van_id", "received_at"], unique=False)

    op.create_table(
        "window_figures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("shipper_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("depot", sa.String(length=80), nullable=False),
        sa.Column("stage", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("level", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("inside", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("early", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("late", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("width_minutes", sa.Double(), nullable=False),
        sa.Column("missed_minutes", sa.Double(), nullable=False),
        sa.Column("widths", sa.String(length=200), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["shipper_id"],
            ["shippers.id"],
            name=op.f("fk_window_figures_shipper_id_shippers"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "day", "shipper_id", "depot", "stage", "source", "level", name=op.f("pk_window_figures")
        ),
    )
    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.add_column(sa.Column("stage", sa.String(length=20), server_default="", nullable=False))
        batch_op.add_column(sa.Column("minutes_left", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("origin", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("counted", sa.JSON(), nullable=True))
        batch_op.add_column(sa.Column("uncounted_since", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(
            "ix_promises_uncounted_since",
            ["uncounted_since"],
            unique=False,
            sqlite_where=sa.text("uncounted_since IS NOT NULL"),
            postgresql_where=sa.text("uncounted_since IS NOT NULL"),
        )

    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.add_column(sa.Column("known_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("eta_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("eta_sent_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("not_before", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("not_after", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("left_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("vans", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("uq_vans_device"), type_="unique")
        batch_op.drop_column("device")


def downgrade() -> None:
    with op.batch_alter_table("vans", schema=None) as batch_op:
        batch_op.add_column(sa.Column("device", sa.VARCHAR(length=64), nullable=True))
        batch_op.create_unique_constraint(batch_op.f("uq_vans_device"), ["device"])

    with op.batch_alter_table("stops", schema=None) as batch_op:
        batch_op.drop_column("left_at")
        batch_op.drop_column("arrived_at")
        batch_op.drop_column("not_after")
        batch_op.drop_column("not_before")
        batch_op.drop_column("eta_sent_at")
        batch_op.drop_column("eta_at")
        batch_op.drop_column("known_at")

    with op.batch_alter_table("promises", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_promises_uncounted_since",
            sqlite_where=sa.text("uncounted_since IS NOT NULL"),
            postgresql_where=sa.text("uncounted_since IS NOT NULL"),
        )
        batch_op.drop_column("uncounted_since")
        batch_op.drop_column("counted")
        batch_op.drop_column("origin")
        batch_op.drop_column("minutes_left")
        batch_op.drop_column("stage")

    op.drop_table("window_figures")
    with op.batch_alter_table("trail", schema=None) as batch_op:
        batch_op.drop_index("ix_trail_van_id_received_at")
        batch_op.drop_index(batch_op.f("ix_trail_received_at"))

    op.drop_table("trail")
    with op.batch_alter_table("devices", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_devices_van_id"))

    op.drop_table("devices")
    op.drop_table("spreads")
