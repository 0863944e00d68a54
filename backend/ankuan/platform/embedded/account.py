"""Which system account the servers run as. PostgreSQL refuses root, so root hands over to ``nobody``."""

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ankuan.platform.embedded.errors import EmbeddedServerError

UNPRIVILEGED = "nobody"


@dataclass(frozen=True, slots=True)
class Account:
    """A system account; ``is_other`` when the servers must run as somebody else than this process."""

    uid: int
    gid: int
    is_other: bool

    def process_arguments(self) -> dict[str, Any]:
        """Arguments of ``subprocess.Popen`` that hand the child over to this account."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Give a file or folder to this account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)

    def can_run(self, *command: str) -> bool:
        """Whether this account can run a command; the truth about modes, ACLs and mount options is a try."""
        try:
            done = subprocess.run(
                command,
                check=False,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                timeout=20,
                **self.process_arguments(),
            )
        except (OSError, subprocess.SubprocessError):
            return False
        return done.returncode == 0

    def can_enter(self, folder: Path) -> bool:
        """Whether this account can reach a folder through all its parents."""
        return not self.is_other or self.can_run("/bin/sh", "-c", 'cd "$1"', "sh", str(folder))


def account_for(home: Path) -> Account:
    """The account for a server whose files are in ``home`` (which need not exist yet).

    A plain user runs everything as itself. Root runs it as the owner of existing files, else as ``nobody``.

    Raises EmbeddedServerError when the files belong to somebody else, or no account can be found.
    """
    me = os.geteuid()
    owner = home.stat().st_uid if home.exists() else None
    if me != 0:
        if owner not in (None, me):
            raise EmbeddedServerError(
                f"{home} belongs to user id {owner}: start as that user (or as root), or choose another --data folder"
            )
        return Account(uid=me, gid=os.getegid(), is_other=False)
    if owner:
        return Account(uid=owner, gid=home.stat().st_gid, is_other=True)
    try:
        entry = pwd.getpwnam(UNPRIVILEGED)
    except KeyError as error:
        raise EmbeddedServerError(
            f"PostgreSQL refuses to run as root and there is no account {UNPRIVILEGED!r}: start as a plain user"
        ) from error
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, is_other=True)
