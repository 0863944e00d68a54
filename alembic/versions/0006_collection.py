"""Tables of the collection room.

Revision ID: 0006
"""

from alembic import op

from ankuan.platform.protection import run_script

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ""


def upgrade() -> None:
    if TABLES:
        run_script(op.get_bind(), TABLES)


def downgrade() -> None:
    raise NotImplementedError("The first migrations are not undone: restore a backup instead.")
