"""The catalog that staff change: titles, what is taken down, what is placed on pages, and who did it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0010"
down_revision = "0009"

PARTITIONS = 8
"""By the hash of the title's id, which is the key that the catalog would be spread over machines by."""

TEXT = sa.Text()
WORDS = ARRAY(TEXT)
WHOLE = sa.Integer()
MOMENT = sa.DateTime(timezone=True)

CHECKS = {
    "title_type": "title_type IN ('movie', 'series', 'episode', 'live')",
    "title_name": "name <> ''",
    "title_series": "title_type <> 'episode' OR series_id IS NOT NULL",
    "title_season": "season_number BETWEEN 0 AND 100000",
    "title_episode": "episode_number BETWEEN 0 AND 1000000",
    "title_year": "release_year BETWEEN 1870 AND 2200",
    "title_duration": "duration_seconds BETWEEN 0 AND 1e9",
    "title_maturity": "maturity_rating IN ('all', '7', '12', '16', '18')",
    "title_window": "available_until >= available_from",
}


def _who(at: str, by: str, usually: str | None = None) -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column(at, MOMENT, nullable=False, server_default=sa.func.now()),
        sa.Column(by, TEXT, nullable=False, server_default=usually),
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "title",
        sa.Column("title_id", TEXT, primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("title_type", "name")),
        sa.Column("series_id", TEXT),
        *(sa.Column(name, WHOLE) for name in ("season_number", "episode_number")),
        sa.Column("genres", WORDS),
        sa.Column("release_year", WHOLE),
        sa.Column("duration_seconds", sa.Double()),
        *(sa.Column(name, TEXT) for name in ("maturity_rating", "description")),
        sa.Column("cast", WORDS),
        sa.Column("crew", JSONB()),
        *(sa.Column(name, WORDS) for name in ("keywords", "regions")),
        *(sa.Column(name, MOMENT) for name in ("available_from", "available_until")),
        sa.Column("artwork", TEXT),
        sa.Column("languages", WORDS),
        # Which change of the staff's made it so; empty as long as it is as it was ingested.
        sa.Column("revision", sa.BigInteger()),
        *_who("changed_at", "changed_by", "ingest"),
        *(sa.CheckConstraint(rule, name) for name, rule in CHECKS.items()),
        postgresql_partition_by="HASH (title_id)",
    )
    for at in range(PARTITIONS):
        op.execute(
            f"CREATE TABLE title_{at} PARTITION OF title "
            f"FOR VALUES WITH (MODULUS {PARTITIONS}, REMAINDER {at})"
        )
    op.execute("CREATE INDEX title_of_staff ON title (revision) WHERE revision IS NOT NULL")
    op.execute("CREATE INDEX title_of_series ON title (series_id) WHERE series_id IS NOT NULL")
    op.create_table(
        "title_takedown",
        sa.Column("title_id", TEXT, primary_key=True),
        sa.Column("reason", TEXT, nullable=False),
        *_who("taken_at", "taken_by"),
    )
    op.create_table(
        "placement",
        sa.Column("kind", TEXT, primary_key=True),
        sa.Column("placement_id", TEXT, primary_key=True),
        sa.Column("content", JSONB(), nullable=False),
        *(sa.Column(name, MOMENT) for name in ("starts", "ends")),
        *_who("placed_at", "placed_by"),
        sa.CheckConstraint("kind IN ('row', 'promotion')", "placement_kind"),
        sa.CheckConstraint("starts < ends", "placement_window"),
    )
    op.create_table(
        "catalog_change",
        sa.Column("change_id", sa.BigInteger(), sa.Identity(), primary_key=True),
        *(sa.Column(name, TEXT, nullable=False) for name in ("kind", "subject_id", "action")),
        sa.Column("said", JSONB(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        *_who("made_at", "made_by"),
    )
    op.create_index("catalog_change_of", "catalog_change", ["kind", "subject_id", "change_id"])
    # One line. Whoever changes the catalog holds it to the end, so that changes are seen in their order.
    op.create_table(
        "catalog_revision",
        sa.Column("single", sa.Boolean(), primary_key=True, server_default=sa.true()),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("single", "catalog_revision_single"),
    )
    op.execute("INSERT INTO catalog_revision (revision) VALUES (0)")


def downgrade() -> None:
    """Drop them; what staff changed is lost, but for what a night took over."""
    for table in ("catalog_revision", "catalog_change", "placement", "title_takedown", "title"):
        op.drop_table(table)
