"""Indexes for matchers: cases by claim, bookings by the payer's account.

Revision ID: 0010
"""

from alembic import op

from ankuan.platform.protection import run_script

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = """
create index ix_court_case_open_claim on court_case (court_id, subject_amount_fen, id)
  where subject_amount_fen is not null and status <> 'closed';
-- The latest bookings of one account are read from its end.
create index ix_bank_line_counter_account on bank_line (court_id, counter_account, id) where counter_account <> '';
"""


def upgrade() -> None:
    run_script(op.get_bind(), INDEXES)


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
