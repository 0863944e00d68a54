"""Screens about banks: calls of the last hour, and the rights to look at integrations and to switch plugins.

Revision ID: 0014
"""

from alembic import op

from ankuan.platform.protection import by_court, run_script
from ankuan.registry.roles import roles_as_sql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

TABLES = """
create table bank_endpoint_calls (
  court_id integer not null,
  fund_account_id uuid not null,
  place integer not null,
  slot timestamptz not null,
  calls integer not null,
  failures integer not null,
  constraint pk_bank_endpoint_calls primary key (court_id, fund_account_id, place),
  constraint fk_bank_endpoint_calls_court_id_fund_account_id
    foreign key (court_id, fund_account_id) references fund_account (court_id, id)
);
create index ix_instruction_open on instruction (court_id, fund_account_id, state)
  where state not in ('settled', 'refused');
"""


def upgrade() -> None:
    bind = op.get_bind()
    run_script(bind, TABLES)
    run_script(bind, by_court("bank_endpoint_calls"))
    run_script(bind, roles_as_sql())


def downgrade() -> None:
    raise NotImplementedError("Migrations are not undone: restore a backup instead.")
