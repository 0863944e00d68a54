"""One launcher at a time: an advisory lock that the kernel frees when its holder dies, however it dies."""

import fcntl
import os
from pathlib import Path

from ankuan.platform.embedded.errors import DataFolderInUse


class LaunchLock:
    """An exclusive lock on a file. Children do not inherit it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Take the lock; taking it twice is harmless. Raises DataFolderInUse when another process holds it."""
        if self._descriptor is not None:
            return
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(descriptor, 32).decode("utf-8", "replace").strip() or "unknown"
            os.close(descriptor)
            raise DataFolderInUse(
                f"{self.path.parent} is in use by process {holder}: stop it, or choose another --data folder"
            ) from error
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Free the lock. The file stays: removing it would let two holders lock two different files."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
