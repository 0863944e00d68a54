"""Fund accounts, bank lines, the instruction machine, imported statements. SQL: ``alembic/sql/0005_banking``.

Revision ID: 0005
"""

from pathlib import Path

from alembic import op

from ankuan.platform.protection import append_only, by_court, run_script

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).resolve().parents[1] / "sql" / "0005_banking"
CHANGING = ("fund_account", "case_account", "instruction")
HISTORY = (
    "bank_line",
    "bank_line_sighting",
    "raw_message",
    "instruction_attempt",
    "instruction_fact",
    "statement_import",
    "statement_import_row",
)


def upgrade() -> None:
    bind = op.get_bind()
    for name in ("tables", "guards"):
        run_script(bind, (SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))
    for table in CHANGING:
        run_script(bind, by_court(table))
    for table in HISTORY:
        run_script(bind, by_court(table, grants="select, insert"))
        run_script(bind, append_only(table))


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
