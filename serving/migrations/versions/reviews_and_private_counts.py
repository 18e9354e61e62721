"""What viewers write of titles, with what was decided of it; and private counts as they were first told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0009"
down_revision = "0008"

TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "review",
        sa.Column("review_id", sa.Uuid(), primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("viewer_id", "title_id", "text")),
        sa.Column("stars", sa.Double()),
        sa.Column("state", TEXT, nullable=False),
        # Counts up with every change of the text, so that nobody decides on words that nobody saw.
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("written_at", MOMENT, nullable=False),
        sa.Column("decided_at", MOMENT),
        *(sa.Column(name, TEXT) for name in ("decided_by", "reason")),
        sa.UniqueConstraint("viewer_id", "title_id", name="review_of_one"),
        sa.CheckConstraint("state IN ('pending', 'approved', 'rejected')", "review_state"),
        sa.CheckConstraint("char_length(text) BETWEEN 1 AND 2000", "review_length"),
        sa.CheckConstraint("stars BETWEEN 0.5 AND 5", "review_stars"),
    )
    op.create_index("review_by_state", "review", ["state", "written_at", "review_id"])
    op.create_table(
        "private_count",
        sa.Column("statistic", TEXT, primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("counts", JSONB(), nullable=False),
    )


def downgrade() -> None:
    """Drop them, with what they hold."""
    op.drop_table("private_count")
    op.drop_table("review")
