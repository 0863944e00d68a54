"""The private folder of the servers' sockets. Its path is short: a socket's path may have about 100 bytes."""

import hashlib
import tempfile
from pathlib import Path

from ankuan.platform.embedded.account import Account
from ankuan.platform.embedded.errors import EmbeddedServerError

LONGEST_FOLDER = 80
"""Bytes; leaves room for ``/.s.PGSQL.5432`` below the 104 bytes that macOS allows."""


def socket_folder(data_dir: Path, account: Account) -> Path:
    """A folder that only ``account`` (and root) may enter, the same at each start of the same data folder.

    Raises EmbeddedServerError when a folder of that name belongs to somebody else.
    """
    digest = hashlib.sha256(f"{data_dir.resolve()}\0{account.uid}".encode()).hexdigest()[:12]
    parent = Path(tempfile.gettempdir())
    folder = parent / f"ankuan-{digest}"
    if len(bytes(folder)) > LONGEST_FOLDER or not account.can_enter(parent):
        folder = Path("/tmp") / folder.name  # noqa: S108 - owner and mode are checked below
    if not folder.exists():
        # Two servers of one data folder start side by side: the folder must appear with its owner, or not at all.
        draft = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))  # mode 0700
        account.own(draft)
        try:
            draft.rename(folder)
        except OSError:  # the other server was quicker
            draft.rmdir()
    state = folder.lstat()
    if folder.is_symlink() or not folder.is_dir() or state.st_uid != account.uid or state.st_mode & 0o077:
        raise EmbeddedServerError(f"{folder} is not a private folder of user id {account.uid}: remove it")
    return folder
