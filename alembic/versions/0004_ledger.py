"""The ledger: accounts, entries, balances, holds, folds, and the only door to them (domain §4).

The application may read these tables but writes none of them except holds. Accounts are opened and entries posted by
functions that run with the owner's rights; they check the court scope themselves, so that they are safe even where
the owner is a superuser, whom row-level security does not bind. The SQL stands in ``alembic/sql/0004_ledger``.

Revision ID: 0004
"""

from pathlib import Path

from alembic import op

from ankuan.platform.protection import append_only, by_court, run_script

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).resolve().parents[1] / "sql" / "0004_ledger"
READ_ONLY = ("ledger_account", "ledger_entry", "ledger_balance", "ledger_fold", "ledger_fold_mark")


def upgrade() -> None:
    bind = op.get_bind()
    for name in ("tables", "open_accounts", "refusals", "post", "guards", "fold"):
        run_script(bind, (SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))
    for table in READ_ONLY:
        run_script(bind, by_court(table, grants="select"))
    run_script(bind, by_court("ledger_hold", grants="select, insert"))
    run_script(bind, append_only("ledger_entry"))
    run_script(bind, (SCRIPTS / "rights.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
