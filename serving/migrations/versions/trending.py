"""What was trending, period by period: counts with noise, made once, so that asking again tells nothing more."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

MOMENT = sa.DateTime(timezone=True)
TEXT = sa.Text()


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "trending_period",
        sa.Column("begins", MOMENT, primary_key=True),
        sa.Column("made_at", MOMENT, nullable=False, server_default=sa.func.now()),
    )
    op.create_table(
        "trending_count",
        sa.Column(
            "begins",
            MOMENT,
            sa.ForeignKey("trending_period.begins", ondelete="CASCADE"),
            primary_key=True,
        ),
        *(sa.Column(name, TEXT, primary_key=True) for name in ("region", "title_id")),
        sa.Column("viewers", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("viewers > 0", "trending_count_some"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("trending_count")
    op.drop_table("trending_period")
