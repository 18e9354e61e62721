"""Accounts, their profiles and preferences; what was removed from histories, and who was erased."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0004"

TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True)
NOW = sa.func.now()


def upgrade() -> None:
    """Create the tables, and tell of a viewer since when that is known, and whether it is a child or gone."""
    op.add_column("viewer", sa.Column("kids", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("viewer", sa.Column("changed_at", MOMENT))
    op.add_column("viewer", sa.Column("erased_at", MOMENT))
    op.create_check_constraint("viewer_age", "viewer", "maximum_age BETWEEN 0 AND 120")
    op.create_check_constraint(
        "viewer_kids", "viewer", "NOT kids OR coalesce(maximum_age, 120) <= 12"
    )
    op.create_check_constraint(
        "viewer_erased",
        "viewer",
        "erased_at IS NULL OR NOT consent AND coalesce(maximum_age, 120) = 0",
    )
    op.create_index("viewer_by_change", "viewer", ["changed_at"])
    op.create_index(
        "viewer_erased_lately",
        "viewer",
        ["erased_at"],
        postgresql_where=sa.text("erased_at IS NOT NULL"),
    )
    _accounts()
    op.create_table(
        "removed_title",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("viewer_id", "title_id")),
        sa.Column("removed_at", MOMENT, nullable=False),
    )
    op.create_index("removed_title_lately", "removed_title", ["removed_at"])
    op.create_index(
        "history_watchlist",
        "history",
        ["viewer_id", "listed_at"],
        postgresql_where=sa.text("watchlisted"),
    )


def _accounts() -> None:
    op.create_table(
        "account",
        sa.Column("account_id", TEXT, primary_key=True),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        *(sa.Column(name, sa.LargeBinary()) for name in ("pin_salt", "pin_hash")),
        sa.Column("pin_failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("pin_locked_until", MOMENT),
        sa.CheckConstraint("(pin_salt IS NULL) = (pin_hash IS NULL)", "account_pin"),
        sa.CheckConstraint("pin_failures >= 0", "account_pin_failures"),
        sa.CheckConstraint("length(account_id) BETWEEN 1 AND 200", "account_named"),
    )
    op.create_table(
        "profile",
        sa.Column("viewer_id", TEXT, sa.ForeignKey("viewer.viewer_id"), primary_key=True),
        sa.Column("account_id", TEXT, sa.ForeignKey("account.account_id"), nullable=False),
        # By its place an account has at most five, however many ask at the same moment.
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False, server_default=NOW),
        sa.CheckConstraint("place BETWEEN 1 AND 5", "profile_place"),
        sa.CheckConstraint("length(name) BETWEEN 1 AND 50", "profile_name"),
        sa.UniqueConstraint("account_id", "place", name="profile_by_account"),
    )
    op.create_table(
        "preference",
        sa.Column(
            "viewer_id",
            TEXT,
            sa.ForeignKey("profile.viewer_id", ondelete="CASCADE"),
            primary_key=True,
        ),
        sa.Column("languages", postgresql.ARRAY(TEXT), nullable=False, server_default="{}"),
        sa.Column("autoplay", sa.Boolean(), nullable=False, server_default="true"),
        sa.CheckConstraint("cardinality(languages) <= 10", "preference_languages"),
    )


def downgrade() -> None:
    """Drop all of it; who was erased stays a viewer of whom nothing is known and who may see nothing."""
    op.drop_index("history_watchlist")
    for table in ("removed_title", "preference", "profile", "account"):
        op.drop_table(table)
    for index in ("viewer_erased_lately", "viewer_by_change"):
        op.drop_index(index)
    for check in ("viewer_erased", "viewer_kids", "viewer_age"):
        op.drop_constraint(check, "viewer")
    for column in ("erased_at", "changed_at", "kids"):
        op.drop_column("viewer", column)
