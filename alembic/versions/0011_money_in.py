"""Money in by the page, and pools that a bank generates. The SQL stands in ``alembic/sql/0011_money_in``.

Revision ID: 0011
"""

from pathlib import Path

from alembic import op

from ankuan.platform.protection import run_script

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).resolve().parents[1] / "sql" / "0011_money_in"


def upgrade() -> None:
    for name in ("open_accounts", "guards", "pool"):
        run_script(op.get_bind(), (SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))


def downgrade() -> None:
    raise NotImplementedError("Migrations are not undone: restore a backup instead.")
