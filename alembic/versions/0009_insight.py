"""Indexes for those who look at many courts at once.

Revision ID: 0009
"""

from alembic import op

from ankuan.platform.protection import run_script

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

INDEXES = """
-- The business day on which a payment left: the bank's booking date, else the day in China when its word came.
create function instruction_paid_on(booked_on date, settled_at timestamptz) returns date
language sql immutable parallel safe as $$
  select coalesce(booked_on, (settled_at at time zone 'Asia/Shanghai')::date)
$$;
create index ix_instruction_paid_on on instruction (instruction_paid_on(booked_on, settled_at), court_id)
  include (amount_fen) where purpose = 'payment' and state = 'settled';
create index ix_instruction_unknown on instruction (court_id) where state = 'unknown';
"""


def upgrade() -> None:
    run_script(op.get_bind(), INDEXES)


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
