"""Events in one partition a day, and a ledger of all ids, so that an id counts once whatever its day."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

OWN_DAYS = 30
"""Days before this step that get partitions of their own; what is older lies together."""

TEXTS = (
    "event_type viewer_id title_id session_id device_type region recommendation_id row_id "
    "source bundle_id experiment query device_id client_address"
)
NUMBERS = "position_seconds duration_seconds value watched_portion propensity"
CHECKS = {
    "event_type": "event_type IN ('impression', 'click', 'play', 'pause', 'progress', 'seek', "
    "'complete', 'rating', 'thumb', 'watchlist_add', 'watchlist_remove', 'search', 'dismiss')",
    "event_title": "title_id IS NOT NULL OR event_type = 'search'",
    "event_portion": "watched_portion BETWEEN 0 AND 1",
    "event_propensity": "propensity > 0 AND propensity <= 1",
    "event_ranks": "row_rank >= 0 AND item_rank >= 0",
    "event_seconds": "position_seconds >= 0 AND duration_seconds >= 0",
}
INDEXES = {
    "event_by_viewer": "(viewer_id, occurred_at)",
    "event_by_arrival": "(received_at)",
    "event_by_moment": "USING brin (occurred_at) WITH (pages_per_range = 32)",
}


def upgrade() -> None:
    """Create both tables, and move what is there into them."""
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute("ALTER TABLE event RENAME TO event_whole")
    for name in ("event_pkey", "event_by_viewer", "event_by_arrival"):
        op.execute(f"ALTER INDEX {name} RENAME TO {name}_whole")
    op.create_table("event_ledger", sa.Column("event_id", sa.Uuid(), nullable=False))
    op.create_table(
        "event",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            server_default=sa.func.now(),
        ),
        *(sa.Column(name, sa.Double()) for name in NUMBERS.split()),
        *(sa.Column(name, sa.Integer()) for name in ("row_rank", "item_rank")),
        *(
            sa.Column(name, sa.Text(), nullable=name not in {"event_type", "viewer_id"})
            for name in TEXTS.split()
        ),
        *(sa.CheckConstraint(rule, name) for name, rule in CHECKS.items()),
        postgresql_partition_by="RANGE (occurred_at)",
    )
    op.execute(
        f"""DO $$
        DECLARE first date := current_date - {OWN_DAYS}; day date;
        BEGIN
            EXECUTE format('CREATE TABLE event_before PARTITION OF event '
                'FOR VALUES FROM (MINVALUE) TO (%L)', first::timestamp AT TIME ZONE 'UTC');
            FOR day IN SELECT DISTINCT (occurred_at AT TIME ZONE 'UTC')::date FROM event_whole
                WHERE occurred_at >= first::timestamp AT TIME ZONE 'UTC'
            LOOP
                EXECUTE format('CREATE TABLE %I PARTITION OF event FOR VALUES FROM (%L) TO (%L)',
                    'event_' || to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC',
                    (day + 1)::timestamp AT TIME ZONE 'UTC');
            END LOOP;
        END $$"""  # noqa: S608  a number of ours
    )
    op.execute("INSERT INTO event_ledger SELECT event_id::uuid FROM event_whole")
    _move("event_id::uuid", "event_whole", "event")
    op.drop_table("event_whole")
    # An index that is built over what is there is smaller and sooner made than one that grows.
    op.execute("ALTER TABLE event_ledger ADD PRIMARY KEY (event_id)")
    for name, over in INDEXES.items():
        using = over if over.startswith("USING") else f"USING btree {over}"
        op.execute(f"CREATE INDEX {name} ON event {using}")


def downgrade() -> None:
    """Put the events together into one table again; its key takes over from the ledger."""
    op.execute("SET LOCAL statement_timeout = 0")
    op.execute("CREATE TABLE event_whole (LIKE event INCLUDING DEFAULTS)")
    op.execute("ALTER TABLE event_whole ALTER event_id TYPE text USING event_id::text")
    _move("event_id::text", "event", "event_whole")
    op.drop_table("event")
    op.drop_table("event_ledger")
    op.rename_table("event_whole", "event")
    op.create_primary_key("event_pkey", "event", ["event_id"])
    op.create_index("event_by_viewer", "event", ["viewer_id", "occurred_at"])
    op.create_index("event_by_arrival", "event", ["received_at"])


def _move(event_id: str, source: str, target: str) -> None:
    others = ", ".join(
        ("occurred_at", "received_at", *NUMBERS.split(), "row_rank", "item_rank", *TEXTS.split())
    )
    op.execute(
        f"INSERT INTO {target} (event_id, {others}) SELECT {event_id}, {others} FROM {source}"  # noqa: S608
    )
