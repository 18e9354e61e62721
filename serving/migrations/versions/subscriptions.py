"""Subscriptions, what was asked for under which key, and what the payment provider told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

TEXT = sa.Text()
MOMENT = sa.DateTime(timezone=True)
NOW = sa.func.now()
MOVES = """
CREATE FUNCTION subscription_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (CASE WHEN TG_OP = 'INSERT' THEN 'none' ELSE OLD.state END, NEW.state) NOT IN (
        ('none', 'none'), ('none', 'active'),
        ('active', 'active'), ('active', 'past_due'), ('active', 'cancelled'),
        ('past_due', 'past_due'), ('past_due', 'active'), ('past_due', 'cancelled'),
        ('cancelled', 'cancelled'), ('cancelled', 'active'))
    THEN
        RAISE EXCEPTION 'a subscription cannot become %', NEW.state USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """Create the tables, and the rule of which state may follow which."""
    op.create_table(
        "subscription",
        sa.Column("account_id", TEXT, sa.ForeignKey("account.account_id"), primary_key=True),
        sa.Column("state", TEXT, nullable=False),
        sa.Column("tier", TEXT),
        sa.Column("reference", TEXT, unique=True),
        sa.Column("paid_until", MOMENT),
        sa.Column("told_at", MOMENT, nullable=False, server_default=NOW),
        sa.CheckConstraint(
            "state IN ('none', 'active', 'past_due', 'cancelled')", "subscription_state"
        ),
        sa.CheckConstraint(
            "(state = 'none') = (tier IS NULL) AND (state = 'none') = (reference IS NULL)",
            "subscription_tier",
        ),
        sa.CheckConstraint("state <> 'active' OR paid_until IS NOT NULL", "subscription_paid"),
    )
    op.execute(MOVES)
    op.execute(
        "CREATE TRIGGER subscription_moves BEFORE INSERT OR UPDATE ON subscription "
        "FOR EACH ROW EXECUTE FUNCTION subscription_moves()"
    )
    op.create_table(
        "upgrade_request",
        sa.Column("account_id", TEXT, sa.ForeignKey("account.account_id"), primary_key=True),
        sa.Column("key", TEXT, primary_key=True),
        sa.Column("tier", TEXT, nullable=False),
        sa.Column("begun_at", MOMENT, nullable=False, server_default=NOW),
        sa.Column("answer", postgresql.JSONB()),
        sa.CheckConstraint("length(key) BETWEEN 1 AND 200", "upgrade_request_key"),
    )
    op.create_index(
        "upgrade_request_under_way",
        "upgrade_request",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("answer IS NULL"),
    )
    op.create_table(
        "payment_event",
        sa.Column("event_id", TEXT, primary_key=True),
        sa.Column("reference", TEXT, nullable=False),
        sa.Column("kind", TEXT, nullable=False),
        sa.Column("occurred_at", MOMENT, nullable=False),
        sa.Column("received_at", MOMENT, nullable=False, server_default=NOW),
    )


def downgrade() -> None:
    """Drop all of it."""
    for table in ("payment_event", "upgrade_request", "subscription"):
        op.drop_table(table)
    op.execute("DROP FUNCTION subscription_moves()")
