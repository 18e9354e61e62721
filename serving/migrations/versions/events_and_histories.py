"""Events as they came, each viewer's history, what is known of a viewer, and what was taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

TEXT = sa.Text()
NUMBER: sa.Double[float] = sa.Double()
WHOLE = sa.Integer()
MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "event",
        sa.Column("event_id", TEXT, primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("event_type", "viewer_id")),
        sa.Column("title_id", TEXT),
        sa.Column("occurred_at", MOMENT, nullable=False),
        *(sa.Column(name, NUMBER) for name in ("position_seconds", "duration_seconds", "value")),
        sa.Column("watched_portion", NUMBER),
        *(sa.Column(name, TEXT) for name in ("session_id", "device_type", "region")),
        *(sa.Column(name, TEXT) for name in ("recommendation_id", "row_id")),
        *(sa.Column(name, WHOLE) for name in ("row_rank", "item_rank")),
        sa.Column("source", TEXT),
        sa.Column("propensity", NUMBER),
        *(sa.Column(name, TEXT) for name in ("bundle_id", "experiment", "query")),
        *(sa.Column(name, TEXT) for name in ("device_id", "client_address")),
        sa.Column("received_at", MOMENT, nullable=False, server_default=sa.func.now()),
    )
    op.create_index("event_by_viewer", "event", ["viewer_id", "occurred_at"])
    op.create_index("event_by_arrival", "event", ["received_at"])
    op.create_table(
        "history",
        *(sa.Column(name, TEXT, primary_key=True) for name in ("viewer_id", "title_id")),
        sa.Column("watched_portion", NUMBER),
        sa.Column("completed", sa.Boolean(), nullable=False),
        *(sa.Column(name, NUMBER) for name in ("rating", "thumb")),
        sa.Column("watchlisted", sa.Boolean(), nullable=False),
        sa.Column("last_at", MOMENT, nullable=False),
        # When each opinion was given, so that a late arrival of an older one does not undo it.
        *(sa.Column(name, MOMENT) for name in ("rated_at", "thumbed_at", "listed_at")),
    )
    op.create_table(
        "viewer",
        sa.Column("viewer_id", TEXT, primary_key=True),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.Column("region", TEXT),
        sa.Column("maximum_age", WHOLE),
    )
    op.create_table(
        "taken_in",
        sa.Column("what", TEXT, primary_key=True),
        sa.Column("fingerprint", TEXT, nullable=False),
    )
