"""Sub-accounts and their pool, receipts, allocations. The SQL stands in ``alembic/sql/0006_collection``.

Revision ID: 0006
"""

from pathlib import Path

from alembic import op

from ankuan.platform.protection import by_court, run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).resolve().parents[1] / "sql" / "0006_collection"


def upgrade() -> None:
    for name in ("tables", "guards"):
        run_script(op.get_bind(), (SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))
    for table in ("sub_account", "sub_account_binding", "sub_account_wish", "pool_request", "receipt", "allocation"):
        run_script(op.get_bind(), by_court(table))


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
