"""What viewers say of their tastes: edits of words, pauses, and the histories as they were before those."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

TEXT = sa.Text()
NUMBER: sa.Double[float] = sa.Double()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "taste_edit",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("viewer_id", "kind", "value")),
        sa.Column("wish", TEXT, nullable=False),
    )
    op.create_table(
        "taste_pause",
        sa.Column("viewer_id", TEXT, primary_key=True),
        sa.Column("began_at", MOMENT, primary_key=True),
        sa.Column("ended_at", MOMENT),
    )
    op.create_index(
        "taste_pause_that_lasts",
        "taste_pause",
        ["viewer_id"],
        unique=True,
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "taste_kept",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("viewer_id", "title_id")),
        sa.Column("watched_portion", NUMBER),
        sa.Column("completed", sa.Boolean(), nullable=False),
        *(sa.Column(name, NUMBER) for name in ("rating", "thumb")),
        sa.Column("watchlisted", sa.Boolean(), nullable=False),
        *(sa.Column(name, MOMENT) for name in ("last_at", "watched_at", "dismissed_at")),
    )
