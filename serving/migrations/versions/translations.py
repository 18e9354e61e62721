"""What titles are called in other languages: of each its tag, the name and perhaps a description."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Add the column; of titles that are there already nothing is known in other languages."""
    op.add_column("title", sa.Column("translations", JSONB()))


def downgrade() -> None:
    """Drop it; what staff said in other languages is lost, but for what a night took over."""
    op.drop_column("title", "translations")
