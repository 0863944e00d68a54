"""Tables of the registry room.

Revision ID: 0002
"""

from alembic import op

from ankuan.platform.protection import run_script

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = ""


def upgrade() -> None:
    if TABLES:
        run_script(op.get_bind(), TABLES)


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
