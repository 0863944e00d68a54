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
-- Payments by the day on which they left: the bank's booking date or, while it has told none, when its word came.
create index ix_instruction_paid_on on instruction (booked_on, court_id) include (amount_fen)
  where purpose = 'payment' and state = 'settled' and booked_on is not null;
create index ix_instruction_paid_at on instruction (settled_at, court_id) include (amount_fen)
  where purpose = 'payment' and state = 'settled' and booked_on is null;
create index ix_instruction_unknown on instruction (court_id) where state = 'unknown';
"""


def upgrade() -> None:
    run_script(op.get_bind(), INDEXES)


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
