"""The plugin host: health of endpoints, switched-off plugins, the end of raw messages. SQL: ``sql/0013_plugin_host``.

Revision ID: 0013
"""

from pathlib import Path

from alembic import op

from ankuan.platform.protection import append_only, by_court, public_reference, run_script

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

SCRIPTS = Path(__file__).resolve().parents[1] / "sql" / "0013_plugin_host"


def upgrade() -> None:
    bind = op.get_bind()
    for name in ("tables", "purge"):
        run_script(bind, (SCRIPTS / f"{name}.sql").read_text(encoding="utf-8"))
    run_script(bind, by_court("bank_endpoint"))
    run_script(bind, by_court("raw_message_purge", grants="select"))
    run_script(bind, public_reference("plugin_call", grants="select, insert, update"))
    run_script(bind, public_reference("plugin_state", grants="select, insert"))
    run_script(bind, append_only("plugin_state"))


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
