"""What banks declare is obeyed; banks that call back; orders on paper. SQL: ``alembic/sql/0012_abilities``.

Revision ID: 0012
"""

from pathlib import Path

from alembic import op

from ankuan.platform.protection import append_only, by_court, run_script

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).resolve().parents[1] / "sql" / "0012_abilities"
HISTORY = ("paper_print", "paper_confirmation")


def upgrade() -> None:
    bind = op.get_bind()
    for name in ("tables", "guards"):
        run_script(bind, (SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))
    run_script(bind, by_court("bank_notice"))
    for table in HISTORY:
        run_script(bind, by_court(table, grants="select, insert"))
        run_script(bind, append_only(table))


def downgrade() -> None:
    raise NotImplementedError("Migrations are not undone: restore a backup instead.")
