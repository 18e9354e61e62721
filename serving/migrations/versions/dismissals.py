"""When a title was last watched and dismissed; one that was dismissed alone was never taken up."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the moments; of what was kept before, whatever was last done with a title watched counts."""
    for name in ("watched_at", "dismissed_at"):
        op.add_column("history", sa.Column(name, sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE history SET watched_at = last_at WHERE completed OR watched_portion IS NOT NULL"
    )
    op.alter_column("history", "last_at", nullable=True)
