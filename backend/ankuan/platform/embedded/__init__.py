"""Real PostgreSQL and Valkey servers, started from the programs that two wheels ship, without root or Docker.

The wheels' own Python launchers are not used: they add system users, change the modes of parent folders and trust a
stale pid file. Ours keeps everything in one data folder and one private socket folder.
"""

from ankuan.platform.embedded.errors import DataFolderInUse, EmbeddedServerError
from ankuan.platform.embedded.postgres import EmbeddedPostgres
from ankuan.platform.embedded.valkey import EmbeddedValkey

__all__ = ["DataFolderInUse", "EmbeddedPostgres", "EmbeddedServerError", "EmbeddedValkey"]
