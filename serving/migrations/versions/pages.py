"""Pages that were made, with all that they were made from besides the bundle."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

TEXT = sa.Text()


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "made_page",
        sa.Column("recommendation_id", sa.Uuid(), primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("viewer_id", TEXT),
        *(sa.Column(name, TEXT, nullable=False) for name in ("bundle_id", "catalog", "policy")),
        sa.Column("tag", TEXT, nullable=False),
        sa.Column("made_from", sa.LargeBinary(), nullable=False),
    )
    op.create_index("made_page_by_viewer", "made_page", ["viewer_id"])
    op.create_index("made_page_by_moment", "made_page", ["made_at"], postgresql_using="brin")
